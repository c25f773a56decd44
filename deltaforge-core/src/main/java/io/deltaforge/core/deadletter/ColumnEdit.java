package io.deltaforge.core.deadletter;

import io.deltaforge.api.config.NearestName;
import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.LogicalType;
import io.deltaforge.api.event.Row;
import io.deltaforge.api.event.RowValues.Interval;
import io.deltaforge.api.event.RowValues.Json;
import io.deltaforge.core.json.JsonBytes;
import java.math.BigDecimal;
import java.math.BigInteger;
import java.nio.charset.StandardCharsets;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetDateTime;
import java.time.OffsetTime;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** Puts a value that somebody wrote in JSON into a column of a row, if it is one of the column's type. */
final class ColumnEdit {

    static final String INVALID = "DEAD_LETTER_EDIT_INVALID";

    private static final BigInteger LEAST = BigInteger.valueOf(Long.MIN_VALUE);
    private static final BigInteger MOST = BigInteger.valueOf(Long.MAX_VALUE);
    private static final Map<String, Integer> BITS =
            Map.of("int2", 16, "smallint", 16, "int4", 32, "integer", 32, "int", 32);
    private static final String PART = "([+-]?\\d+)";
    private static final Pattern INTERVAL = Pattern.compile("P(?:" + PART + "Y)?(?:" + PART + "M)?(?:" + PART
            + "D)?(?:T(?:" + PART + "H)?(?:" + PART + "M)?(?:([+-]?\\d+(?:\\.\\d{1,6})?)S)?)?");

    private ColumnEdit() {}

    static Row apply(Row row, String name, Object json) {
        Column column = row.schema().column(name).orElseThrow(() -> unknown(row, name));
        if (row.schema().key().contains(column)) {
            throw new LetterRefusal(
                    INVALID,
                    "column '" + name + "' is part of the key of " + row.schema()
                            + ": another value would make it another row",
                    "discard the letter, and change the row in the database");
        }
        return row.with(column.index(), json == null ? null : value(column, column, json));
    }

    private static LetterRefusal unknown(Row row, String name) {
        List<String> names = row.schema().columns().stream().map(Column::name).toList();
        return new LetterRefusal(
                INVALID,
                "table " + row.schema() + " has no column '" + name + "'"
                        + NearestName.of(name, names)
                                .map(nearest -> "; did you mean '" + nearest + "'?")
                                .orElse("; there are " + String.join(", ", names)),
                null);
    }

    private static Object value(Column top, Column column, Object json) {
        try {
            Object value = column.type() == LogicalType.ARRAY ? array(top, column, json) : scalar(column, json);
            if (value != null) {
                return value;
            }
        } catch (DateTimeException | IllegalArgumentException | ArithmeticException e) {
            // Said below, for everything that is not a value of the type.
        }
        throw new LetterRefusal(
                INVALID,
                "column '" + top.name() + "' (" + top.sourceType() + ") takes " + expected(column) + ", found "
                        + shown(json),
                null);
    }

    private static Object array(Column top, Column column, Object json) {
        if (!(json instanceof List<?> list)) {
            return null;
        }
        Column element = column.element().orElse(column);
        List<Object> values = new ArrayList<>();
        for (Object each : list) {
            // Arrays of more dimensions are lists of lists with the same element.
            values.add(each == null ? null : value(top, each instanceof List ? column : element, each));
        }
        return values;
    }

    /** Returns null when it is no value of the type. */
    private static Object scalar(Column column, Object json) {
        return switch (column.type()) {
            case BOOLEAN -> json instanceof Boolean ? json : null;
            case INTEGER -> json instanceof Number number ? integer(column, number) : null;
            case FLOAT32 -> real(json).map(Double::floatValue).orElse(null);
            case FLOAT64 -> real(json).orElse(null);
            case DECIMAL -> json instanceof Number || json instanceof String ? decimal(json.toString()) : null;
            case JSON -> new Json(json(json));
            case BINARY ->
                json instanceof Map<?, ?> map && map.size() == 1 && map.get("_base64") instanceof String text
                        ? Base64.getDecoder().decode(text)
                        : null;
            case TEXT, ENUM, OTHER -> json instanceof String ? json : null;
            default -> json instanceof String text ? parsed(column.type(), text) : null;
        };
    }

