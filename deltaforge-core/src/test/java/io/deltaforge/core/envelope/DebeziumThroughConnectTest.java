package io.deltaforge.core.envelope;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.deltaforge.api.encode.EventEncoder;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.Operation;
import java.io.IOException;
import java.math.BigDecimal;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.apache.kafka.connect.data.Schema;
import org.apache.kafka.connect.data.SchemaAndValue;
import org.apache.kafka.connect.data.Struct;
import org.apache.kafka.connect.json.JsonConverter;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Gives what the encoder writes with schemas to Kafka Connect's own converter. It must understand schema and values, and write the
 * same again, with schemas and without: then ours is what the converter writes.
 */
final class DebeziumThroughConnectTest {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final JsonConverter withSchemas = converter(true);
    private final JsonConverter withoutSchemas = converter(false);

    private static JsonConverter converter(boolean schemas) {
        JsonConverter converter = new JsonConverter();
        converter.configure(Map.of("schemas.enable", schemas), false);
        return converter;
    }

    @AfterEach
    void closeConverters() {
        withSchemas.close();
        withoutSchemas.close();
    }

    static List<DebeziumEnvelope.Values> modes() {
        List<DebeziumEnvelope.Values> modes = new ArrayList<>();
        DebeziumEnvelope.Values usual = DebeziumEnvelope.Values.DEFAULT;
        for (DebeziumEnvelope.Times times : DebeziumEnvelope.Times.values()) {
            for (DebeziumEnvelope.Decimals decimals : DebeziumEnvelope.Decimals.values()) {
                modes.add(new DebeziumEnvelope.Values(
                        times, decimals, usual.binaries(), usual.intervals(), usual.maps(), usual.unavailable()));
            }
        }
        for (DebeziumEnvelope.Binaries binaries : DebeziumEnvelope.Binaries.values()) {
            modes.add(new DebeziumEnvelope.Values(
                    usual.times(),
                    usual.decimals(),
                    binaries,
                    DebeziumEnvelope.Intervals.STRING,
                    DebeziumEnvelope.Maps.MAP,
                    "gone"));
        }
        return modes;
    }

    @ParameterizedTest
    @MethodSource("modes")
    void shouldBeUnderstoodAndWrittenAgainTheSameByTheConverter(DebeziumEnvelope.Values values) throws IOException {
        EventEncoder rich = new DebeziumEnvelope(values, "crm", true, true, false).encoder("shop");
        EventEncoder plain = new DebeziumEnvelope(values, "crm", true, false, false).encoder("shop");
        // Kafka Connect's own types hold no infinite times and no 24:00; those are tried elsewhere.
        Map<String, Object> finite =
                Map.of("never", LocalDateTime.of(2026, 1, 1, 0, 0), "midnight", LocalTime.of(23, 59));
        ChangeEvent event = Samples.event(Operation.UPDATE, Samples.keyAnd(null), Samples.row(finite));
        for (byte[] json : List.of(rich.value(event), rich.key(event))) {
            SchemaAndValue understood = withSchemas.toConnectData("t", json);

            assertThat(JSON.readTree(withSchemas.fromConnectData("t", understood.schema(), understood.value())))
                    .isEqualTo(JSON.readTree(json));
        }
        SchemaAndValue value = withSchemas.toConnectData("t", rich.value(event));
        SchemaAndValue key = withSchemas.toConnectData("t", rich.key(event));
        assertThat(JSON.readTree(plain.value(event)))
                .isEqualTo(JSON.readTree(withoutSchemas.fromConnectData("t", value.schema(), value.value())));
        assertThat(JSON.readTree(plain.key(event)))
                .isEqualTo(JSON.readTree(withoutSchemas.fromConnectData("t", key.schema(), key.value())));
    }

    @Test
    void shouldBeUnderstoodWhateverTheEvent() throws IOException {
        EventEncoder encoder =
                new DebeziumEnvelope(DebeziumEnvelope.Values.DEFAULT, "", true, true, false).encoder("shop");
        for (Map.Entry<String, ChangeEvent> event : Samples.events().entrySet()) {
            byte[] json = encoder.value(event.getValue());
            SchemaAndValue value = withSchemas.toConnectData("t", json);
            JsonNode again = JSON.readTree(withSchemas.fromConnectData("t", value.schema(), value.value()));

            assertThat(again).as(event.getKey()).isEqualTo(JSON.readTree(json));
        }
    }

    @Test
    void shouldNameSchemasAndTypesAsDebeziumDoes() {
        EventEncoder encoder =
                new DebeziumEnvelope(DebeziumEnvelope.Values.DEFAULT, "crm", true, true, false).encoder("shop");
        SchemaAndValue read = withSchemas.toConnectData("t", encoder.value(Samples.insert()));
        SchemaAndValue key = withSchemas.toConnectData("t", encoder.key(Samples.insert()));

        assertThat(read.schema().name()).isEqualTo("crm.public.everything.Envelope");
        assertThat(key.schema().name()).isEqualTo("crm.public.everything.Key");
        assertThat(key.schema().field("id").schema().isOptional()).isFalse();
        Schema row = read.schema().field("after").schema();
        assertThat(row.name()).isEqualTo("crm.public.everything.Value");
        assertThat(read.schema().field("source").schema().name()).isEqualTo("io.debezium.connector.postgresql.Source");
        Struct after = ((Struct) read.value()).getStruct("after");
        assertThat(after.get("price")).isEqualTo(new BigDecimal("-12.50"));
        assertThat(after.get("cash")).isEqualTo(new BigDecimal("-1234.50"));
        assertThat(after.get("huge")).isEqualTo(new BigDecimal("1234567890123456789012345.00001"));
        assertThat(after.get("small")).isEqualTo((short) -7);
        assertThat(after.get("medium")).isEqualTo(Integer.MAX_VALUE);
        Map<String, String> names = Map.of(
                "day", "io.debezium.time.Date",
                "time3", "io.debezium.time.Time",
                "time6", "io.debezium.time.MicroTime",
                "timetz", "io.debezium.time.ZonedTime",
                "ts3", "io.debezium.time.Timestamp",
                "ts6", "io.debezium.time.MicroTimestamp",
                "tsz", "io.debezium.time.ZonedTimestamp",
                "span", "io.debezium.time.MicroDuration",
                "uid", "io.debezium.data.Uuid",
                "any", "io.debezium.data.VariableScaleDecimal");
        names.forEach((column, name) ->
                assertThat(row.field(column).schema().name()).as(column).isEqualTo(name));
        assertThat(row.field("mask").schema().parameters()).containsEntry("length", "20");
        assertThat(row.field("price").schema().parameters())
                .containsEntry("scale", "2")
                .containsEntry("connect.decimal.precision", "10");
    }
}
