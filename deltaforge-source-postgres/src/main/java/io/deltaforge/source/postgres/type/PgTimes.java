package io.deltaforge.source.postgres.type;

import java.nio.charset.StandardCharsets;
import java.time.LocalDate;

/**
 * How PostgreSQL counts time: from 2000-01-01 in days and microseconds, with two values at each end that are no times
 * (PostgreSQL source, {@code src/include/datatype/timestamp.h} and {@code utils/date.h}).
 */
final class PgTimes {

    static final int EPOCH_DAY_OFFSET = 10_957;
    static final long MICROS_PER_SECOND = 1_000_000L;
    static final long MICROS_PER_DAY = 86_400L * MICROS_PER_SECOND;
    static final long EPOCH_MICROS_OFFSET = EPOCH_DAY_OFFSET * MICROS_PER_DAY;

    static final byte[] INFINITY = ascii("infinity");
    static final byte[] MINUS_INFINITY = ascii("-infinity");

    /** The last microsecond since 2000 whose distance from 1970 fits into 64 bits; the type goes on for 30 years. */
    private static final long LAST_OF_64_BITS = Long.MAX_VALUE - EPOCH_MICROS_OFFSET;

    private PgTimes() {}

    /** Says whether a count of microseconds since 2000 cannot be told as microseconds since 1970. */
    static boolean isOutOfRange(long micros2000) {
        return micros2000 > LAST_OF_64_BITS;
    }

    /** Writes a point in time as PostgreSQL prints it in the ISO style; meant for years of five and more digits. */
    static byte[] print(long micros2000, String zone) {
        LocalDate day = LocalDate.ofEpochDay(Math.floorDiv(micros2000, MICROS_PER_DAY) + EPOCH_DAY_OFFSET);
        long micros = Math.floorMod(micros2000, MICROS_PER_DAY);
        long seconds = micros / MICROS_PER_SECOND;
        StringBuilder text = new StringBuilder(40);
        text.append(day.getYear());
        two(text.append('-'), day.getMonthValue());
        two(text.append('-'), day.getDayOfMonth());
        two(text.append(' '), seconds / 3_600);
        two(text.append(':'), seconds / 60 % 60);
        two(text.append(':'), seconds % 60);
        long fraction = micros % MICROS_PER_SECOND;
        if (fraction != 0) {
            text.append('.');
            for (long digit = MICROS_PER_SECOND / 10; fraction != 0; digit /= 10) {
                text.append((char) ('0' + fraction / digit));
                fraction %= digit;
            }
        }
        return ascii(text.append(zone).toString());
    }

    private static void two(StringBuilder text, long value) {
        text.append((char) ('0' + value / 10)).append((char) ('0' + value % 10));
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
