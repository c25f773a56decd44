package io.deltaforge.core.json;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;

/**
 * Writes floating point numbers with the fewest digits that read back as the same number, and of those the closest; the same
 * on every JDK, whose own printing changed in release 19. The form is ECMAScript's (ECMA-262, section Number::toString):
 * {@code 12.5}, {@code 1e+21}, {@code 1.5e-7}, whole numbers without a fraction; a negative zero keeps its sign.
 *
 * <p>Numbers with at most 15 significant digits (floats: 6) and a moderate exponent, nearly all that occur, are found by
 * trying: no two such decimals are the same double, so the first that reads back is the shortest. All others take the slow
 * and exact way.
 */
final class ShortestDecimal {

    static final int MAX_CHARS = 32;
    private static final double[] POWERS = {
        1e0, 1e1, 1e2, 1e3, 1e4, 1e5, 1e6, 1e7, 1e8, 1e9, 1e10, 1e11, 1e12, 1e13, 1e14, 1e15
    };
    /** Up to here an exact quotient of two whole numbers, rounded to double first, is still rounded to the right float. */
    private static final int MAX_FLOAT_SCALE = 8;

    private static final int MAX_PLAIN_EXPONENT = 21;
    private static final int MIN_PLAIN_EXPONENT = -6;

    private ShortestDecimal() {}

    static int write(double value, byte[] to, int offset) {
        int at = sign(value, to, offset);
        double absolute = Math.abs(value);
        if (absolute < 1e15) {
            for (int scale = 0; scale < POWERS.length; scale++) {
                double scaled = absolute * POWERS[scale];
                if (scaled >= 1e15) {
                    break;
                }
                long digits = Math.round(scaled);
                if (digits / POWERS[scale] == absolute && (digits != 0 || absolute == 0)) {
                    return plain(digits, scale, absolute, to, at);
                }
            }
        }
        return exact(new BigDecimal(absolute), text -> Double.parseDouble(text) == absolute, to, at);
    }

    static int write(float value, byte[] to, int offset) {
        int at = sign(value, to, offset);
        float absolute = Math.abs(value);
        if (absolute < 1e6f) {
            for (int scale = 0; scale <= MAX_FLOAT_SCALE; scale++) {
                double scaled = absolute * POWERS[scale];
                if (scaled >= 1e6) {
                    break;
                }
                long digits = Math.round(scaled);
                if ((float) (digits / POWERS[scale]) == absolute && (digits != 0 || absolute == 0)) {
                    return plain(digits, scale, absolute, to, at);
                }
            }
        }
        return exact(new BigDecimal(absolute), text -> Float.parseFloat(text) == absolute, to, at);
    }

    private static int sign(double value, byte[] to, int at) {
        if (Double.doubleToRawLongBits(value) < 0) {
            to[at] = '-';
            return at + 1;
        }
        return at;
    }

    /** Writes {@code digits / 10^scale}; the last digit is not 0 unless the scale is. */
    private static int plain(long digits, int scale, double value, byte[] to, int offset) {
        if (scale == 0) {
            return DecimalDigits.write(digits, to, offset);
        }
        if (value < 1e-6) {
            return format(Long.toString(digits), -scale, to, offset);
        }
        long power = (long) POWERS[scale];
        int at = DecimalDigits.write(digits / power, to, offset);
        to[at++] = '.';
        long fraction = digits % power;
        for (long bound = power / 10; bound > fraction && bound > 1; bound /= 10) {
            to[at++] = '0';
        }
        return DecimalDigits.write(fraction, to, at);
    }

    private interface ReadsBack {
        boolean test(String text);
    }

    private static int exact(BigDecimal value, ReadsBack readsBack, byte[] to, int at) {
        for (int precision = 1; ; precision++) {
            BigDecimal closest = value.round(new MathContext(precision, RoundingMode.HALF_EVEN));
            // At a power of two the numbers below are closer together than those above, so the closest decimal may not
            // read
            // back while its neighbour above does.
            BigDecimal above = value.round(new MathContext(precision, RoundingMode.CEILING));
            for (BigDecimal candidate : new BigDecimal[] {closest, above}) {
                if (readsBack.test(candidate.toString())) {
                    BigDecimal stripped = candidate.stripTrailingZeros();
                    return format(stripped.unscaledValue().toString(), -stripped.scale(), to, at);
                }
            }
        }
    }

    /** Writes {@code digits * 10^exponent} as ECMAScript does. */
    private static int format(String digits, int exponent, byte[] to, int offset) {
        int at = offset;
        int count = digits.length();
        int point = count + exponent;
        if (count <= point && point <= MAX_PLAIN_EXPONENT) {
            at = characters(digits, 0, count, to, at);
            return zeros(point - count, to, at);
        }
        if (point > 0 && point <= MAX_PLAIN_EXPONENT) {
            at = characters(digits, 0, point, to, at);
            to[at++] = '.';
            return characters(digits, point, count, to, at);
        }
        if (point > MIN_PLAIN_EXPONENT && point <= 0) {
            to[at++] = '0';
            to[at++] = '.';
            at = zeros(-point, to, at);
            return characters(digits, 0, count, to, at);
        }
        to[at++] = (byte) digits.charAt(0);
        if (count > 1) {
            to[at++] = '.';
            at = characters(digits, 1, count, to, at);
        }
        to[at++] = 'e';
        to[at++] = (byte) (point > 0 ? '+' : '-');
        return DecimalDigits.write(Math.abs(point - 1), to, at);
    }

    private static int characters(String digits, int from, int end, byte[] to, int offset) {
        int at = offset;
        for (int i = from; i < end; i++) {
            to[at++] = (byte) digits.charAt(i);
        }
        return at;
    }

    private static int zeros(int count, byte[] to, int offset) {
        for (int i = 0; i < count; i++) {
            to[offset + i] = '0';
        }
        return offset + count;
    }
}
