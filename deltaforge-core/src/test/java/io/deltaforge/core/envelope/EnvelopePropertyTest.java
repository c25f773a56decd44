package io.deltaforge.core.envelope;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.deltaforge.api.encode.EventEncoder;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.LogicalType;
import io.deltaforge.api.event.Operation;
import io.deltaforge.api.event.RowValues;
import io.deltaforge.api.event.TableSchema;
import java.io.IOException;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.ZoneOffset;
import java.util.Base64;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Writes random rows, reads them with another JSON library and compares with the values they were made from. */
final class EnvelopePropertyTest {

    private static final ObjectMapper JSON =
            new ObjectMapper().enable(DeserializationFeature.USE_BIG_DECIMAL_FOR_FLOATS);
    private static final int ROWS = 2_000;
    private static final List<Column> COLUMNS = List.of(
            Column.of("id", 0, LogicalType.INTEGER, "bigint"),
            Column.of("text \"é\"", 1, LogicalType.TEXT, "text"),
            Column.of("fixed", 2, LogicalType.DECIMAL, "numeric(40,7)"),
            Column.of("free", 3, LogicalType.DECIMAL, "numeric"),
            Column.of("bytes", 4, LogicalType.BINARY, "bytea"),
            Column.of("day", 5, LogicalType.DATE, "date"),
            Column.of("time", 6, LogicalType.TIME, "time without time zone"),
            Column.of("ts", 7, LogicalType.TIMESTAMP, "timestamp without time zone"),
            Column.of("tsz", 8, LogicalType.TIMESTAMP_TZ, "timestamp with time zone"),
            Column.of("uid", 9, LogicalType.UUID, "uuid"),
            Column.of("number", 10, LogicalType.FLOAT64, "double precision"));
    private static final TableSchema TABLE = new TableSchema("db", "s", "t", COLUMNS, COLUMNS.subList(0, 1));

    private final long seed = Long.getLong("seed", System.nanoTime());
    private final Random random = new Random(seed);

    private ChangeEvent next() {
        Object[] values = {
            random.nextLong() >> random.nextInt(64),
            text(),
            new BigDecimal(new BigInteger(random.nextInt(130), random), 7).multiply(sign()),
            new BigDecimal(new BigInteger(random.nextInt(200), random), random.nextInt(30)).multiply(sign()),
            bytes(),
            LocalDate.ofEpochDay(random.nextInt(6_000_000) - 3_000_000),
            LocalTime.ofNanoOfDay(1_000 * random.nextLong(TimeUnit.DAYS.toMicros(1))),
            LocalDateTime.ofInstant(instant(), ZoneOffset.UTC),
            instant(),
            new UUID(random.nextLong(), random.nextLong()),
            random.nextGaussian() * Math.pow(10, random.nextInt(60) - 30)
        };
        for (int i = 1; i < values.length; i++) {
            values[i] = random.nextInt(8) == 0 ? null : values[i];
        }
        return new ChangeEvent(Operation.CREATE, TABLE, null, RowValues.of(TABLE, values), Samples.TX, 1);
    }

    private BigDecimal sign() {
        return random.nextBoolean() ? BigDecimal.ONE : BigDecimal.ONE.negate();
    }

