package io.deltaforge.source.postgres.type;

import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.ValueVisitor;
import java.time.DateTimeException;
import java.time.LocalDate;
import java.util.Arrays;

/**
 * Text forms of dates and times in the ISO style (PostgreSQL documentation, section 8.5.2, Date/Time Output):
 * {@code 0044-03-15 12:30:00.5+00 BC}.
 */
final class TextTimes {

    private TextTimes() {}

    static void date(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        if (isInfinity(bytes, offset, length)) {
            visitor.text(column, bytes, offset, length);
            return;
        }
        TextCursor in = new TextCursor("date", bytes, offset, length);
        boolean beforeChrist = in.endsWithBeforeChrist();
        long day = day(in, beforeChrist);
        in.requireEnd();
        visitor.date(column, day);
    }

    static void time(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        TextCursor in = new TextCursor("time", bytes, offset, length);
        long micros = timeOfDay(in);
        in.requireEnd();
        visitor.time(column, micros);
    }

    static void timeTz(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        TextCursor in = new TextCursor("timetz", bytes, offset, length);
        long micros = timeOfDay(in);
        int zone = zoneSeconds(in);
        in.requireEnd();
        visitor.timeTz(column, micros, zone);
    }

    static void timestamp(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        long micros2000 = pointInTime("timestamp", bytes, offset, length, false);
        if (PgTimes.isOutOfRange(micros2000)) {
            visitor.text(column, bytes, offset, length);
        } else {
            visitor.timestamp(column, micros2000 + PgTimes.EPOCH_MICROS_OFFSET);
        }
    }

    static void timestampTz(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        long micros2000 = pointInTime("timestamptz", bytes, offset, length, true);
        if (PgTimes.isOutOfRange(micros2000)) {
            visitor.text(column, bytes, offset, length);
        } else {
            visitor.timestampTz(column, micros2000 + PgTimes.EPOCH_MICROS_OFFSET);
        }
    }

    /** Returns microseconds since 2000; for the infinities, as the binary form does it, one that is out of range. */
    private static long pointInTime(String type, byte[] bytes, int offset, int length, boolean zoned) {
        if (isInfinity(bytes, offset, length)) {
            return Long.MAX_VALUE;
        }
        TextCursor in = new TextCursor(type, bytes, offset, length);
        boolean beforeChrist = in.endsWithBeforeChrist();
        long day = day(in, beforeChrist);
        in.expect(' ');
        long micros = timeOfDay(in);
        long zone = zoned ? zoneSeconds(in) : 0;
        in.requireEnd();
        return micros2000(day, micros - zone * PgTimes.MICROS_PER_SECOND);
    }

    static boolean isInfinity(byte[] bytes, int offset, int length) {
        return equals(PgTimes.INFINITY, bytes, offset, length) || equals(PgTimes.MINUS_INFINITY, bytes, offset, length);
    }

    private static boolean equals(byte[] word, byte[] bytes, int offset, int length) {
        return Arrays.equals(word, 0, word.length, bytes, offset, offset + length);
    }

    private static long micros2000(long epochDay, long micros) {
        try {
            return Math.addExact(
                    Math.multiplyExact(epochDay - PgTimes.EPOCH_DAY_OFFSET, PgTimes.MICROS_PER_DAY), micros);
        } catch (ArithmeticException e) {
            throw new MalformedValueException("a timestamp expects a time of 64 bits of microseconds");
        }
    }

    private static long day(TextCursor in, boolean beforeChrist) {
        int year = (int) in.number(4, 7);
        in.expect('-');
        int month = (int) in.number(2, 2);
        in.expect('-');
        int day = (int) in.number(2, 2);
        try {
            return LocalDate.of(beforeChrist ? 1 - year : year, month, day).toEpochDay();
        } catch (DateTimeException e) {
            throw new MalformedValueException("a date expects a day of the calendar");
        }
    }

    private static long timeOfDay(TextCursor in) {
        long hours = in.number(2, 2);
        in.expect(':');
        long minutes = in.number(2, 2);
        in.expect(':');
        long micros = in.secondsAsMicros();
        if (hours > 24 || minutes > 59 || micros >= 60 * PgTimes.MICROS_PER_SECOND) {
            throw new MalformedValueException("a time expects at most 24 hours, 59 minutes, 59 seconds");
        }
        long all = (hours * 60 + minutes) * 60 * PgTimes.MICROS_PER_SECOND + micros;
        if (all > PgTimes.MICROS_PER_DAY) {
            throw new MalformedValueException("a time expects at most 24:00:00");
        }
        return all;
    }

    /** Reads {@code +05}, {@code -03:30} or {@code +00:19:32}: hours, minutes and seconds east of Greenwich. */
    private static int zoneSeconds(TextCursor in) {
        boolean west = in.sign();
        long seconds = in.number(2, 2) * 3_600;
        if (in.skip(':')) {
            seconds += in.number(2, 2) * 60;
            if (in.skip(':')) {
                seconds += in.number(2, 2);
            }
        }
        return (int) (west ? -seconds : seconds);
    }
}
