package io.deltaforge.core.json;

/**
 * Writes dates and times in UTC as strings the way {@link java.time.format.DateTimeFormatter} prints them with an offset
 * ({@code ISO_OFFSET_DATE} and its like): no more digits of the fraction than there are, and a year above 9999 with its sign
 * and no zeros in front.
 */
public final class UtcTimes {

    /** As many digits of the fraction as it has. */
    public static final int AS_NEEDED = -1;

    private static final long MICROS_PER_DAY = 86_400_000_000L;
    private static final int MICROS_DIGITS = 6;
    private static final int LONG_YEAR_DIGITS = 4;

    private UtcTimes() {}

    /**
     * Writes a day, {@code "2026-11-23Z"}.
     *
     * @param out where to
     * @param epochDay days since 1970-01-01
     */
    public static void date(JsonBytes out, long epochDay) {
        byte[] to = start(out);
        end(out, to, IsoTimes.date(epochDay, LONG_YEAR_DIGITS, to, out.length()));
    }

    /**
     * Writes a time of day, {@code "20:21:12.5Z"}.
     *
     * @param out where to
     * @param microsOfDay microseconds since midnight, 24:00 included
     */
    public static void time(JsonBytes out, long microsOfDay) {
        byte[] to = start(out);
        end(out, to, clock(microsOfDay, AS_NEEDED, to, out.length()));
    }

    /**
     * Writes an instant, {@code "2026-11-23T20:21:12.5Z"}.
     *
     * @param out where to
     * @param epochMicros microseconds since 1970-01-01T00:00Z
     * @param fractionDigits how many digits the fraction has, 0 to 6, or {@link #AS_NEEDED}
     */
    public static void dateTime(JsonBytes out, long epochMicros, int fractionDigits) {
        byte[] to = start(out);
        int at = IsoTimes.date(Math.floorDiv(epochMicros, MICROS_PER_DAY), LONG_YEAR_DIGITS, to, out.length());
        to[at++] = 'T';
        end(out, to, clock(Math.floorMod(epochMicros, MICROS_PER_DAY), fractionDigits, to, at));
    }

    private static byte[] start(JsonBytes out) {
        out.rawByte('"');
        return out.room(IsoTimes.MAX_CHARS);
    }

    private static void end(JsonBytes out, byte[] to, int end) {
        to[end] = 'Z';
        to[end + 1] = '"';
        out.advance(end + 2 - out.length());
    }

    private static int clock(long microsOfDay, int fractionDigits, byte[] to, int offset) {
        int at = IsoTimes.seconds(microsOfDay, to, offset);
        int micros = (int) (microsOfDay % 1_000_000);
        int digits = fractionDigits;
        if (digits == AS_NEEDED) {
            digits = micros == 0 ? 0 : MICROS_DIGITS;
            for (int left = micros; digits > 0 && left % 10 == 0; left /= 10) {
                digits--;
            }
        }
        if (digits > 0) {
            to[at++] = '.';
            int divisor = 100_000;
            for (int i = 0; i < digits; i++) {
                to[at++] = (byte) ('0' + micros / divisor % 10);
                divisor /= 10;
            }
        }
        return at;
    }
}
