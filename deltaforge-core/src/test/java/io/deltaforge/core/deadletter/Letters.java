package io.deltaforge.core.deadletter;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.LogicalType;
import io.deltaforge.api.event.Operation;
import io.deltaforge.api.event.RowValues;
import io.deltaforge.api.event.TableSchema;
import io.deltaforge.core.envelope.Envelope;
import io.deltaforge.core.envelope.EnvelopeEncoders;
import io.deltaforge.core.support.Log;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;

/** Events with everything in them, and reasons to put them aside. */
final class Letters {

    private static final UUID SOME = UUID.fromString("01234567-89ab-7def-8123-456789abcdef");

    private Letters() {}

    static DeliveryException tooLarge() {
        return new DeliveryException(
                ErrorKind.RECORD,
                "MESSAGE_TOO_LARGE",
                "the record has 2,000,000 bytes",
                "raise max.request.size",
                null);
    }

    /** A table with a column of each type there is, and arrays of one and two dimensions. */
    static TableSchema everyType() {
        List<Column> columns = new ArrayList<>();
        for (LogicalType type : LogicalType.values()) {
            if (type != LogicalType.ARRAY) {
                columns.add(Column.of("c_" + type, columns.size(), type, "db " + type));
            }
        }
        Column element = Column.of("", 0, LogicalType.TEXT, "text");
        columns.add(Column.arrayOf("c_array", columns.size(), element, "text[]"));
        columns.add(Column.arrayOf("c_matrix", columns.size(), element, "text[][]"));
        columns.add(Column.of("c_unchanged", columns.size(), LogicalType.TEXT, "text"));
        columns.add(Column.of("c_absent", columns.size(), LogicalType.TEXT, "text"));
        columns.add(Column.of("c_null", columns.size(), LogicalType.JSON, "jsonb"));
        return new TableSchema("shop", "public", "every\u00e9", columns, List.of(columns.get(8), columns.get(1)));
    }

    private static Object value(LogicalType type) {
        return switch (type) {
            case BOOLEAN -> true;
            case INTEGER -> Long.MIN_VALUE;
            case FLOAT32 -> -1.5e-40f;
            case FLOAT64 -> Double.NaN;
            case DECIMAL -> new BigDecimal("-12.500");
            case TEXT -> "line\n\"quoted\" \ud83d\ude00";
            case JSON -> new RowValues.Json("{\"a\": [1, 2.0, null]}");
            case BINARY -> new byte[] {0, -1, 127};
            case UUID -> SOME;
            case DATE -> LocalDate.of(-44, 3, 15);
            case TIME -> LocalTime.of(23, 59, 59, 999_999_000);
            case TIME_TZ -> OffsetTime.of(1, 2, 3, 4_000, ZoneOffset.ofHoursMinutes(-5, -30));
            case TIMESTAMP -> LocalDateTime.of(1969, 12, 31, 23, 59, 59, 1_000);
            case TIMESTAMP_TZ -> Instant.parse("2026-01-02T03:04:05.678901Z");
            case INTERVAL -> new RowValues.Interval(14, -3, 1_000_001);
            case ENUM -> "happy";
            case OTHER -> "infinity";
            case ARRAY -> throw new IllegalArgumentException("given by itself");
        };
    }

    /** An update of a row with everything in it, the second child of the seventh change of its transaction, and its last. */
    static ChangeEvent everything() {
        TableSchema table = everyType();
        List<Object> after = new ArrayList<>();
        for (LogicalType type : LogicalType.values()) {
            if (type != LogicalType.ARRAY) {
                after.add(value(type));
            }
        }
        after.add(Arrays.asList("a", null, "", "b,c"));
        after.add(List.of(List.of("1", "2"), List.of("3", "4")));
        after.add(RowValues.UNCHANGED);
        after.add(RowValues.ABSENT);
        after.add(null);
        Object[] before = new Object[after.size()];
        Arrays.fill(before, RowValues.ABSENT);
        before[8] = SOME;
        before[1] = 7L;
        return new ChangeEvent(Operation.UPDATE, table, null, null, new Log.Tx(42), 6)
                .child(2, Operation.UPDATE, RowValues.of(table, before), RowValues.of(table, after.toArray()))
                .withTransactionEnd(true);
    }

    /** An insert of a row with so many characters. */
    static ChangeEvent ofSize(int ordinal, int characters) {
        return Log.insert(new Log.Tx(1), ordinal, "x".repeat(characters));
    }

    static String json(ChangeEvent event) {
        return new String(EnvelopeEncoders.create(Envelope.NATIVE, "shop").value(event), StandardCharsets.UTF_8);
    }
}
