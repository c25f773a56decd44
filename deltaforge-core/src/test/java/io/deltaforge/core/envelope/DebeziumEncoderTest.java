package io.deltaforge.core.envelope;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.deltaforge.api.encode.EventEncoder;
import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.Operation;
import io.deltaforge.core.envelope.DebeziumEnvelope.Binaries;
import io.deltaforge.core.envelope.DebeziumEnvelope.Decimals;
import io.deltaforge.core.envelope.DebeziumEnvelope.Intervals;
import io.deltaforge.core.envelope.DebeziumEnvelope.Maps;
import io.deltaforge.core.envelope.DebeziumEnvelope.Times;
import io.deltaforge.core.envelope.DebeziumEnvelope.Values;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.OffsetTime;
import java.util.Base64;
import java.util.Map;
import java.util.UUID;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

/** The facts are from Debezium's documentation and the tests of its PostgreSQL connector, not from this encoder. */
final class DebeziumEncoderTest {

    private static final ObjectMapper JSON = new ObjectMapper();
    private static final String PLACEHOLDER = "__debezium_unavailable_value";

    private static EventEncoder encoder(Values values) {
        return new DebeziumEnvelope(values, "", true, false, false).encoder("shop");
    }

    private static Values with(Times times) {
        return new Values(times, Decimals.PRECISE, Binaries.BYTES, Intervals.NUMERIC, Maps.JSON, PLACEHOLDER);
    }

    private static Values with(Decimals decimals) {
        return new Values(Times.ADAPTIVE, decimals, Binaries.BYTES, Intervals.NUMERIC, Maps.JSON, PLACEHOLDER);
    }

    private static Values with(Binaries binaries) {
        return new Values(Times.ADAPTIVE, Decimals.PRECISE, binaries, Intervals.NUMERIC, Maps.JSON, PLACEHOLDER);
    }

    private static JsonNode parsed(byte[] json) {
        try {
            return JSON.readTree(new String(json, StandardCharsets.UTF_8));
        } catch (JsonProcessingException e) {
            throw new AssertionError(new String(json, StandardCharsets.UTF_8), e);
        }
    }

    /** The value of one column of a row in which it is this value. */
    private static JsonNode written(Values values, String column, Object value) {
        ChangeEvent event = Samples.event(Operation.CREATE, null, Samples.row(Map.of(column, value)));
        return parsed(encoder(values).value(event)).at("/after/" + column);
    }

    private static JsonNode written(Values values, String column) {
        return parsed(encoder(values).value(Samples.insert())).at("/after/" + column);
    }

    private static BigDecimal decimal(JsonNode base64, int scale) {
        return new BigDecimal(new BigInteger(Base64.getDecoder().decode(base64.asText())), scale);
    }

    @Test
    void shouldHaveTheFieldsOfTheEnvelopeInOrder() {
        JsonNode event = parsed(encoder(Values.DEFAULT).value(Samples.insert()));

        assertThat(event.fieldNames())
                .toIterable()
                .containsExactly("before", "after", "source", "transaction", "op", "ts_ms", "ts_us", "ts_ns");
        assertThat(event.get("source").fieldNames())
                .toIterable()
                .containsExactly(
                        "version",
                        "connector",
                        "name",
                        "ts_ms",
                        "snapshot",
                        "db",
                        "sequence",
                        "ts_us",
                        "ts_ns",
                        "schema",
                        "table",
                        "txId",
                        "lsn",
                        "xmin");
        assertThat(event.get("before").isNull()).isTrue();
        assertThat(event.get("transaction").isNull()).isTrue();
        assertThat(event.get("op").asText()).isEqualTo("c");
        assertThat(event.get("ts_ns").asLong()).isEqualTo(1_764_064_800_123_456_000L);
        JsonNode source = event.get("source");
        assertThat(source.get("snapshot").asText()).isEqualTo("false");
        assertThat(source.get("lsn").asLong()).isEqualTo(0x1_016B_3748L);
        assertThat(source.get("sequence").asText()).isEqualTo("[\"4318771016\",\"2\"]");
        assertThat(source.get("xmin").isNull()).isTrue();
    }

