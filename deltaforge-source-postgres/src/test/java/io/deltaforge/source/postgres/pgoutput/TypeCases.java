package io.deltaforge.source.postgres.pgoutput;

import static io.deltaforge.source.postgres.pgoutput.TypeCase.exact;
import static io.deltaforge.source.postgres.pgoutput.TypeCase.normalised;
import static io.deltaforge.source.postgres.pgoutput.TypeCase.textOnly;

import java.math.BigInteger;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import java.util.UUID;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/** The types of PostgreSQL that the decoder promises to read, with their edges and with random values. */
final class TypeCases {

    /** What has to be there before the tables. */
    static final List<String> PREPARATION = List.of(
            "CREATE EXTENSION hstore",
            "CREATE EXTENSION citext",
            "CREATE TYPE mood AS ENUM ('sad', 'ok', 'very happy', 'größte \"Freude\"')",
            "CREATE TYPE pair AS (a int, b text)",
            "CREATE DOMAIN price AS numeric CHECK (value >= 0)",
            "CREATE DOMAIN \"deep Price\" AS price",
            "CREATE DOMAIN int_list AS int[]");

    private static final String ALPHABET = "abcXYZ019 _'\"\\{},;()[]\n\tNULL:=/äß€漢😀";

    private TypeCases() {}

    static List<TypeCase> all() {
        return Stream.of(numbers(), characters(), times(), arrays(), others(), textOnlyTypes())
                .flatMap(List::stream)
                .toList();
    }

    private static List<TypeCase> numbers() {
        return List.of(
                exact("bool", r -> r.nextBoolean() ? "t" : "f", "t", "f"),
                exact("int2", r -> String.valueOf((short) r.nextInt()), "-32768", "32767", "0"),
                exact("int4", r -> String.valueOf(r.nextInt()), "-2147483648", "2147483647", "0"),
                exact("int8", r -> String.valueOf(r.nextLong()), "-9223372036854775808", "9223372036854775807", "0"),
                exact("oid", r -> Integer.toUnsignedString(r.nextInt()), "0", "4294967295"),
                normalised(
                        "float4",
                        r -> String.valueOf(Float.intBitsToFloat(r.nextInt())),
                        "NaN",
                        "Infinity",
                        "-Infinity",
                        "-0",
                        "3.4028235e38",
                        "1e-45",
                        "0.1",
                        "16777217"),
                normalised(
                        "float8",
                        r -> String.valueOf(Double.longBitsToDouble(r.nextLong())),
                        "NaN",
                        "Infinity",
                        "-Infinity",
                        "-0",
                        "1.7976931348623157e308",
                        "5e-324",
                        "0.1",
                        "1e23"),
                exact(
                        "numeric",
                        TypeCases::decimal,
                        "NaN",
                        "Infinity",
                        "-Infinity",
                        "0",
                        "0.00",
                        "-0.0001",
                        "10000",
                        "9999",
                        "1000000000000",
                        "0.00010000",
                        "9".repeat(40_000),
                        "0." + "0".repeat(16_382) + "1",
                        "1" + "0".repeat(131_071),
                        "-1.10",
                        "100.0"),
                normalised(
                        "numeric(12,3)",
                        r -> String.valueOf(r.nextInt() / 977.0),
                        "999999999.999",
                        "-999999999.999",
                        "0"),
                normalised(
                        "money",
                        r -> (r.nextLong() / 100) + "." + r.nextInt(100),
                        "0",
                        "-0.01",
                        "0.99",
                        "-92233720368547758.08",
                        "92233720368547758.07",
                        "-999.99",
                        "1000",
                        "100000"));
    }

