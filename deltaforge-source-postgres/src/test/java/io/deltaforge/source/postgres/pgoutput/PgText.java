package io.deltaforge.source.postgres.pgoutput;

import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.Row;
import io.deltaforge.api.event.ValueVisitor;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.util.HexFormat;
import java.util.UUID;

/** Writes what a visitor is told in the way PostgreSQL prints it, to compare with what the server says itself. */
final class PgText implements ValueVisitor {

    private static final long MICROS_PER_DAY = 86_400_000_000L;

    private final char delimiter;
    private final StringBuilder out = new StringBuilder();
    private int depth;
    private boolean isNull;

    private PgText(char delimiter) {
        this.delimiter = delimiter;
    }

    /** Returns a column's value as text, null for NULL. */
    static String of(Row row, int column, char delimiter) {
        PgText text = new PgText(delimiter);
        row.visit(column, text);
        return text.isNull ? null : text.out.toString();
    }

    private void put(String text) {
        if (depth == 0) {
            out.append(text);
        } else {
            separate();
            out.append(quoteInArray(text));
        }
    }

    private void separate() {
        if (out.charAt(out.length() - 1) != '{') {
            out.append(delimiter);
        }
    }

    private String quoteInArray(String text) {
        boolean needed = text.isEmpty() || text.equalsIgnoreCase("NULL");
        for (int i = 0; i < text.length(); i++) {
            char c = text.charAt(i);
            needed |= c == '"'
                    || c == '\\'
                    || c == '{'
                    || c == '}'
                    || c == delimiter
                    || " \t\n\r\u000b\f".indexOf(c) >= 0;
        }
        return needed ? '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"' : text;
    }

    @Override
    public void nullValue(Column column) {
        if (depth == 0) {
            isNull = true;
        } else {
            separate();
            out.append("NULL");
        }
    }

    @Override
    public void unchanged(Column column) {
        put("<unchanged>");
    }

    @Override
    public void bool(Column column, boolean value) {
        put(value ? "t" : "f");
    }

    @Override
    public void integer(Column column, long value) {
        put(Long.toString(value));
    }

    @Override
    public void float32(Column column, float value) {
        put(Float.toString(value));
    }

    @Override
    public void float64(Column column, double value) {
        put(Double.toString(value));
    }

    @Override
    public void decimal(Column column, byte[] ascii, int offset, int length) {
        put(new String(ascii, offset, length, StandardCharsets.US_ASCII));
    }

    @Override
    public void text(Column column, byte[] utf8, int offset, int length) {
        put(new String(utf8, offset, length, StandardCharsets.UTF_8));
    }

    @Override
    public void json(Column column, byte[] utf8, int offset, int length) {
        put(new String(utf8, offset, length, StandardCharsets.UTF_8));
    }

    @Override
    public void binary(Column column, byte[] bytes, int offset, int length) {
        put("\\x" + HexFormat.of().formatHex(bytes, offset, offset + length));
    }

    @Override
    public void uuid(Column column, long high, long low) {
        put(new UUID(high, low).toString());
    }

    @Override
    public void date(Column column, long epochDay) {
        put(date(epochDay));
    }

    @Override
    public void time(Column column, long microsOfDay) {
        put(time(microsOfDay));
    }

    @Override
    public void timeTz(Column column, long microsOfDay, int offsetSeconds) {
        put(time(microsOfDay) + zone(offsetSeconds));
    }

    @Override
    public void timestamp(Column column, long epochMicros) {
        put(timestamp(epochMicros, ""));
    }

    @Override
    public void timestampTz(Column column, long epochMicros) {
        put(timestamp(epochMicros, "+00"));
    }

    @Override
    public void interval(Column column, int months, int days, long micros) {
        put(interval(months, days, micros));
    }

    @Override
    public void beginArray(Column column, int length) {
        if (depth > 0) {
            separate();
        }
        depth++;
        out.append('{');
    }

    @Override
    public void endArray(Column column) {
        depth--;
        out.append('}');
    }

    static String date(long epochDay) {
        LocalDate day = LocalDate.ofEpochDay(epochDay);
        int year = day.getYear();
        return String.format("%04d-%02d-%02d", year > 0 ? year : 1 - year, day.getMonthValue(), day.getDayOfMonth())
                + (year > 0 ? "" : " BC");
    }

    static String time(long micros) {
        long seconds = micros / 1_000_000;
        return String.format("%02d:%02d:%02d", seconds / 3_600, seconds / 60 % 60, seconds % 60) + fraction(micros);
    }

    private static String fraction(long micros) {
        long part = Math.abs(micros % 1_000_000);
        return part == 0 ? "" : ("." + String.format("%06d", part)).replaceAll("0+$", "");
    }

    static String zone(int offsetSeconds) {
        int all = Math.abs(offsetSeconds);
        String text = String.format("%s%02d", offsetSeconds < 0 ? "-" : "+", all / 3_600);
        if (all % 3_600 != 0) {
            text += String.format(":%02d", all / 60 % 60);
        }
        return all % 60 == 0 ? text : text + String.format(":%02d", all % 60);
    }

    static String timestamp(long epochMicros, String zone) {
        String day = date(Math.floorDiv(epochMicros, MICROS_PER_DAY));
        String clock = " " + time(Math.floorMod(epochMicros, MICROS_PER_DAY)) + zone;
        return day.endsWith(" BC") ? day.substring(0, day.length() - 3) + clock + " BC" : day + clock;
    }

    static long epochMicros(String instant) {
        Instant parsed = Instant.parse(instant);
        return parsed.getEpochSecond() * 1_000_000 + parsed.getNano() / 1_000;
    }

    /** As {@code EncodeInterval} in the style {@code postgres} does it: a positive part after a negative one gets a plus. */
    static String interval(int months, int days, long micros) {
        StringBuilder text = new StringBuilder();
        boolean negative = part(text, months / 12, "year", false);
        negative = part(text, months % 12, "mon", negative);
        negative = part(text, days, "day", negative);
        if (micros != 0 || text.length() == 0) {
            text.append(text.length() == 0 ? "" : " ").append(micros < 0 ? "-" : negative ? "+" : "");
            long seconds = Math.abs(micros / 1_000_000);
            text.append(String.format("%02d:%02d:%02d", seconds / 3_600, seconds / 60 % 60, seconds % 60));
            text.append(fraction(micros));
        }
        return text.toString();
    }

    private static boolean part(StringBuilder text, int value, String unit, boolean negativeBefore) {
        if (value == 0) {
            return negativeBefore;
        }
        text.append(text.length() == 0 ? "" : " ").append(value > 0 && negativeBefore ? "+" : "");
        text.append(value).append(' ').append(unit).append(value == 1 ? "" : "s");
        return value < 0;
    }
}
