package io.deltaforge.source.postgres.type;

import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.ValueVisitor;
import java.nio.charset.StandardCharsets;

/**
 * Text forms of the plain types, as their output functions write them under the session settings that
 * {@code PgOutputDecoder.SESSION_OPTIONS} asks for (PostgreSQL documentation, chapter 8).
 */
final class TextScalars {

    private static final int UUID_CHARS = 36;

    private TextScalars() {}

    static void bool(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        if (length != 1 || (bytes[offset] != 't' && bytes[offset] != 'f')) {
            throw new MalformedValueException("bool expects t or f");
        }
        visitor.bool(column, bytes[offset] == 't');
    }

    static void integer(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        boolean negative = length > 0 && bytes[offset] == '-';
        int end = offset + length;
        int at = negative ? offset + 1 : offset;
        if (at == end || length > 20) {
            throw new MalformedValueException("an integer expects 1 to 19 digits, got " + length + " bytes");
        }
        // Counted below zero, where there is room for one more.
        long value = 0;
        for (; at < end; at++) {
            int digit = bytes[at] - '0';
            long next = value * 10 - digit;
            if (digit < 0 || digit > 9 || value < Long.MIN_VALUE / 10 || next > 0) {
                throw new MalformedValueException("an integer of 64 bits expects digits within its range");
            }
            value = next;
        }
        if (!negative && value == Long.MIN_VALUE) {
            throw new MalformedValueException("an integer of 64 bits expects digits within its range");
        }
        visitor.integer(column, negative ? value : -value);
    }

    static void float4(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        visitor.float32(column, Float.parseFloat(floatText(bytes, offset, length)));
    }

    static void float8(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        visitor.float64(column, Double.parseDouble(floatText(bytes, offset, length)));
    }

    /** Java reads more than PostgreSQL writes: spaces, suffixes and hexadecimal numbers are refused here. */
    private static String floatText(byte[] bytes, int offset, int length) {
        String text = new String(bytes, offset, length, StandardCharsets.ISO_8859_1);
        if (isNotFinite(text)) {
            return text;
        }
        boolean digit = false;
        boolean exponent = false;
        boolean point = false;
        for (int i = 0; i < length; i++) {
            char c = text.charAt(i);
            boolean sign = (c == '-' || c == '+') && (i == 0 || text.charAt(i - 1) == 'e');
            boolean first = (c == 'e' && digit && !exponent) || (c == '.' && !point && !exponent);
            if (!sign && !first && (c < '0' || c > '9')) {
                throw new MalformedValueException("a float expects digits, NaN or Infinity");
            }
            exponent |= c == 'e';
            point |= c == '.';
            digit |= c >= '0' && c <= '9';
        }
        if (!digit || !isDigit((byte) text.charAt(length - 1))) {
            throw new MalformedValueException("a float expects a digit at its end, NaN or Infinity");
        }
        return text;
    }

    private static boolean isNotFinite(String text) {
        return text.equals("NaN") || text.equals("Infinity") || text.equals("-Infinity");
    }

    static void numeric(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        int end = offset + length;
        int at = length > 0 && bytes[offset] == '-' ? offset + 1 : offset;
        int points = 0;
        boolean plain = at < end && isDigit(bytes[at]) && isDigit(bytes[end - 1]);
        for (; plain && at < end; at++) {
            points += bytes[at] == '.' ? 1 : 0;
            plain = points <= 1 && (bytes[at] == '.' || isDigit(bytes[at]));
        }
        if (!plain && !isNotFinite(new String(bytes, offset, length, StandardCharsets.ISO_8859_1))) {
            throw new MalformedValueException("numeric expects digits with at most one point, NaN or Infinity");
        }
        visitor.decimal(column, bytes, offset, length);
    }

    private static boolean isDigit(byte b) {
        return b >= '0' && b <= '9';
    }

    static void bytea(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        if (length < 2 || length % 2 != 0 || bytes[offset] != '\\' || bytes[offset + 1] != 'x') {
            throw new MalformedValueException("bytea expects \\x and pairs of hexadecimal digits (bytea_output=hex)");
        }
        byte[] value = new byte[length / 2 - 1];
        for (int i = 0; i < value.length; i++) {
            int at = offset + 2 + 2 * i;
            value[i] = (byte) (hex(bytes[at]) << 4 | hex(bytes[at + 1]));
        }
        visitor.binary(column, value, 0, value.length);
    }

    static void uuid(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        if (length != UUID_CHARS) {
            throw MalformedValueException.length("uuid", String.valueOf(UUID_CHARS), length);
        }
        long high = 0;
        long low = 0;
        for (int i = 0; i < UUID_CHARS; i++) {
            byte b = bytes[offset + i];
            if (i == 8 || i == 13 || i == 18 || i == 23) {
                if (b != '-') {
                    throw new MalformedValueException("uuid expects a hyphen at its byte " + i);
                }
            } else if (i < 18) {
                high = high << 4 | hex(b);
            } else {
                low = low << 4 | hex(b);
            }
        }
        visitor.uuid(column, high, low);
    }

    private static int hex(byte b) {
        int value = Character.digit(b, 16);
        if (value < 0) {
            throw new MalformedValueException("a hexadecimal digit is expected, got byte " + (b & 0xFF));
        }
        return value;
    }
}