    private static List<TypeCase> characters() {
        return List.of(
                exact(
                        "text",
                        TypeCases::characters,
                        "",
                        " ",
                        "\\",
                        "NULL",
                        "x".repeat(300_000),
                        "\u0001\u007f",
                        "é\u0301"),
                exact("varchar(40)", TypeCases::characters, "", "trailing  "),
                normalised("char(12)", r -> ascii(r, 12), "", "a"),
                exact("name", r -> ascii(r, 63), "", "n".repeat(63)),
                exact(
                        "\"char\"",
                        r -> String.valueOf((char) (' ' + 1 + r.nextInt(90))).replace("\\", "x"),
                        "",
                        "a",
                        "\\377",
                        "\\200"),
                exact("citext", TypeCases::characters, "MiXed"),
                exact(
                        "mood",
                        r -> List.of("sad", "ok", "very happy", "größte \"Freude\"")
                                .get(r.nextInt(4)),
                        "ok"),
                exact("json", TypeCases::json, "null", "{\"a\" :  1, \"a\":2}", "\"\\u00e9\"", "[]"),
                normalised("jsonb", TypeCases::json, "null", "{\"b\":1,\"a\":2}", "1e400", "\"\\ud83d\\ude00\""),
                normalised(
                        "xml",
                        r -> "<a b=\"" + r.nextInt() + "\">é</a>",
                        "<a/>",
                        "text",
                        "<?xml version=\"1.0\"?><a>ü</a>"));
    }

    private static List<TypeCase> times() {
        return List.of(
                exact(
                        "date",
                        r -> PgText.date(r.nextInt(2_000_000) - 1_000_000),
                        "infinity",
                        "-infinity",
                        "4713-11-24 BC",
                        "5874897-12-31",
                        "0001-12-31 BC",
                        "0001-01-01",
                        "1970-01-01",
                        "2000-02-29"),
                exact("time", r -> PgText.time(r.nextLong(86_400_000_000L)), "00:00:00", "24:00:00", "23:59:59.999999"),
                exact(
                        "timetz",
                        r -> PgText.time(r.nextLong(86_400_000_000L)) + PgText.zone(r.nextInt(100_000) - 50_000),
                        "00:00:00+00",
                        "24:00:00-15:59:59",
                        "23:59:59.999999+15:59:59",
                        "12:00:00-00:30"),
                exact(
                        "timestamp",
                        r -> PgText.timestamp(instant(r), ""),
                        "infinity",
                        "-infinity",
                        "4714-11-24 00:00:00 BC",
                        "294276-12-31 23:59:59.999999",
                        "294247-01-10 04:00:54.775807",
                        "294247-01-10 04:00:54.775808",
                        "0001-12-31 23:59:59.999999 BC",
                        "1970-01-01 00:00:00",
                        "1999-12-31 23:59:59.999999"),
                exact(
                        "timestamptz",
                        r -> PgText.timestamp(instant(r), "+00"),
                        "infinity",
                        "-infinity",
                        "4714-11-24 00:00:00+00 BC",
                        "294276-12-31 23:59:59.999999+00",
                        "294247-01-10 04:00:54.775808+00",
                        "1969-12-31 23:59:59.999999+00"),
                exact(
                        "interval",
                        r -> PgText.interval(part(r), part(r), r.nextInt(3) == 0 ? 0 : r.nextLong() >> r.nextInt(60)),
                        "infinity",
                        "-infinity",
                        "00:00:00",
                        "178956970 years 7 mons 2147483647 days 2562047788:00:54.775806",
                        "-178956970 years -8 mons -2147483648 days -2562047788:00:54.775807",
                        "-2562047788:00:54.775807",
                        "-1 years -2 mons +3 days -04:05:06.789",
                        "1 mon -1 days",
                        "1 year",
                        "-00:00:00.000001"));
    }