    @Test
    void shouldSayWhichEventsAreOfASnapshot() {
        JsonNode read = parsed(encoder(Values.DEFAULT).value(Samples.events().get("read")));

        assertThat(read.at("/source/snapshot").asText()).isEqualTo("true");
        assertThat(read.get("op").asText()).isEqualTo("r");
    }

    @Test
    void shouldHaveAllColumnsOfTheTableInARow() {
        JsonNode delete = parsed(encoder(Values.DEFAULT).value(Samples.events().get("delete with the key alone")));

        assertThat(delete.get("after").isNull()).isTrue();
        assertThat(delete.get("before")).hasSize(Samples.TABLE.columns().size());
        assertThat(delete.at("/before/id").asLong()).isEqualTo(Long.MIN_VALUE);
        assertThat(delete.at("/before/name").isNull()).isTrue();
    }

    @ParameterizedTest
    @CsvSource({
        "ADAPTIVE,                   20780, 73272345, 73272345678, 1795465272345,    -1",
        "ADAPTIVE_TIME_MICROSECONDS, 20780, 73272345000, 73272345678, 1795465272345, -1",
        "CONNECT,                    20780, 73272345, 73272345, 1795465272345,       -1",
        "MICROSECONDS,               20780, 73272345000, 73272345678, 1795465272345000, -1",
        "NANOSECONDS,                20780, 73272345000000, 73272345678000, 1795465272345000000, -1000"
    })
    void shouldWriteTimesInTheUnitOfTheirPrecision(Times times, long day, long time3, long time6, long ts3, long ts6) {
        Values values = with(times);
        assertThat(written(values, "day").asLong()).isEqualTo(day);
        assertThat(written(values, "time3").asLong()).isEqualTo(time3);
        assertThat(written(values, "time6").asLong()).isEqualTo(time6);
        assertThat(written(values, "ts3").asLong()).isEqualTo(ts3);
        assertThat(written(values, "ts6").asLong()).isEqualTo(ts6);
    }

    @Test
    void shouldWriteTimesAsTextWithUtc() {
        Values values = with(Times.ISOSTRING);
        assertThat(written(values, "day").asText()).isEqualTo("2026-11-23Z");
        assertThat(written(values, "time3").asText()).isEqualTo("20:21:12.345Z");
        assertThat(written(values, "midnight").asText()).isEqualTo("00:00:00Z");
        assertThat(written(values, "ts3").asText()).isEqualTo("2026-11-23T20:21:12.345Z");
        assertThat(written(values, "ts6").asText()).isEqualTo("1969-12-31T23:59:59.999999Z");
        assertThat(written(values, "never").asText()).isEqualTo("infinity");
    }

    @ParameterizedTest
    @EnumSource(Times.class)
    void shouldWriteTimesWithZoneAsTextInUtcWhateverTheMode(Times times) {
        Values values = with(times);
        assertThat(written(values, "timetz").asText()).isEqualTo("18:21:12.5Z");
        assertThat(written(values, "timetz", OffsetTime.parse("00:30:00+01:00")).asText())
                .isEqualTo("23:30:00Z");
        assertThat(written(values, "tsz3").asText()).isEqualTo("2026-11-23T20:21:12.340Z");
        // Debezium's AbstractRecordsProducerTest: 2016-11-04T11:51:30.123456Z, six digits for a column without
        // precision.
        assertThat(written(values, "tsz").asText()).isEqualTo("2026-11-23T20:21:12.000000Z");
        assertThat(written(values, "always").asText()).isEqualTo("-infinity");
    }

