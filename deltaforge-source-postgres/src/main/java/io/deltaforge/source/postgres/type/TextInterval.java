package io.deltaforge.source.postgres.type;

import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.ValueVisitor;

/**
 * The text form of intervals in the style {@code postgres} (PostgreSQL documentation, section 8.5.5, Interval Output):
 * {@code -1 years -2 mons +3 days -04:05:06.789}.
 */
final class TextInterval {

    private static final int MAX_DIGITS = 18;

    private TextInterval() {}

    static void decode(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        if (TextTimes.isInfinity(bytes, offset, length)) {
            visitor.text(column, bytes, offset, length);
            return;
        }
        Parts parts = parse(new TextCursor("interval", bytes, offset, length));
        visitor.interval(column, parts.months, parts.days, parts.micros);
    }

    private record Parts(int months, int days, long micros) {}

    private static Parts parse(TextCursor in) {
        try {
            return parseExactly(in);
        } catch (ArithmeticException e) {
            throw new MalformedValueException("interval expects 32 bits of months and days, 64 bits of microseconds");
        }
    }

    private static Parts parseExactly(TextCursor in) {
        long months = 0;
        long days = 0;
        long micros = 0;
        boolean more = true;
        while (more) {
            boolean minus = in.skip('-');
            if (!minus) {
                in.skip('+');
            }
            long number = in.number(1, MAX_DIGITS);
            if (in.skip(':')) {
                micros = clock(in, number, minus);
                more = false;
            } else {
                long signed = minus ? -number : number;
                if (in.skip(" year")) {
                    months = Math.addExact(months, Math.multiplyExact(signed, 12L));
                } else if (in.skip(" mon")) {
                    months = Math.addExact(months, signed);
                } else if (in.skip(" day")) {
                    days = signed;
                } else {
                    throw new MalformedValueException("interval expects year, mon, day or a clock after a number");
                }
                in.skip('s');
                more = in.skip(' ');
            }
        }
        in.requireEnd();
        return new Parts(Math.toIntExact(months), Math.toIntExact(days), micros);
    }

    /** Reads what stands behind the hours; adds up below zero where the smallest value needs it. */
    private static long clock(TextCursor in, long hours, boolean minus) {
        long minutes = in.number(2, 2);
        in.expect(':');
        long micros = in.secondsAsMicros();
        long wholeMinutes = Math.addExact(Math.multiplyExact(hours, 60L), minutes);
        long sign = minus ? -1 : 1;
        return Math.addExact(Math.multiplyExact(sign * wholeMinutes, 60 * PgTimes.MICROS_PER_SECOND), sign * micros);
    }
}
