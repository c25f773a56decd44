package io.deltaforge.core.envelope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaforge.api.encode.EventEncoder;
import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.LogicalType;
import io.deltaforge.api.event.Operation;
import io.deltaforge.api.event.RowValues;
import io.deltaforge.api.event.TableSchema;
import io.deltaforge.core.support.Log;
import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import org.junit.jupiter.api.Test;

class NativeEncoderTest {

    private final EventEncoder encoder = EnvelopeEncoders.create(Envelope.NATIVE, "shop");

    private String value(ChangeEvent event) {
        return new String(encoder.value(event), StandardCharsets.UTF_8);
    }

    private String key(ChangeEvent event) {
        return new String(encoder.key(event), StandardCharsets.UTF_8);
    }

    @Test
    void shouldWriteTheEnvelopeWithItsFieldsInOrder() {
        ChangeEvent event = Log.insert(new Log.Tx(7), 2, "a \"b\"").withTransactionEnd(true);
        assertThat(value(event))
                .isEqualTo("{\"before\":null,\"after\":{\"id\":7002,\"note\":\"a \\\"b\\\"\"},"
                        + "\"source\":{\"version\":\"deltaforge-0.1.0\",\"connector\":\"test\",\"name\":\"shop\",\"ts_ms\":7,"
                        + "\"db\":\"shop\",\"schema\":\"public\",\"table\":\"orders\",\"number\":7},"
                        + "\"op\":\"c\",\"ts_ms\":7,\"transaction\":{\"id\":\"tx7\",\"total_order\":3},"
                        + "\"event_id\":\"00000000-0000-8007-8000-000000000002\",\"tx_end\":true}");
        assertThat(key(event)).isEqualTo("{\"id\":7002}");
    }

    @Test
    void shouldSwitchBetweenTablesAndTransactions() {
        Log.Tx tx = new Log.Tx(1);
        ChangeEvent order = Log.insert(tx, 0);
        ChangeEvent audit = new ChangeEvent(
                Operation.DELETE, Log.AUDIT, RowValues.of(Log.AUDIT, 5L, RowValues.ABSENT), null, tx, 1);
        assertThat(value(order)).contains("\"table\":\"orders\"");
        assertThat(value(audit))
                .startsWith("{\"before\":{\"id\":5},\"after\":null,")
                .contains("\"table\":\"audit\"", "\"op\":\"d\"")
                .doesNotContain("tx_end");
        assertThat(value(Log.insert(new Log.Tx(2), 0))).contains("\"table\":\"orders\"", "\"id\":\"tx2\"");
        assertThat(value(order)).contains("\"id\":\"tx1\"");
    }

    @Test
    void shouldWriteEveryLogicalType() {
        Object[] values = {
            true,
            Long.MIN_VALUE,
            1.5f,
            0.1,
            new BigDecimal("-12.50"),
            "é",
            new RowValues.Json("{\"a\": [1]}"),
            new byte[] {1, 2},
            UUID.fromString("00112233-4455-6677-8899-aabbccddeeff"),
            LocalDate.of(2026, 11, 23),
            LocalTime.of(20, 21, 12),
            LocalDateTime.of(2026, 11, 23, 20, 21, 12, 123_456_000),
            Instant.parse("2026-11-23T20:21:12Z"),
            new RowValues.Interval(-14, 3, -3_661_500_000L),
            Arrays.asList(1L, null, List.of(2L, 3L)),
            RowValues.UNCHANGED,
            null
        };
        LogicalType[] types = {
            LogicalType.BOOLEAN,
            LogicalType.INTEGER,
            LogicalType.FLOAT32,
            LogicalType.FLOAT64,
            LogicalType.DECIMAL,
            LogicalType.TEXT,
            LogicalType.JSON,
            LogicalType.BINARY,
            LogicalType.UUID,
            LogicalType.DATE,
            LogicalType.TIME,
            LogicalType.TIMESTAMP,
            LogicalType.TIMESTAMP_TZ,
            LogicalType.INTERVAL,
            null,
            LogicalType.TEXT,
            LogicalType.TEXT
        };
        Column[] columns = new Column[values.length];
        for (int i = 0; i < values.length; i++) {
            columns[i] = types[i] == null
                    ? Column.arrayOf("c" + i, i, Column.of("element", 0, LogicalType.INTEGER, "int8"), "int8[]")
                    : Column.of("c" + i, i, types[i], "x");
        }
        TableSchema table = new TableSchema("db", null, "t", List.of(columns), List.of());
        ChangeEvent event =
                new ChangeEvent(Operation.CREATE, table, null, RowValues.of(table, values), new Log.Tx(1), 0);
        assertThat(value(event))
                .contains("\"after\":{\"c0\":true,\"c1\":-9223372036854775808,\"c2\":1.5,\"c3\":0.1,\"c4\":\"-12.50\","
                        + "\"c5\":\"é\",\"c6\":{\"a\": [1]},\"c7\":{\"_base64\":\"AQI=\"},"
                        + "\"c8\":\"00112233-4455-6677-8899-aabbccddeeff\",\"c9\":\"2026-11-23\",\"c10\":\"20:21:12\","
                        + "\"c11\":\"2026-11-23T20:21:12.123456\",\"c12\":\"2026-11-23T20:21:12Z\","
                        + "\"c13\":\"P-1Y-2M3DT-1H-1M-1.5S\",\"c14\":[1,null,[2,3]],\"c15\":{\"_unchanged\":true},"
                        + "\"c16\":null},")
                .contains("\"db\":\"db\",\"table\":\"t\"");
        assertThat(encoder.key(event)).isNull();
    }

    @Test
    void shouldNameTheKeyColumnThatWasNotLogged() {
        ChangeEvent event = new ChangeEvent(
                Operation.DELETE, Log.ORDERS, RowValues.of(Log.ORDERS, RowValues.ABSENT, "x"), null, new Log.Tx(1), 0);
        assertThatThrownBy(() -> encoder.key(event))
                .isInstanceOf(DeltaForgeException.class)
                .hasMessageContaining("id")
                .hasMessageContaining("public.orders");
    }
}