    @Test
    void shouldWriteInfiniteDaysAndTimesAsDebeziumsNumbers() {
        assertThat(written(Values.DEFAULT, "never").asLong()).isEqualTo(9_223_372_036_825_200_000L);
        assertThat(written(Values.DEFAULT, "never", "-infinity").asLong()).isEqualTo(-9_223_372_036_832_400_000L);
        assertThat(written(Values.DEFAULT, "day", "infinity").asLong())
                .isEqualTo(LocalDate.parse("-5877611-06-21").toEpochDay());
        assertThat(written(with(Times.NANOSECONDS), "never").asLong()).isEqualTo(Long.MAX_VALUE);
        assertThat(written(Values.DEFAULT, "midnight").asLong()).isEqualTo(86_400_000_000L);
        assertThat(written(Values.DEFAULT, "timetz", "24:00:00Z").asText()).isEqualTo("24:00:00Z");
        assertThat(written(Values.DEFAULT, "timetz", "24:00:00+02:00").asText()).isEqualTo("22:00:00Z");
    }

    @Test
    void shouldWriteWholeDoublesAsDoubles() {
        assertThat(written(Values.DEFAULT, "double", 3.0)).hasToString("3.0");
        assertThat(written(Values.DEFAULT, "real", -3.0f)).hasToString("-3.0");
        assertThat(written(Values.DEFAULT, "double", Double.NaN).textValue()).isEqualTo("NaN");
        assertThat(written(Values.DEFAULT, "double", 1e300).doubleValue()).isEqualTo(1e300);
    }

    @Test
    void shouldRefuseATimeThatNanosecondsCannotHold() {
        assertThatThrownBy(() -> written(with(Times.NANOSECONDS), "ts6", LocalDateTime.of(2300, 1, 1, 0, 0)))
                .isInstanceOfSatisfying(DeliveryException.class, e -> {
                    assertThat(e.kind()).isEqualTo(ErrorKind.RECORD);
                    assertThat(e.reason()).isEqualTo("VALUE_NOT_WRITABLE");
                    assertThat(e).hasMessageContaining("ts6").hasMessageContaining("nanoseconds");
                });
    }

    @ParameterizedTest
    @CsvSource({"0.00", "0.01", "-0.01", "1.27", "1.28", "-1.28", "-1.29", "99999999.99", "-99999999.99"})
    void shouldWriteDecimalsOfFixedScaleAsTheirUnscaledBytes(BigDecimal value) {
        JsonNode written = written(Values.DEFAULT, "price", value);

        assertThat(decimal(written, 2)).isEqualTo(value);
        assertThat(Base64.getDecoder().decode(written.asText()))
                .isEqualTo(value.unscaledValue().toByteArray());
    }

    @ParameterizedTest
    @CsvSource({
        "0, 0, 0",
        "0.00, 0, 0",
        "300.1200, 2, 30012",
        "-5, 0, -5",
        "1000, 0, 1000",
        "10.0, 0, 10",
        "0.000000001, 9, 1",
        "123456789012345678901234567890.5, 1, 1234567890123456789012345678905"
    })
    void shouldWriteDecimalsWithoutScaleWithTheirOwn(String value, int scale, BigInteger unscaled) {
        JsonNode written = written(Values.DEFAULT, "any", new BigDecimal(value));

        assertThat(written.fieldNames()).toIterable().containsExactly("scale", "value");
        assertThat(written.get("scale").asInt()).isEqualTo(scale);
        assertThat(Base64.getDecoder().decode(written.get("value").asText())).isEqualTo(unscaled.toByteArray());
    }

    @Test
    void shouldWriteDecimalsAsTextOrAsDoubles() {
        assertThat(written(with(Decimals.STRING), "price").textValue()).isEqualTo("-12.50");
        assertThat(written(with(Decimals.STRING), "any", "NaN").textValue()).isEqualTo("NaN");
        assertThat(written(with(Decimals.STRING), "cash").textValue()).isEqualTo("-1234.50");
        assertThat(written(with(Decimals.DOUBLE), "price").doubleValue()).isEqualTo(-12.5);
        assertThat(written(with(Decimals.DOUBLE), "any", "NaN").textValue()).isEqualTo("NaN");
        assertThat(written(with(Decimals.DOUBLE), "cash").doubleValue()).isEqualTo(-1234.5);
        assertThat(decimal(written(Values.DEFAULT, "cash"), 2)).isEqualTo(new BigDecimal("-1234.50"));
        assertThat(decimal(written(Values.DEFAULT, "huge"), 5))
                .isEqualTo(new BigDecimal("1234567890123456789012345.00001"));
        assertThat(written(Values.DEFAULT, "prices"))
                .extracting(price -> decimal(price, 2))
                .containsExactly(new BigDecimal("1.00"), new BigDecimal("-0.01"));
    }

