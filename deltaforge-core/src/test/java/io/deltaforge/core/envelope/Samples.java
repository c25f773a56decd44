package io.deltaforge.core.envelope;

import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.LogicalType;
import io.deltaforge.api.event.Operation;
import io.deltaforge.api.event.Row;
import io.deltaforge.api.event.RowValues;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.event.TableSchema;
import io.deltaforge.api.event.Transaction;
import io.deltaforge.core.support.Log;
import java.math.BigDecimal;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetTime;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** Events of a table with every kind of column that PostgreSQL has, for the tests of all envelopes. */
final class Samples {

    /** A column with a value for it. */
    private record Sample(Column column, Object value) {}

    private static final List<Sample> ROW = row();
    static final TableSchema TABLE = new TableSchema(
            "shop",
            "public",
            "everything",
            ROW.stream().map(Sample::column).toList(),
            List.of(ROW.get(0).column(), ROW.get(13).column()));
    static final Tx TX = new Tx("postgresql");

    private Samples() {}

    /** A transaction as the PostgreSQL source describes it; with another connector, one whose position is not known. */
    record Tx(String connector) implements Transaction {
        @Override
        public String id() {
            return "555";
        }

        @Override
        public long commitMicros() {
            return 1_764_064_800_123_456L;
        }

        @Override
        public long hashHigh() {
            return 0x0123_4567_89AB_CDEFL;
        }

        @Override
        public long hashLow() {
            return 7;
        }

        @Override
        public SourcePosition positionAfter(long ordinal) {
            return Log.at(1, ordinal);
        }

        @Override
        public void describe(SourceFields fields) {
            if (connector.equals("postgresql")) {
                fields.text("lsn", "1/16B3748");
                fields.number("txId", 555);
            } else {
                fields.text("file", "binlog.000003");
                fields.number("pos", 154);
            }
        }
    }

    private static List<Sample> row() {
        List<Sample> row = new ArrayList<>();
        add(row, "id", LogicalType.INTEGER, "bigint", Long.MIN_VALUE);
        add(row, "flag", LogicalType.BOOLEAN, "boolean", true);
        add(row, "small", LogicalType.INTEGER, "smallint", -7L);
        add(row, "medium", LogicalType.INTEGER, "integer", 2_147_483_647L);
        add(row, "real", LogicalType.FLOAT32, "real", 1.5f);
        add(row, "double", LogicalType.FLOAT64, "double precision", 0.1);
        add(row, "price", LogicalType.DECIMAL, "numeric(10,2)", new BigDecimal("-12.50"));
        add(row, "huge", LogicalType.DECIMAL, "numeric(30,5)", new BigDecimal("1234567890123456789012345.00001"));
        add(row, "any", LogicalType.DECIMAL, "numeric", new BigDecimal("300.1200"));
        add(row, "cash", LogicalType.OTHER, "money", "-$1,234.50");
        add(row, "name", LogicalType.TEXT, "character varying(20)", "é \"tea\"\n");
        add(row, "doc", LogicalType.JSON, "jsonb", new RowValues.Json("{\"a\": [1, \"x\"]}"));
        add(row, "bytes", LogicalType.BINARY, "bytea", new byte[] {(byte) 0xFB, (byte) 0xEF, (byte) 0xBE, 1});
        add(row, "uid", LogicalType.UUID, "uuid", UUID.fromString("00112233-4455-6677-8899-aabbccddeeff"));
        add(row, "day", LogicalType.DATE, "date", LocalDate.of(2026, 11, 23));
        add(row, "time3", LogicalType.TIME, "time(3) without time zone", LocalTime.of(20, 21, 12, 345_000_000));
        add(row, "time6", LogicalType.TIME, "time without time zone", LocalTime.of(20, 21, 12, 345_678_000));
        add(row, "midnight", LogicalType.TIME, "time without time zone", "24:00:00");
        add(row, "timetz", LogicalType.TIME_TZ, "time with time zone", OffsetTime.parse("20:21:12.5+02:00"));
        add(
                row,
                "ts3",
                LogicalType.TIMESTAMP,
                "timestamp(3) without time zone",
                LocalDateTime.of(2026, 11, 23, 20, 21, 12, 345_000_000));
        add(
                row,
                "ts6",
                LogicalType.TIMESTAMP,
                "timestamp without time zone",
                LocalDateTime.of(1969, 12, 31, 23, 59, 59, 999_999_000));
        add(row, "tsz", LogicalType.TIMESTAMP_TZ, "timestamp with time zone", Instant.parse("2026-11-23T20:21:12Z"));
        add(
                row,
                "tsz3",
                LogicalType.TIMESTAMP_TZ,
                "timestamp(3) with time zone",
                Instant.parse("2026-11-23T20:21:12.340Z"));
        add(row, "never", LogicalType.TIMESTAMP, "timestamp without time zone", "infinity");
        add(row, "always", LogicalType.TIMESTAMP_TZ, "timestamp with time zone", "-infinity");
        add(row, "span", LogicalType.INTERVAL, "interval", new RowValues.Interval(14, -3, 3_661_500_000L));
        add(row, "mood", LogicalType.ENUM, "mood", "happy");
        addArray(row, "tags", LogicalType.TEXT, "text", "text[]", Arrays.asList("a", null, "b\"c"));
        addArray(row, "numbers", LogicalType.INTEGER, "integer", "integer[]", List.of(1L, 2L));
        addArray(
                row,
                "prices",
                LogicalType.DECIMAL,
                "numeric",
                "numeric(10,2)[]",
                List.of(new BigDecimal("1.00"), new BigDecimal("-0.01")));
        add(row, "attributes", LogicalType.OTHER, "hstore", "\"a\"=>\"1\", \"b \\\"q\\\"\"=>NULL");
        add(row, "bit", LogicalType.OTHER, "bit(1)", "1");
        add(row, "mask", LogicalType.OTHER, "bit varying(20)", "10100000001");
        add(row, "range", LogicalType.OTHER, "int4range", "[1,5)");
        add(row, "place", LogicalType.OTHER, "point", "(1.5,-2)");
        add(row, "address", LogicalType.OTHER, "inet", "10.0.0.1/8");
        add(row, "nothing", LogicalType.TEXT, "text", null);
        return List.copyOf(row);
    }

