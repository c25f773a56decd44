package io.deltaforge.source.postgres.type;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.LogicalType;
import io.deltaforge.api.event.Row;
import io.deltaforge.api.event.RowValues;
import io.deltaforge.api.event.TableSchema;
import io.deltaforge.api.event.ValueVisitor;
import java.math.BigDecimal;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

final class ValueDecodersTest {

    private static final long SEED = Long.getLong("deltaforge.test.seed", 20_261_124L);

    /** OIDs of the types with a decoder of their own, and a text of each. */
    private static final Map<Integer, String> SAMPLES = Map.ofEntries(
            Map.entry(16, "t"),
            Map.entry(17, "\\x00ff"),
            Map.entry(18, "a"),
            Map.entry(20, "-9223372036854775808"),
            Map.entry(21, "-32768"),
            Map.entry(23, "12"),
            Map.entry(25, "text"),
            Map.entry(26, "4294967295"),
            Map.entry(114, "{}"),
            Map.entry(650, "1.2.3.0/24"),
            Map.entry(700, "1e-45"),
            Map.entry(701, "-1.5e+300"),
            Map.entry(774, "08:00:2b:01:02:03:04:05"),
            Map.entry(790, "$1.00"),
            Map.entry(829, "08:00:2b:01:02:03"),
            Map.entry(869, "::1"),
            Map.entry(1082, "0044-03-15 BC"),
            Map.entry(1083, "24:00:00"),
            Map.entry(1114, "2020-02-29 12:30:00.5"),
            Map.entry(1184, "2020-02-29 12:30:00.5+00"),
            Map.entry(1186, "-1 years -2 mons +3 days -04:05:06.789"),
            Map.entry(1266, "12:30:00-03:30:15"),
            Map.entry(1560, "101"),
            Map.entry(1700, "-12.50"),
            Map.entry(2950, "00112233-4455-6677-8899-aabbccddeeff"),
            Map.entry(3220, "1/AB"),
            Map.entry(3614, "'a':1"),
            Map.entry(3802, "{}"));

    private static PgType type(int oid) {
        return new PgType(oid, "t" + oid, "t" + oid, PgType.Kind.BASE, ',', null);
    }

    private static PgType arrayOf(PgType element) {
        return new PgType(element.oid() + 100_000, "_" + element.name(), "array", PgType.Kind.ARRAY, ',', element);
    }

    /** A row of one value in one form, so that the API's own reader can say what the visitor was told. */
    private static final class OneValue implements Row {
        private final PgType type;
        private final boolean binary;
        private final byte[] bytes;

        OneValue(PgType type, boolean binary, byte[] bytes) {
            this.type = type;
            this.binary = binary;
            this.bytes = bytes;
        }

        @Override
        public TableSchema schema() {
            Column column = ValueDecoders.column("v", 0, type, type.displayName());
            return new TableSchema("db", "public", "t", List.of(column), List.of());
        }

        @Override
        public boolean contains(int column) {
            return true;
        }

        @Override
        public void visit(int column, ValueVisitor visitor) {
            ValueDecoder decoder = binary ? ValueDecoders.binary(type).orElseThrow() : ValueDecoders.text(type);
            byte[] framed = new byte[bytes.length + 6];
            System.arraycopy(bytes, 0, framed, 3, bytes.length);
            decoder.decode(ValueDecoders.column("v", 0, type, "t"), framed, 3, bytes.length, visitor);
        }

        @Override
        public int retainedBytes() {
            return bytes.length;
        }
    }

    private static Object text(PgType type, String value) {
        return new OneValue(type, false, value.getBytes(StandardCharsets.UTF_8)).value(0);
    }

    private static Object binary(PgType type, String hex) {
        return new OneValue(type, true, HexFormat.of().parseHex(hex)).value(0);
    }

