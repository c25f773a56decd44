package io.deltaforge.source.postgres.type;

/** Reads the text form of one temporal value from front to back. */
final class TextCursor {

    private static final int BEFORE_CHRIST_BYTES = 3;

    private final String type;
    private final byte[] bytes;
    private int at;
    private int end;

    TextCursor(String type, byte[] bytes, int offset, int length) {
        this.type = type;
        this.bytes = bytes;
        this.at = offset;
        this.end = offset + length;
    }

    /** Says whether the text ends in {@code BC}, which then is no part of it any more. */
    boolean endsWithBeforeChrist() {
        boolean found = end - at > BEFORE_CHRIST_BYTES
                && bytes[end - 3] == ' '
                && bytes[end - 2] == 'B'
                && bytes[end - 1] == 'C';
        if (found) {
            end -= BEFORE_CHRIST_BYTES;
        }
        return found;
    }

    boolean atEnd() {
        return at == end;
    }

    /** Reads digits up to the first byte that is none. */
    long number(int minDigits, int maxDigits) {
        int start = at;
        long value = 0;
        while (at < end && at - start < maxDigits && bytes[at] >= '0' && bytes[at] <= '9') {
            value = value * 10 + (bytes[at++] - '0');
        }
        if (at - start < minDigits) {
            throw new MalformedValueException(
                    type + " expects at least " + minDigits + " digits in a row, got " + (at - start));
        }
        return value;
    }

    /** Reads two digits and a fraction of up to six. */
    long secondsAsMicros() {
        long micros = number(2, 2) * PgTimes.MICROS_PER_SECOND;
        if (skip('.')) {
            int start = at;
            long fraction = number(1, 6);
            for (int digits = at - start; digits < 6; digits++) {
                fraction *= 10;
            }
            micros += fraction;
        }
        return micros;
    }

    /** Reads a sign; true for minus. */
    boolean sign() {
        boolean minus = skip('-');
        if (!minus) {
            expect('+');
        }
        return minus;
    }

    boolean skip(char wanted) {
        boolean found = at < end && bytes[at] == wanted;
        if (found) {
            at++;
        }
        return found;
    }

    boolean skip(String wanted) {
        if (end - at < wanted.length()) {
            return false;
        }
        for (int i = 0; i < wanted.length(); i++) {
            if (bytes[at + i] != wanted.charAt(i)) {
                return false;
            }
        }
        at += wanted.length();
        return true;
    }

    void expect(char wanted) {
        if (!skip(wanted)) {
            throw new MalformedValueException(
                    type + " expects '" + wanted + "' and got " + (at < end ? "another byte" : "the end of the text"));
        }
    }

    void requireEnd() {
        if (at != end) {
            throw new MalformedValueException(type + " expects nothing more, got " + (end - at) + " bytes");
        }
    }
}