    private static List<TypeCase> arrays() {
        return List.of(
                normalised(
                        "int4[]",
                        r -> array(r, x -> String.valueOf(x.nextInt())),
                        "{}",
                        "{NULL}",
                        "{{1,2},{3,NULL}}",
                        "[0:2]={1,2,3}",
                        "[-1:0][2:3]={{1,2},{3,4}}",
                        "{{{{{{1}}}}}}"),
                normalised("int8[]", r -> array(r, x -> String.valueOf(x.nextLong())), "{}"),
                normalised(
                        "text[]",
                        r -> array(r, x -> quoted(characters(x))),
                        "{}",
                        "{\"\",\"NULL\",NULL,\"a\\\"b\\\\c\"}",
                        "{{\"{\",\"}\"},{\",\",\" \"}}"),
                normalised("bool[]", r -> array(r, x -> x.nextBoolean() ? "t" : "f"), "{}"),
                normalised(
                        "float8[]",
                        r -> array(r, x -> String.valueOf(x.nextGaussian())),
                        "{NaN,Infinity,-Infinity,-0}"),
                normalised("numeric[]", r -> array(r, TypeCases::decimal), "{NaN,-0.10}"),
                normalised("numeric(6,2)[]", r -> array(r, x -> x.nextInt(9_999) + ".5"), "{1}"),
                normalised(
                        "timestamptz[]", r -> array(r, x -> quoted(PgText.timestamp(instant(x), "+00"))), "{infinity}"),
                normalised("uuid[]", r -> array(r, TypeCases::uuid), "{}"),
                normalised("bytea[]", r -> array(r, x -> quoted(bytes(x))), "{\"\\\\x\"}"),
                normalised("jsonb[]", r -> array(r, x -> quoted(json(x))), "{\"null\",NULL}"),
                normalised("mood[]", r -> array(r, x -> x.nextBoolean() ? "ok" : "\"very happy\""), "{NULL}"),
                normalised("price[]", r -> array(r, x -> x.nextInt(1_000) + ".25"), "{0}"),
                normalised("int_list", r -> array(r, x -> String.valueOf(x.nextInt())), "{}", "[5:6]={1,2}"),
                normalised("inet[]", r -> array(r, TypeCases::ipv6), "{::1,1.2.3.4/8}"));
    }

    private static List<TypeCase> others() {
        return List.of(
                exact("bytea", TypeCases::bytes, "\\x", "\\x00", "\\xff00"),
                exact(
                        "uuid",
                        TypeCases::uuid,
                        "00000000-0000-0000-0000-000000000000",
                        "ffffffff-ffff-ffff-ffff-ffffffffffff"),
                exact("price", r -> r.nextInt(1_000_000) + ".50", "0", "NaN"),
                exact("\"deep Price\"", r -> String.valueOf(r.nextInt(1_000_000)), "0.000"),
                normalised(
                        "inet",
                        r -> r.nextBoolean() ? ipv4(r) : ipv6(r),
                        "::",
                        "::1",
                        "::ffff:1.2.3.4",
                        "::1.2.3.4",
                        "1::",
                        "1:0:0:2::3",
                        "2001:db8::1/64",
                        "::/0",
                        "0.0.0.0/0",
                        "255.255.255.255",
                        "1:2:3:4:5:6:7:8",
                        "::ffff:0:0/96",
                        "0:1:0:1:0:1:0:1"),
                normalised(
                        "cidr",
                        r -> r.nextInt(256) + "." + r.nextInt(256) + ".0.0/16",
                        "::/0",
                        "2001:db8::/32",
                        "1.2.3.4/32",
                        "::1/128",
                        "0.0.0.0/0"),
                exact("macaddr", r -> mac(r, 6), "00:00:00:00:00:00", "ff:ff:ff:ff:ff:ff"),
                exact("macaddr8", r -> mac(r, 8), "ff:ff:ff:ff:ff:ff:ff:ff"),
                exact("bit(17)", r -> bits(r, 17), "0".repeat(17), "1".repeat(17)),
                exact("varbit", r -> bits(r, r.nextInt(40)), "", "1", "10000000", "101010101"),
                normalised(
                        "hstore",
                        r -> quoted(characters(r)) + "=>" + quoted(characters(r)) + ",k=>NULL",
                        "",
                        "a=>\"\"",
                        "\"q\\\"\"=>\"b\\\\\"",
                        "k=>\"NULL\""),
                normalised(
                        "tsvector",
                        r -> "'w" + ascii(r, 8).replace("'", "''").replace("\\", "") + "':" + (1 + r.nextInt(16_383))
                                + "ABCD".charAt(r.nextInt(4)) + " x",
                        "",
                        "'it''s':1A,2B,3 'back\\\\slash'",
                        "a:16383"),
                exact("pg_lsn", r -> String.format("%X/%X", r.nextInt(), r.nextInt()), "0/0", "FFFFFFFF/FFFFFFFF"));
    }