    private static Object parsed(LogicalType type, String text) {
        return switch (type) {
            case UUID -> text.length() == 36 ? UUID.fromString(text) : null;
            case DATE -> LocalDate.parse(text);
            case TIME -> text.equals("24:00:00") ? text : LocalTime.parse(text);
            case TIME_TZ -> OffsetTime.parse(text);
            case TIMESTAMP -> LocalDateTime.parse(text);
            case TIMESTAMP_TZ ->
                text.endsWith("Z")
                        ? Instant.parse(text)
                        : OffsetDateTime.parse(text).toInstant();
            case INTERVAL -> interval(text);
            default -> null;
        };
    }

    private static Long integer(Column column, Number number) {
        BigInteger whole = new BigDecimal(number.toString()).toBigIntegerExact();
        int bits = BITS.getOrDefault(column.sourceType(), Long.SIZE);
        boolean fits = bits == Long.SIZE
                ? whole.compareTo(LEAST) >= 0 && whole.compareTo(MOST) <= 0
                : whole.bitLength() < bits;
        return fits ? whole.longValueExact() : null;
    }

    private static Optional<Double> real(Object json) {
        if (json instanceof Number number) {
            return Optional.of(number.doubleValue());
        }
        return json instanceof String text
                        && List.of("NaN", "Infinity", "-Infinity").contains(text)
                ? Optional.of(Double.valueOf(text))
                : Optional.empty();
    }

    private static Object decimal(String text) {
        return text.equals("NaN") ? text : new BigDecimal(text);
    }

    private static Interval interval(String text) {
        Matcher matcher = INTERVAL.matcher(text);
        if (!matcher.matches() || text.endsWith("P") || text.endsWith("T")) {
            return null;
        }
        long seconds =
                Math.addExact(Math.multiplyExact(part(matcher, 4), 3_600L), Math.multiplyExact(part(matcher, 5), 60L));
        long micros = matcher.group(6) == null
                ? 0
                : new BigDecimal(matcher.group(6)).movePointRight(6).longValueExact();
        return new Interval(
                Math.toIntExact(Math.addExact(Math.multiplyExact(part(matcher, 1), 12L), part(matcher, 2))),
                Math.toIntExact(part(matcher, 3)),
                Math.addExact(Math.multiplyExact(seconds, 1_000_000L), micros));
    }

    private static long part(Matcher matcher, int group) {
        return matcher.group(group) == null ? 0 : Long.parseLong(matcher.group(group));
    }

    private static String expected(Column column) {
        return switch (column.type()) {
            case BOOLEAN -> "true or false";
            case INTEGER -> "a whole number of " + BITS.getOrDefault(column.sourceType(), Long.SIZE) + " bits, as 7";
            case FLOAT32, FLOAT64 -> "a number";
            case DECIMAL -> "a number, or one as a text, as \"12.50\"";
            case TEXT, ENUM, OTHER -> "a text";
            case JSON -> "any JSON";
            case BINARY -> "bytes, as {\"_base64\":\"AAE=\"}";
            case UUID -> "a text as \"01234567-89ab-7def-8123-456789abcdef\"";
            case DATE -> "a text as \"2026-01-31\"";
            case TIME -> "a text as \"23:59:59.999\"";
            case TIME_TZ -> "a text as \"23:59:59.999+02:00\"";
            case TIMESTAMP -> "a text as \"2026-01-31T23:59:59.999\"";
            case TIMESTAMP_TZ -> "a text as \"2026-01-31T23:59:59.999Z\"";
            case INTERVAL -> "a text as \"P1Y2M3DT4H5M6.789S\"";
            case ARRAY -> "a list";
        };
    }

    /** No more of a value than says which it is. */
    private static String shown(Object json) {
        String text = json(json);
        return text.length() <= 60 ? text : text.substring(0, 60) + "...";
    }

    private static String json(Object value) {
        JsonBytes out = new JsonBytes();
        write(out, value);
        return new String(out.toByteArray(), StandardCharsets.UTF_8);
    }

    private static void write(JsonBytes out, Object value) {
        if (value instanceof Map<?, ?> map) {
            char before = '{';
            for (Map.Entry<?, ?> each : map.entrySet()) {
                out.rawByte(before);
                out.string(each.getKey().toString());
                out.rawByte(':');
                write(out, each.getValue());
                before = ',';
            }
            out.raw((map.isEmpty() ? "{}" : "}").getBytes(StandardCharsets.US_ASCII));
        } else if (value instanceof List<?> list) {
            char before = '[';
            for (Object each : list) {
                out.rawByte(before);
                write(out, each);
                before = ',';
            }
            out.raw((list.isEmpty() ? "[]" : "]").getBytes(StandardCharsets.US_ASCII));
        } else if (value instanceof String text) {
            out.string(text);
        } else {
            out.raw(String.valueOf(value).getBytes(StandardCharsets.US_ASCII));
        }
    }
}
