package io.deltaforge.api.event;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.ZoneOffset;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/** Turns what a visitor is told into the objects that {@link RowValues} lists. Not thread-safe. */
final class ValueReader implements ValueVisitor {

    private final Deque<List<Object>> open = new ArrayDeque<>();
    private Object result;

    Object read(Row row, int column) {
        open.clear();
        result = null;
        row.visit(column, this);
        return result;
    }

    private void put(Object value) {
        if (open.isEmpty()) {
            result = value;
        } else {
            open.peek().add(value);
        }
    }

    @Override
    public void nullValue(Column column) {
        put(null);
    }

    @Override
    public void unchanged(Column column) {
        put(RowValues.UNCHANGED);
    }

    @Override
    public void bool(Column column, boolean value) {
        put(value);
    }

    @Override
    public void integer(Column column, long value) {
        put(value);
    }

    @Override
    public void float32(Column column, float value) {
        put(value);
    }

    @Override
    public void float64(Column column, double value) {
        put(value);
    }

    @Override
    public void decimal(Column column, byte[] ascii, int offset, int length) {
        String text = new String(ascii, offset, length, StandardCharsets.US_ASCII);
        boolean number = length > 0 && Character.isDigit(text.charAt(length - 1));
        put(number ? new BigDecimal(text) : text);
    }

    @Override
    public void text(Column column, byte[] utf8, int offset, int length) {
        put(new String(utf8, offset, length, StandardCharsets.UTF_8));
    }

    @Override
    public void json(Column column, byte[] utf8, int offset, int length) {
        put(new RowValues.Json(new String(utf8, offset, length, StandardCharsets.UTF_8)));
    }

    @Override
    public void binary(Column column, byte[] bytes, int offset, int length) {
        put(Arrays.copyOfRange(bytes, offset, offset + length));
    }

    @Override
    public void uuid(Column column, long high, long low) {
        put(new UUID(high, low));
    }

    @Override
    public void date(Column column, long epochDay) {
        put(LocalDate.ofEpochDay(epochDay));
    }

    @Override
    public void time(Column column, long microsOfDay) {
        put(isMidnightAtTheEnd(microsOfDay) ? "24:00:00" : localTime(microsOfDay));
    }

    @Override
    public void timeTz(Column column, long microsOfDay, int offsetSeconds) {
        ZoneOffset offset = ZoneOffset.ofTotalSeconds(offsetSeconds);
        put(
                isMidnightAtTheEnd(microsOfDay)
                        ? "24:00:00" + offset
                        : localTime(microsOfDay).atOffset(offset));
    }

    private static boolean isMidnightAtTheEnd(long microsOfDay) {
        return microsOfDay == TimeUnit.DAYS.toMicros(1);
    }

    private static LocalTime localTime(long microsOfDay) {
        return LocalTime.ofNanoOfDay(TimeUnit.MICROSECONDS.toNanos(microsOfDay));
    }

    @Override
    public void timestamp(Column column, long epochMicros) {
        put(LocalDateTime.ofInstant(instant(epochMicros), ZoneOffset.UTC));
    }

    @Override
    public void timestampTz(Column column, long epochMicros) {
        put(instant(epochMicros));
    }

    private static Instant instant(long epochMicros) {
        return Instant.ofEpochSecond(
                Math.floorDiv(epochMicros, 1_000_000L), 1_000L * Math.floorMod(epochMicros, 1_000_000L));
    }

    @Override
    public void interval(Column column, int months, int days, long micros) {
        put(new RowValues.Interval(months, days, micros));
    }

    @Override
    public void beginArray(Column column, int length) {
        open.push(new ArrayList<>(Math.min(length, 1024)));
    }

    @Override
    public void endArray(Column column) {
        put(Collections.unmodifiableList(open.pop()));
    }
}