    private static List<TypeCase> textOnlyTypes() {
        return List.of(
                textOnly("pair", r -> "(" + r.nextInt() + "," + quoted(ascii(r, 9)) + ")", "(,)", "(1,\"\")"),
                textOnly("pair[]", r -> "{\"(" + r.nextInt() + ",x)\"}", "{}", "{NULL,\"(1,\\\"a b\\\")\"}"),
                textOnly(
                        "int4range",
                        r -> "[" + r.nextInt(1_000) + "," + (1_000 + r.nextInt(1_000)) + ")",
                        "empty",
                        "(,)",
                        "[1,)"),
                textOnly(
                        "tstzrange",
                        r -> "[\"" + PgText.timestamp(instant(r), "+00") + "\",)",
                        "empty",
                        "[-infinity,infinity]"),
                textOnly("int4multirange", r -> "{[" + r.nextInt(10) + ",20),[30,40)}", "{}"),
                textOnly("int4range[]", r -> "{\"[1," + (2 + r.nextInt(99)) + ")\",NULL}", "{}"),
                textOnly("point", r -> "(" + r.nextInt() + "," + r.nextGaussian() + ")", "(0,-0)"),
                textOnly("box[]", r -> "{(" + r.nextInt(9) + ",2),(3,4);(5,6),(7,8)}", "{}"),
                textOnly("tsquery", r -> "'a" + r.nextInt(99) + "' & !'b'", ""),
                textOnly("xid8", r -> String.valueOf(r.nextInt(1 << 30)), "0"),
                textOnly("regclass", r -> "pg_class", "pg_type"));
    }

    private static String characters(Random random) {
        int[] points = ALPHABET.codePoints().toArray();
        return random.ints(random.nextInt(30), 0, points.length)
                .mapToObj(i -> Character.toString(points[i]))
                .collect(Collectors.joining());
    }

    private static String ascii(Random random, int max) {
        return random.ints(1 + random.nextInt(max - 1), '!', '~')
                .mapToObj(c -> Character.toString(c))
                .collect(Collectors.joining());
    }

    private static String decimal(Random random) {
        String digits = new BigInteger(1 + random.nextInt(200), random).toString();
        int scale = random.nextInt(12);
        String fraction = scale == 0
                ? ""
                : "." + String.format("%0" + scale + "d", random.nextInt((int) Math.pow(10, Math.min(scale, 9))));
        boolean zero = digits.equals("0") && fraction.matches("[.0]*");
        return (random.nextBoolean() && !zero ? "-" : "") + digits + fraction;
    }

    private static int part(Random random) {
        return random.nextInt(3) == 0 ? 0 : random.nextInt() >> random.nextInt(31);
    }

    private static long instant(Random random) {
        long first = PgText.epochMicros("-4000-01-01T00:00:00Z");
        long span = PgText.epochMicros("+200000-01-01T00:00:00Z") - first;
        return random.nextBoolean() ? first + random.nextLong(span) : 1_000 * random.nextLong(2_000_000_000_000L);
    }

    private static String json(Random random) {
        return "{\"k" + random.nextInt(9) + "\": [" + random.nextInt() + ", \"é\\\"" + random.nextInt(99)
                + "\", null, true]}";
    }

    private static String uuid(Random random) {
        return new UUID(random.nextLong(), random.nextLong()).toString();
    }

    private static String bytes(Random random) {
        byte[] bytes = new byte[random.nextInt(40)];
        random.nextBytes(bytes);
        return "\\x" + HexFormat.of().formatHex(bytes);
    }

    private static String ipv4(Random random) {
        return random.nextInt(256) + "." + random.nextInt(256) + "." + random.nextInt(256) + "." + random.nextInt(256)
                + "/" + random.nextInt(33);
    }

    private static String ipv6(Random random) {
        return IntStream.range(0, 8)
                        .mapToObj(i -> random.nextInt(5) < 3 ? "0" : Integer.toHexString(random.nextInt(0x10000)))
                        .collect(Collectors.joining(":"))
                + "/" + random.nextInt(129);
    }

    private static String mac(Random random, int length) {
        byte[] bytes = new byte[length];
        random.nextBytes(bytes);
        return HexFormat.ofDelimiter(":").formatHex(bytes);
    }

    private static String bits(Random random, int length) {
        return random.ints(length, 0, 2).mapToObj(String::valueOf).collect(Collectors.joining());
    }

    private static String quoted(String text) {
        return '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private static String array(Random random, Function<Random, String> element) {
        return IntStream.range(0, random.nextInt(6))
                .mapToObj(i -> random.nextInt(5) == 0 ? "NULL" : element.apply(random))
                .collect(Collectors.joining(",", "{", "}"));
    }
}