    private Instant instant() {
        long micros = random.nextLong() >> 4 + random.nextInt(20);
        return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000), 1_000L * Math.floorMod(micros, 1_000_000));
    }

    private String text() {
        return random.ints(random.nextInt(20), 0, 0x2_0000)
                .filter(point -> point < 0xD800 || point > 0xDFFF)
                .collect(StringBuilder::new, StringBuilder::appendCodePoint, StringBuilder::append)
                .toString();
    }

    private byte[] bytes() {
        byte[] bytes = new byte[random.nextInt(40)];
        random.nextBytes(bytes);
        return bytes;
    }

    @Test
    void shouldSayInDebeziumsEnvelopeWhatTheRowSays() throws IOException {
        EventEncoder encoder = DebeziumEnvelope.DEFAULT.encoder("shop");
        for (int i = 0; i < ROWS; i++) {
            ChangeEvent event = next();
            JsonNode after = JSON.readTree(encoder.value(event)).get("after");
            for (Column column : COLUMNS) {
                Object value = event.after().value(column.index());
                JsonNode written = after.get(column.name());
                assertThat(value == null ? written : debezium(column, value, written))
                        .as("seed %d, row %d, %s = %s", seed, i, column, value)
                        .isEqualTo(value == null ? JSON.nullNode() : value);
            }
        }
    }

    /** Reads what Debezium's documentation says the form of a type is. */
    private static Object debezium(Column column, Object value, JsonNode written) throws IOException {
        return switch (column.type()) {
            case INTEGER -> written.longValue();
            case DECIMAL ->
                column.name().equals("fixed")
                        ? new BigDecimal(new BigInteger(written.binaryValue()), 7)
                        : sameScale(
                                new BigDecimal(
                                        new BigInteger(written.get("value").binaryValue()),
                                        written.get("scale").asInt()),
                                (BigDecimal) value);
            case BINARY -> Base64.getDecoder().decode(written.textValue());
            case DATE -> LocalDate.ofEpochDay(written.longValue());
            case TIME -> LocalTime.ofNanoOfDay(1_000 * written.longValue());
            case TIMESTAMP -> LocalDateTime.ofInstant(ofMicros(written.longValue()), ZoneOffset.UTC);
            case TIMESTAMP_TZ -> OffsetDateTime.parse(written.textValue()).toInstant();
            case UUID -> UUID.fromString(written.textValue());
            case FLOAT64 -> written.doubleValue();
            default -> written.textValue();
        };
    }

    /** The scale is as small as can be; only zeros may be missing. */
    private static BigDecimal sameScale(BigDecimal written, BigDecimal value) {
        assertThat(written.scale())
                .isEqualTo(Math.max(0, written.stripTrailingZeros().scale()));
        return written.setScale(value.scale());
    }

    private static Instant ofMicros(long micros) {
        return Instant.ofEpochSecond(Math.floorDiv(micros, 1_000_000), 1_000L * Math.floorMod(micros, 1_000_000));
    }

    @Test
    void shouldSayInCloudEventsAndInTheNativeEnvelopeWhatTheRowSays() throws IOException {
        EventEncoder cloudEvents = new CloudEventsEnvelope("x", false).encoder("shop");
        EventEncoder inNative = Envelope.NATIVE.encoder("shop");
        for (int i = 0; i < ROWS; i++) {
            ChangeEvent event = next();
            JsonNode after = JSON.readTree(cloudEvents.value(event)).at("/data/after");
            for (Column column : COLUMNS) {
                Object value = event.after().value(column.index());
                JsonNode written = after.get(column.name());
                assertThat(value == null ? written : plain(column, written))
                        .as("seed %d, row %d, %s = %s", seed, i, column, value)
                        .isEqualTo(value == null ? JSON.nullNode() : value);
            }
            assertThat(JSON.readTree(inNative.value(event)).get("after"))
                    .as("seed %d, row %d", seed, i)
                    .isEqualTo(after);
        }
    }

    private static Object plain(Column column, JsonNode written) throws IOException {
        return switch (column.type()) {
            case INTEGER -> written.longValue();
            case DECIMAL -> new BigDecimal(written.textValue());
            case BINARY -> written.get("_base64").binaryValue();
            case DATE -> LocalDate.parse(written.textValue());
            case TIME -> LocalTime.parse(written.textValue());
            case TIMESTAMP -> LocalDateTime.parse(written.textValue());
            case TIMESTAMP_TZ -> OffsetDateTime.parse(written.textValue()).toInstant();
            case UUID -> UUID.fromString(written.textValue());
            case FLOAT64 -> written.doubleValue();
            default -> written.textValue();
        };
    }
}
