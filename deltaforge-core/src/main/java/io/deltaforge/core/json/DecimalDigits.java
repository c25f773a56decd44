package io.deltaforge.core.json;

/** Writes whole numbers as decimal digits, two at a time. */
final class DecimalDigits {

    static final int MAX_LONG_CHARS = 20;
    private static final byte[] TENS = new byte[100];
    private static final byte[] ONES = new byte[100];

    static {
        for (int i = 0; i < 100; i++) {
            TENS[i] = (byte) ('0' + i / 10);
            ONES[i] = (byte) ('0' + i % 10);
        }
    }

    private DecimalDigits() {}

    /** Writes the number and returns the place behind it. */
    static int write(long value, byte[] to, int offset) {
        int at = offset;
        if (value < 0) {
            to[at++] = '-';
        }
        // Negative numbers reach further than positive ones.
        long left = value < 0 ? value : -value;
        int end = at + digits(left);
        int last = end;
        while (left <= -100) {
            long rest = left / 100;
            int two = (int) (rest * 100 - left);
            to[--last] = ONES[two];
            to[--last] = TENS[two];
            left = rest;
        }
        int two = (int) -left;
        to[--last] = ONES[two];
        if (two >= 10) {
            to[--last] = TENS[two];
        }
        return end;
    }

    private static int digits(long negative) {
        int digits = 1;
        for (long bound = -10; digits < 19 && negative <= bound; bound *= 10) {
            digits++;
        }
        return digits;
    }

    /** Writes a number below 100 as two digits. */
    static int two(int value, byte[] to, int at) {
        to[at] = TENS[value];
        to[at + 1] = ONES[value];
        return at + 2;
    }
}