    private static void add(List<Sample> row, String name, LogicalType type, String sourceType, Object value) {
        row.add(new Sample(Column.of(name, row.size(), type, sourceType), value));
    }

    private static void addArray(
            List<Sample> row, String name, LogicalType element, String elementType, String type, List<?> values) {
        Column inner = Column.of("element", 0, element, elementType);
        row.add(new Sample(Column.arrayOf(name, row.size(), inner, type), values));
    }

    static Object[] values() {
        return ROW.stream().map(Sample::value).toArray();
    }

    /** A row in which a value is what {@code instead} says, by column name. */
    static Row row(Map<String, Object> instead) {
        Row row = RowValues.of(TABLE, values());
        for (Map.Entry<String, Object> other : instead.entrySet()) {
            row = row.with(TABLE.column(other.getKey()).orElseThrow().index(), other.getValue());
        }
        return row;
    }

    static Row full() {
        return row(Map.of());
    }

    /** Every column but the key has this value. */
    static Row keyAnd(Object rest) {
        Object[] values = values();
        for (Column column : TABLE.columns()) {
            if (!TABLE.key().contains(column)) {
                values[column.index()] = rest;
            }
        }
        return RowValues.of(TABLE, values);
    }

    /** A row in which the values are not known that PostgreSQL can store apart from their row (TOAST). */
    private static Row unchanged() {
        Map<String, Object> unchanged = new LinkedHashMap<>();
        for (String name : List.of(
                "huge", "any", "name", "doc", "bytes", "tags", "numbers", "prices", "attributes", "mask", "range")) {
            unchanged.put(name, RowValues.UNCHANGED);
        }
        return row(unchanged);
    }

    static ChangeEvent event(Operation operation, Row before, Row after) {
        return new ChangeEvent(operation, TABLE, before, after, TX, 2);
    }

    static ChangeEvent insert() {
        return event(Operation.CREATE, null, full());
    }

    /** The kinds of events there are, by name. */
    static Map<String, ChangeEvent> events() {
        Map<String, ChangeEvent> events = new LinkedHashMap<>();
        events.put("insert", insert());
        events.put("insert with nulls", event(Operation.CREATE, null, keyAnd(null)));
        events.put("update with unchanged values", event(Operation.UPDATE, null, unchanged()));
        events.put("update with both rows", event(Operation.UPDATE, keyAnd(null), full()));
        events.put("delete with the key alone", event(Operation.DELETE, keyAnd(RowValues.ABSENT), null));
        events.put("delete with the whole row", event(Operation.DELETE, full(), null));
        events.put("read", event(Operation.READ, null, keyAnd(null)));
        events.put("truncate", event(Operation.TRUNCATE, null, null));
        return events;
    }
}