    @Test
    void shouldNameTheColumnAndTheRemedyForADecimalThatIsNoNumber() {
        assertThatThrownBy(() -> written(Values.DEFAULT, "price", "NaN"))
                .isInstanceOfSatisfying(DeliveryException.class, e -> {
                    assertThat(e.kind()).isEqualTo(ErrorKind.RECORD);
                    assertThat(e).hasMessageContaining("price").hasMessageContaining("NaN");
                    assertThat(e.remedy()).hasValueSatisfying(remedy -> assertThat(remedy)
                            .contains("decimal.handling.mode = string"));
                });
    }

    @ParameterizedTest
    @CsvSource({"BYTES, ++++AQ==", "BASE64, ++++AQ==", "BASE64_URL_SAFE, ----AQ==", "HEX, fbefbe01"})
    void shouldWriteBytesInTheModeAskedFor(Binaries mode, String text) {
        assertThat(written(with(mode), "bytes").textValue()).isEqualTo(text);
    }

    @Test
    void shouldWriteIntervalsAsMicrosecondsOrAsIso() {
        Values iso =
                new Values(Times.ADAPTIVE, Decimals.PRECISE, Binaries.BYTES, Intervals.STRING, Maps.JSON, PLACEHOLDER);
        double months = 14 * 30.4375 * 86_400e6;
        assertThat(written(Values.DEFAULT, "span").asLong()).isEqualTo((long) (months - 3 * 86_400e6 + 3_661_500_000L));
        assertThat(written(iso, "span").asText()).isEqualTo("P1Y2M-3DT1H1M1.5S");
    }

    @Test
    void shouldWriteTypesThatDebeziumHasAFormFor() {
        Values maps =
                new Values(Times.ADAPTIVE, Decimals.PRECISE, Binaries.BYTES, Intervals.NUMERIC, Maps.MAP, PLACEHOLDER);
        assertThat(written(Values.DEFAULT, "doc").textValue()).isEqualTo("{\"a\": [1, \"x\"]}");
        assertThat(written(Values.DEFAULT, "attributes").textValue()).isEqualTo("{\"a\":\"1\",\"b \\\"q\\\"\":null}");
        assertThat(written(maps, "attributes")).hasToString("{\"a\":\"1\",\"b \\\"q\\\"\":null}");
        assertThat(written(Values.DEFAULT, "bit").booleanValue()).isTrue();
        // Debezium's AbstractRecordsProducerTest: b'101' is {5}, the last bit first.
        assertThat(Base64.getDecoder().decode(written(Values.DEFAULT, "mask").asText()))
                .containsExactly(1, 5);
        assertThat(Base64.getDecoder()
                        .decode(written(Values.DEFAULT, "mask", "0000").asText()))
                .isEmpty();
        assertThat(written(Values.DEFAULT, "uid").textValue()).isEqualTo("00112233-4455-6677-8899-aabbccddeeff");
        assertThat(written(Values.DEFAULT, "range").textValue()).isEqualTo("[1,5)");
        assertThat(written(Values.DEFAULT, "tags")).hasToString("[\"a\",null,\"b\\\"c\"]");
        JsonNode place = written(Values.DEFAULT, "place");
        assertThat(place.get("x").doubleValue()).isEqualTo(1.5);
        assertThat(place.get("y").doubleValue()).isEqualTo(-2.0);
        assertThat(Base64.getDecoder().decode(place.get("wkb").asText()))
                .startsWith(1, 1, 0, 0, 0)
                .hasSize(21);
    }

