package io.deltaforge.core.envelope;

import io.deltaforge.core.json.JsonBytes;

/**
 * Writes intervals as ISO 8601 durations with a sign on each part, as PostgreSQL's {@code iso_8601} style does (PostgreSQL
 * documentation, section 8.5.5, Interval Output): {@code P1Y-2M3DT-4H-5M-6.789S}, and {@code PT0S} for nothing.
 */
final class IsoInterval {

    private static final long MICROS_PER_SECOND = 1_000_000L;

    private IsoInterval() {}

    static void write(JsonBytes out, int months, int days, long micros) {
        out.rawByte('"');
        out.rawByte('P');
        part(out, months / 12, 'Y');
        part(out, months % 12, 'M');
        part(out, days, 'D');
        if (micros != 0 || (months == 0 && days == 0)) {
            out.rawByte('T');
            long seconds = micros / MICROS_PER_SECOND;
            part(out, seconds / 3600, 'H');
            part(out, seconds / 60 % 60, 'M');
            seconds(out, seconds % 60, micros % MICROS_PER_SECOND, micros / (60 * MICROS_PER_SECOND) == 0);
        }
        out.rawByte('"');
    }

    private static void part(JsonBytes out, long value, char unit) {
        if (value != 0) {
            out.longValue(value);
            out.rawByte(unit);
        }
    }

    static void seconds(JsonBytes out, long seconds, long fraction, boolean evenIfZero) {
        if (seconds == 0 && fraction == 0 && !evenIfZero) {
            return;
        }
        if (seconds < 0 || fraction < 0) {
            out.rawByte('-');
        }
        out.longValue(Math.abs(seconds));
        long left = Math.abs(fraction);
        if (left != 0) {
            out.rawByte('.');
            for (long digit = MICROS_PER_SECOND / 10; left != 0; digit /= 10) {
                out.rawByte((char) ('0' + left / digit));
                left %= digit;
            }
        }
        out.rawByte('S');
    }
}
