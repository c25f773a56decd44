package io.deltaforge.source.postgres.type;

import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.ValueVisitor;

/**
 * Binary forms of dates, times and intervals (PostgreSQL source, {@code date.c}: {@code date_send}, {@code time_send},
 * {@code timetz_send}; {@code timestamp.c}: {@code timestamp_send}, {@code timestamptz_send}, {@code interval_send}).
 */
final class BinaryTimes {

    private static final int TIME_TZ_BYTES = Long.BYTES + Integer.BYTES;
    private static final int INTERVAL_BYTES = Long.BYTES + 2 * Integer.BYTES;

    private BinaryTimes() {}

    static void date(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        Wire.requireLength("date", Integer.BYTES, length);
        int days = Wire.int32(bytes, offset);
        if (days == Integer.MAX_VALUE) {
            infinity(column, visitor);
        } else if (days == Integer.MIN_VALUE) {
            minusInfinity(column, visitor);
        } else {
            visitor.date(column, (long) days + PgTimes.EPOCH_DAY_OFFSET);
        }
    }

    static void time(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        Wire.requireLength("time", Long.BYTES, length);
        visitor.time(column, microsOfDay("time", bytes, offset));
    }

    static void timeTz(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        Wire.requireLength("timetz", TIME_TZ_BYTES, length);
        // The wire counts seconds west of Greenwich.
        int west = Wire.int32(bytes, offset + Long.BYTES);
        if (west <= -86_400 || west >= 86_400) {
            throw new MalformedValueException("timetz expects a zone of less than a day, got " + west + " s");
        }
        visitor.timeTz(column, microsOfDay("timetz", bytes, offset), -west);
    }

    private static long microsOfDay(String type, byte[] bytes, int offset) {
        long micros = Wire.int64(bytes, offset);
        if (micros < 0 || micros > PgTimes.MICROS_PER_DAY) {
            throw new MalformedValueException(type + " expects 0 to " + PgTimes.MICROS_PER_DAY + " us, got " + micros);
        }
        return micros;
    }

    static void timestamp(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        Wire.requireLength("timestamp", Long.BYTES, length);
        long micros = Wire.int64(bytes, offset);
        if (isSpecial(micros)) {
            special(column, micros, "", visitor);
        } else {
            visitor.timestamp(column, micros + PgTimes.EPOCH_MICROS_OFFSET);
        }
    }

    static void timestampTz(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        Wire.requireLength("timestamptz", Long.BYTES, length);
        long micros = Wire.int64(bytes, offset);
        if (isSpecial(micros)) {
            special(column, micros, "+00", visitor);
        } else {
            visitor.timestampTz(column, micros + PgTimes.EPOCH_MICROS_OFFSET);
        }
    }

    private static boolean isSpecial(long micros) {
        return micros == Long.MIN_VALUE || PgTimes.isOutOfRange(micros);
    }

    private static void special(Column column, long micros, String zone, ValueVisitor visitor) {
        if (micros == Long.MAX_VALUE) {
            infinity(column, visitor);
        } else if (micros == Long.MIN_VALUE) {
            minusInfinity(column, visitor);
        } else {
            byte[] text = PgTimes.print(micros, zone);
            visitor.text(column, text, 0, text.length);
        }
    }

    static void interval(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        Wire.requireLength("interval", INTERVAL_BYTES, length);
        long micros = Wire.int64(bytes, offset);
        int days = Wire.int32(bytes, offset + Long.BYTES);
        int months = Wire.int32(bytes, offset + Long.BYTES + Integer.BYTES);
        if (micros == Long.MAX_VALUE && days == Integer.MAX_VALUE && months == Integer.MAX_VALUE) {
            infinity(column, visitor);
        } else if (micros == Long.MIN_VALUE && days == Integer.MIN_VALUE && months == Integer.MIN_VALUE) {
            minusInfinity(column, visitor);
        } else {
            visitor.interval(column, months, days, micros);
        }
    }

    private static void infinity(Column column, ValueVisitor visitor) {
        visitor.text(column, PgTimes.INFINITY, 0, PgTimes.INFINITY.length);
    }

    private static void minusInfinity(Column column, ValueVisitor visitor) {
        visitor.text(column, PgTimes.MINUS_INFINITY, 0, PgTimes.MINUS_INFINITY.length);
    }
}