    @Test
    void shouldPutThePlaceholderWhereAValueWasNotLogged() {
        JsonNode after = parsed(encoder(Values.DEFAULT).value(Samples.events().get("update with unchanged values")))
                .get("after");
        String base64 = Base64.getEncoder().encodeToString(PLACEHOLDER.getBytes(StandardCharsets.US_ASCII));

        assertThat(after.get("name").textValue()).isEqualTo(PLACEHOLDER);
        assertThat(after.get("doc").textValue()).isEqualTo(PLACEHOLDER);
        assertThat(after.get("bytes").textValue()).isEqualTo(base64);
        assertThat(after.get("tags")).hasToString("[\"" + PLACEHOLDER + "\"]");
        assertThat(after.get("numbers"))
                .extracting(JsonNode::asInt)
                .startsWith((int) '_', (int) '_', (int) 'd')
                .hasSize(PLACEHOLDER.length());
        assertThat(after.get("attributes").textValue()).isEqualTo("{\"" + PLACEHOLDER + "\":\"" + PLACEHOLDER + "\"}");
        assertThat(after.at("/any/value").textValue()).isEqualTo(base64);
        assertThat(UUID.nameUUIDFromBytes(PLACEHOLDER.getBytes(StandardCharsets.US_ASCII)))
                .isNotNull();
    }

    @Test
    void shouldFollowDeletesWithTombstonesUnlessTurnedOff() {
        EventEncoder with = DebeziumEnvelope.DEFAULT.encoder("shop");
        EventEncoder without = new DebeziumEnvelope(Values.DEFAULT, "", false, false, false).encoder("shop");
        Samples.events().forEach((kind, event) -> {
            assertThat(with.hasTombstone(event)).as(kind).isEqualTo(event.operation() == Operation.DELETE);
            assertThat(without.hasTombstone(event)).as(kind).isFalse();
        });
    }

    @Test
    void shouldWriteKeysLikeValues() {
        byte[] key = DebeziumEnvelope.DEFAULT.encoder("shop").key(Samples.insert());

        assertThat(new String(key, StandardCharsets.UTF_8))
                .isEqualTo("{\"id\":-9223372036854775808,\"uid\":\"00112233-4455-6677-8899-aabbccddeeff\"}");
    }

    @Test
    void shouldWrapValuesAsTheOriginalDoes() {
        EventEncoder wrapped = new DebeziumEnvelope(Values.DEFAULT, "", true, false, true).encoder("shop");
        JsonNode event = parsed(wrapped.value(Samples.insert()));

        assertThat(event.fieldNames()).toIterable().containsExactly("schema", "payload");
        assertThat(event.get("schema").isNull()).isTrue();
        assertThat(event.get("payload"))
                .isEqualTo(parsed(encoder(Values.DEFAULT).value(Samples.insert())));
        assertThat(parsed(wrapped.key(Samples.insert())).has("payload")).isFalse();
    }

    @Test
    void shouldNameTheServerAsAsked() {
        EventEncoder named = new DebeziumEnvelope(Values.DEFAULT, "crm", true, false, false).encoder("shop");

        assertThat(parsed(named.value(Samples.insert())).at("/source/name").asText())
                .isEqualTo("crm");
        assertThat(parsed(encoder(Values.DEFAULT).value(Samples.insert()))
                        .at("/source/name")
                        .asText())
                .isEqualTo("shop");
    }

    @Test
    void shouldWriteTheFieldsOfAnotherConnectorAsTheyAre() {
        ChangeEvent event =
                new ChangeEvent(Operation.CREATE, Samples.TABLE, null, Samples.full(), new Samples.Tx("mysql"), 0);
        JsonNode source = parsed(encoder(Values.DEFAULT).value(event)).get("source");

        assertThat(source.get("connector").asText()).isEqualTo("mysql");
        assertThat(source.get("sequence").isNull()).isTrue();
        assertThat(source.get("file").asText()).isEqualTo("binlog.000003");
        assertThat(source.get("pos").asLong()).isEqualTo(154);
        assertThat(source.has("xmin")).isFalse();
    }
}