    @ParameterizedTest
    @CsvSource({
        "0000 0000 0000 0000, 0",
        "0000 0000 0000 0002, 0.00",
        "0001 0000 0000 0000 0001, 1",
        "0001 0001 0000 0000 0001, 10000",
        "0002 0000 4000 0002 000c 1388, -12.50",
        "0001 FFFF 0000 0004 0001, 0.0001",
        "0001 FFFE 0000 0008 0001, 0.00000001",
        "0003 0001 0000 0003 0001 0000 1388, 10000.500"
    })
    void shouldPrintBinaryNumericsWithTheirScale(String hex, String expected) {
        assertThat(binary(type(1700), hex.replace(" ", ""))).isEqualTo(new BigDecimal(expected));
    }

    @ParameterizedTest
    @CsvSource({
        "16, 0000, 'bool expects 1 bytes, got 2'",
        "20, 00, 'int8 expects 8 bytes, got 1'",
        "1700, 0001, 'numeric expects at least 8 bytes, got 2'",
        "1700, 0001000000000000, 'numeric expects 10 for 1 digits bytes, got 8'",
        "1700, 00010000000000002710, 'numeric expects digits below 10000, got 10000'",
        "1700, 0000000012340000, 'numeric expects a sign of 0, 4000, C000, D000 or F000, got 1234'",
        "1700, 0000000000004000, 'numeric expects a scale of at most 16383, got 16384'",
        "3802, 027b7d, 'jsonb expects version 1, got version 2'",
        "3802, '', 'jsonb expects version 1, got no bytes'",
        "1083, ffffffffffffffff, 'time expects 0 to 86400000000 us, got -1'",
        "1266, 000000000000000000015180, 'timetz expects a zone of less than a day, got 86400 s'",
        "869, 05200004, 'inet expects the family 2 or 3, got 5'",
        "869, 0221000401020304, 'inet of family 2 expects 4 bytes and a prefix of at most 32, got 4 bytes and a prefix of 33'",
        "1560, 0000000900, 'bit expects a count of bits and as many bits, got 9 in 5 bytes'",
        "3614, 7fffffff, 'tsvector lexeme expects at least 3 bytes, got 0'",
        "3614, 00000001610009, 'tsvector expects a count of positions and as many positions, got -1 in 1 bytes'"
    })
    void shouldSayWhatIsWrongWithABinaryValue(int oid, String hex, String message) {
        assertThatThrownBy(() -> binary(type(oid), hex))
                .isInstanceOf(MalformedValueException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource({
        "16, true",
        "23, ''",
        "20, 9223372036854775808",
        "20, -9223372036854775809",
        "23, 1x",
        "701, 1f",
        "701, 0x1p3",
        "701, ' 1'",
        "701, 1e",
        "1700, 1.2.3",
        "1700, 1e5",
        "1700, -",
        "17, 00ff",
        "17, \\x0",
        "17, \\x0g",
        "2950, 00112233-4455-6677-8899-aabbccddeefg",
        "1082, 2021-02-29",
        "1082, 01/02/2020",
        "1083, 24:00:01",
        "1114, 2020-01-01T00:00:00",
        "1184, 2020-01-01 00:00:00",
        "1186, P1Y",
        "1186, 9999999999 days"
    })
    void shouldRefuseTextsThatAreNoneOfTheirType(int oid, String text) {
        assertThatThrownBy(() -> text(type(oid), text)).isInstanceOf(MalformedValueException.class);
    }

    @ParameterizedTest
    @CsvSource({
        "'', array expects a closing brace",
        "'{1,2', array expects a closing brace",
        "'{1}2', 'array expects nothing after its last brace, got 1 bytes'",
        "'{\"1}', array expects a closing brace",
        "'[1:1]', array expects a closing brace",
        "'{{{{{{{1}}}}}}}', array expects at most 6 dimensions"
    })
    void shouldRefuseTextsThatAreNoArrays(String text, String message) {
        assertThatThrownBy(() -> text(arrayOf(type(23)), text))
                .isInstanceOf(MalformedValueException.class)
                .hasMessage(message);
    }

    @ParameterizedTest
    @CsvSource({
        "00000007, 'array expects 0 to 6 dimensions and their sizes, got -1 in 4 bytes'",
        "000000070000000000000017, 'array expects 0 to 6 dimensions and their sizes, got 7 in 12 bytes'",
        "000000000000000000000019, 'array expects elements of the type with OID 23, got 25'",
        "0000000100000000000000177fffffff00000001,"
                + " 'array expects as many elements as its dimensions say, got a dimension of 2147483647 and room for 0'",
        "0000000100000000000000170000000000000001,"
                + " 'array expects as many elements as its dimensions say, got a dimension of 0 and room for 0'",
        "00000001000000000000001700000001000000010000000400,"
                + " 'array element expects its bytes to follow, got a length of 4 and 5 bytes'"
    })
    void shouldRefuseBytesThatAreNoArrays(String hex, String message) {
        assertThatThrownBy(() -> binary(arrayOf(type(23)), hex))
                .isInstanceOf(MalformedValueException.class)
                .hasMessage(message);
    }

    @Test
    void shouldKnowTheBinaryFormOfAnArrayOnlyWithThatOfItsElement() {
        assertThat(ValueDecoders.binary(arrayOf(type(23)))).isPresent();
        assertThat(ValueDecoders.binary(arrayOf(type(600)))).isEmpty();
        assertThat(ValueDecoders.binary(PgType.unknown(77_777))).isEmpty();
    }

    @Test
    void shouldDescribeDomainsAsWhatIsUnderThem() {
        PgType domain = new PgType(20_000, "ids", "ids", PgType.Kind.DOMAIN, ',', arrayOf(type(20)));
        Column column = ValueDecoders.column("c", 3, domain, "ids");
        assertThat(column.type()).isEqualTo(LogicalType.ARRAY);
        assertThat(column.sourceType()).isEqualTo("ids");
        assertThat(column.element()).map(Column::type).contains(LogicalType.INTEGER);
    }

    /** Reads a value of any bytes; the calendar of the reader in the API is smaller than that of the database. */
    private static boolean survives(OneValue value) {
        try {
            RowValues.copyOf(value);
            return true;
        } catch (MalformedValueException expected) {
            return false;
        } catch (DateTimeException outsideOfJavasCalendar) {
            return true;
        }
    }

    @Test
    void shouldThrowNothingButItsOwnFailureOnDamagedValues() {
        System.out.println("deltaforge.test.seed=" + SEED);
        Random random = new Random(SEED);
        List<Integer> oids = SAMPLES.keySet().stream().sorted().toList();
        int refused = 0;
        for (int round = 0; round < 60_000; round++) {
            int oid = oids.get(random.nextInt(oids.size()));
            PgType type = random.nextInt(4) == 0 ? arrayOf(type(oid)) : type(oid);
            byte[] bytes = new byte[random.nextInt(48)];
            random.nextBytes(bytes);
            if (type.kind() == PgType.Kind.ARRAY && bytes.length >= 20) {
                ByteBuffer.wrap(bytes).putInt(1).putInt(0).putInt(oid).putInt(1 + random.nextInt(3));
            }
            refused += survives(new OneValue(type, true, bytes)) ? 0 : 1;
            refused += survives(new OneValue(type, false, damaged(random, type, SAMPLES.get(oid)))) ? 0 : 1;
        }
        assertThat(refused).isBetween(30_000, 110_000);
    }

    private static byte[] damaged(Random random, PgType type, String sample) {
        String text = type.kind() == PgType.Kind.ARRAY ? "{\"" + sample.replace("\\", "\\\\") + "\",NULL}" : sample;
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        for (int i = random.nextInt(3); i >= 0; i--) {
            bytes[random.nextInt(bytes.length)] =
                    (byte) (random.nextBoolean() ? random.nextInt() : "0:-+ .{},\"\\e9".charAt(random.nextInt(13)));
        }
        return random.nextInt(4) == 0 ? Arrays.copyOf(bytes, random.nextInt(bytes.length + 1)) : bytes;
    }
}
