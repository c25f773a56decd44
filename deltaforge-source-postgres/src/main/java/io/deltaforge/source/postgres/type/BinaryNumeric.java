package io.deltaforge.source.postgres.type;

import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.ValueVisitor;
import java.nio.charset.StandardCharsets;

/**
 * The binary form of {@code numeric}: digits of base 10,000 with the weight of the first, a sign and the number of decimal digits
 * after the point (PostgreSQL source, {@code numeric.c}: {@code numeric_send}, {@code get_str_from_var}).
 */
final class BinaryNumeric {

    private static final int HEADER_BYTES = 8;
    private static final int DIGITS_PER_GROUP = 4;
    private static final int BASE = 10_000;
    private static final int MAX_SCALE = 0x3FFF;
    private static final int POSITIVE = 0x0000;
    private static final int NEGATIVE = 0x4000;
    private static final int NOT_A_NUMBER = 0xC000;
    private static final int POSITIVE_INFINITY = 0xD000;
    private static final int NEGATIVE_INFINITY = 0xF000;

    private static final byte[] NAN = ascii("NaN");
    private static final byte[] INFINITY = ascii("Infinity");
    private static final byte[] MINUS_INFINITY = ascii("-Infinity");

    private BinaryNumeric() {}

    static void decode(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        if (length < HEADER_BYTES) {
            throw MalformedValueException.length("numeric", "at least " + HEADER_BYTES, length);
        }
        int sign = Wire.uint16(bytes, offset + 4);
        switch (sign) {
            case POSITIVE, NEGATIVE -> finite(column, bytes, offset, length, visitor);
            case NOT_A_NUMBER -> visitor.decimal(column, NAN, 0, NAN.length);
            case POSITIVE_INFINITY -> visitor.decimal(column, INFINITY, 0, INFINITY.length);
            case NEGATIVE_INFINITY -> visitor.decimal(column, MINUS_INFINITY, 0, MINUS_INFINITY.length);
            default ->
                throw new MalformedValueException(
                        "numeric expects a sign of 0, 4000, C000, D000 or F000, got " + Integer.toHexString(sign));
        }
    }

    private static void finite(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        int groups = Wire.uint16(bytes, offset);
        int weight = Wire.int16(bytes, offset + 2);
        int scale = Wire.uint16(bytes, offset + 6);
        if (length != HEADER_BYTES + Short.BYTES * groups) {
            throw MalformedValueException.length(
                    "numeric", HEADER_BYTES + Short.BYTES * groups + " for " + groups + " digits", length);
        }
        if (scale > MAX_SCALE) {
            throw new MalformedValueException("numeric expects a scale of at most " + MAX_SCALE + ", got " + scale);
        }
        // A sign, the whole part or one zero, a point, and the fraction rounded up to whole groups.
        byte[] out = new byte[2 + DIGITS_PER_GROUP * (Math.max(weight, 0) + 1) + scale + DIGITS_PER_GROUP];
        int digitsAt = offset + HEADER_BYTES;
        int at = 0;
        if (Wire.uint16(bytes, offset + 4) == NEGATIVE) {
            out[at++] = '-';
        }
        at = writeWhole(out, at, bytes, digitsAt, groups, weight);
        if (scale > 0) {
            out[at++] = '.';
            writeFraction(out, at, bytes, digitsAt, groups, weight, scale);
            at += scale;
        }
        visitor.decimal(column, out, 0, at);
    }

    private static int writeWhole(byte[] out, int start, byte[] bytes, int digitsAt, int groups, int weight) {
        int at = start;
        for (int i = 0; i <= weight; i++) {
            int group = group(bytes, digitsAt, groups, i);
            if (at == start) {
                at = writeWithoutLeadingZeros(out, at, group);
            } else {
                writeGroup(out, at, group);
                at += DIGITS_PER_GROUP;
            }
        }
        if (at == start) {
            out[at++] = '0';
        }
        return at;
    }

    private static void writeFraction(
            byte[] out, int start, byte[] bytes, int digitsAt, int groups, int weight, int scale) {
        int at = start;
        for (int i = weight + 1; at < start + scale; i++) {
            writeGroup(out, at, group(bytes, digitsAt, groups, i));
            at += DIGITS_PER_GROUP;
        }
    }

    /** Reads a group; those before the first and after the last are zero and not on the wire. */
    private static int group(byte[] bytes, int digitsAt, int groups, int index) {
        if (index < 0 || index >= groups) {
            return 0;
        }
        int group = Wire.uint16(bytes, digitsAt + Short.BYTES * index);
        if (group >= BASE) {
            throw new MalformedValueException("numeric expects digits below " + BASE + ", got " + group);
        }
        return group;
    }

    private static void writeGroup(byte[] out, int at, int group) {
        out[at] = (byte) ('0' + group / 1000);
        out[at + 1] = (byte) ('0' + group / 100 % 10);
        out[at + 2] = (byte) ('0' + group / 10 % 10);
        out[at + 3] = (byte) ('0' + group % 10);
    }

    private static int writeWithoutLeadingZeros(byte[] out, int start, int group) {
        int at = start;
        if (group >= 1000) {
            out[at++] = (byte) ('0' + group / 1000);
        }
        if (group >= 100) {
            out[at++] = (byte) ('0' + group / 100 % 10);
        }
        if (group >= 10) {
            out[at++] = (byte) ('0' + group / 10 % 10);
        }
        if (group >= 1) {
            out[at++] = (byte) ('0' + group % 10);
        }
        return at;
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
