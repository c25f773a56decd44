package io.deltaforge.core.json;

/**
 * Writes dates and times as ISO 8601 text. Years 0 to 9999 have four digits; others have a sign and at least six (ISO 8601,
 * expanded representation), year 0 being 1 BC. Seconds are always written; a fraction only when there is one, with three
 * digits if that is exact, else six.
 */
final class IsoTimes {

    static final int MAX_CHARS = 48;
    private static final long MICROS_PER_DAY = 86_400_000_000L;
    private static final int DAYS_PER_CYCLE = 146_097;
    private static final long DAYS_0000_TO_1970 = 719_528L;
    private static final int LONG_YEAR_DIGITS = 6;

    private IsoTimes() {}

    /** Writes a day; the calendar arithmetic is that of {@link java.time.LocalDate#ofEpochDay}. */
    static int date(long epochDay, byte[] to, int offset) {
        return date(epochDay, LONG_YEAR_DIGITS, to, offset);
    }

    /** Writes a day; a year that needs a sign has at least so many digits. */
    static int date(long epochDay, int longYearDigits, byte[] to, int offset) {
        long zeroDay = epochDay + DAYS_0000_TO_1970 - 60;
        long cycles = Math.floorDiv(zeroDay, DAYS_PER_CYCLE);
        int dayOfCycle = Math.floorMod(zeroDay, DAYS_PER_CYCLE);
        int yearOfCycle = (400 * dayOfCycle + 591) / DAYS_PER_CYCLE;
        int dayOfYear = dayOfYear(dayOfCycle, yearOfCycle);
        if (dayOfYear < 0) {
            yearOfCycle--;
            dayOfYear = dayOfYear(dayOfCycle, yearOfCycle);
        }
        int marchMonth = (dayOfYear * 5 + 2) / 153;
        int month = (marchMonth + 2) % 12 + 1;
        int day = dayOfYear - (marchMonth * 306 + 5) / 10 + 1;
        long year = cycles * 400 + yearOfCycle + marchMonth / 10;
        int at = year(year, longYearDigits, to, offset);
        to[at++] = '-';
        at = DecimalDigits.two(month, to, at);
        to[at++] = '-';
        return DecimalDigits.two(day, to, at);
    }

    private static int dayOfYear(int dayOfCycle, int year) {
        return dayOfCycle - (365 * year + year / 4 - year / 100 + year / 400);
    }

    private static int year(long year, int longYearDigits, byte[] to, int offset) {
        int at = offset;
        if (year >= 0 && year <= 9999) {
            at = DecimalDigits.two((int) year / 100, to, at);
            return DecimalDigits.two((int) year % 100, to, at);
        }
        to[at++] = (byte) (year < 0 ? '-' : '+');
        long absolute = Math.abs(year);
        int left = longYearDigits - 1;
        for (long bound = 10; left > 0 && bound <= absolute; bound *= 10) {
            left--;
        }
        for (; left > 0; left--) {
            to[at++] = '0';
        }
        return DecimalDigits.write(absolute, to, at);
    }

    /** Writes hours, minutes and seconds, without the fraction. */
    static int seconds(long microsOfDay, byte[] to, int offset) {
        int seconds = (int) (microsOfDay / 1_000_000);
        int at = DecimalDigits.two(seconds / 3600, to, offset);
        to[at++] = ':';
        at = DecimalDigits.two(seconds / 60 % 60, to, at);
        to[at++] = ':';
        return DecimalDigits.two(seconds % 60, to, at);
    }

    static int time(long microsOfDay, byte[] to, int offset) {
        int at = seconds(microsOfDay, to, offset);
        int micros = (int) (microsOfDay % 1_000_000);
        if (micros != 0) {
            to[at++] = '.';
            at = three(micros / 1000, to, at);
            if (micros % 1000 != 0) {
                at = three(micros % 1000, to, at);
            }
        }
        return at;
    }

    private static int three(int value, byte[] to, int at) {
        to[at] = (byte) ('0' + value / 100);
        return DecimalDigits.two(value % 100, to, at + 1);
    }

    static int offset(int offsetSeconds, byte[] to, int offset) {
        int at = offset;
        to[at++] = (byte) (offsetSeconds < 0 ? '-' : '+');
        int absolute = Math.abs(offsetSeconds);
        at = DecimalDigits.two(absolute / 3600, to, at);
        to[at++] = ':';
        at = DecimalDigits.two(absolute / 60 % 60, to, at);
        if (absolute % 60 != 0) {
            to[at++] = ':';
            at = DecimalDigits.two(absolute % 60, to, at);
        }
        return at;
    }

    static int dateTime(long epochMicros, byte[] to, int offset) {
        int at = date(Math.floorDiv(epochMicros, MICROS_PER_DAY), to, offset);
        to[at++] = 'T';
        return time(Math.floorMod(epochMicros, MICROS_PER_DAY), to, at);
    }
}
