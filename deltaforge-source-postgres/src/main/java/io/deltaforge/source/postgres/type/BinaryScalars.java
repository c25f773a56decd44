package io.deltaforge.source.postgres.type;

import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.ValueVisitor;
import java.nio.charset.StandardCharsets;

/**
 * Binary forms of the plain types, as their send functions write them (PostgreSQL source, {@code src/backend/utils/adt}:
 * {@code bool.c}, {@code int.c}, {@code int8.c}, {@code oid.c}, {@code float.c}, {@code char.c}, {@code jsonb.c},
 * {@code uuid.c}, {@code varlena.c}).
 */
final class BinaryScalars {

    private static final byte JSONB_VERSION = 1;

    private BinaryScalars() {}

    static void bool(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        Wire.requireLength("bool", 1, length);
        visitor.bool(column, bytes[offset] != 0);
    }

    static void int2(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        Wire.requireLength("int2", Short.BYTES, length);
        visitor.integer(column, Wire.int16(bytes, offset));
    }

    static void int4(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        Wire.requireLength("int4", Integer.BYTES, length);
        visitor.integer(column, Wire.int32(bytes, offset));
    }

    static void int8(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        Wire.requireLength("int8", Long.BYTES, length);
        visitor.integer(column, Wire.int64(bytes, offset));
    }

    static void oid(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        Wire.requireLength("oid", Integer.BYTES, length);
        visitor.integer(column, Integer.toUnsignedLong(Wire.int32(bytes, offset)));
    }

    static void float4(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        Wire.requireLength("float4", Float.BYTES, length);
        visitor.float32(column, Float.intBitsToFloat(Wire.int32(bytes, offset)));
    }

    static void float8(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        Wire.requireLength("float8", Double.BYTES, length);
        visitor.float64(column, Double.longBitsToDouble(Wire.int64(bytes, offset)));
    }

    static void text(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        visitor.text(column, bytes, offset, length);
    }

    /** One byte that need not be a character: as {@code charout} shows it, in octal above ASCII and as nothing when zero. */
    static void singleByte(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        Wire.requireLength("\"char\"", 1, length);
        int value = bytes[offset] & 0xFF;
        if (value < 0x80) {
            visitor.text(column, bytes, offset, value == 0 ? 0 : 1);
        } else {
            byte[] octal = ("\\" + Integer.toOctalString(value)).getBytes(StandardCharsets.US_ASCII);
            visitor.text(column, octal, 0, octal.length);
        }
    }

    static void bytea(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        visitor.binary(column, bytes, offset, length);
    }

    static void json(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        visitor.json(column, bytes, offset, length);
    }

    static void jsonb(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        if (length < 1 || bytes[offset] != JSONB_VERSION) {
            throw new MalformedValueException("jsonb expects version " + JSONB_VERSION + ", got "
                    + (length < 1 ? "no bytes" : "version " + bytes[offset]));
        }
        visitor.json(column, bytes, offset + 1, length - 1);
    }

    static void uuid(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        Wire.requireLength("uuid", 2 * Long.BYTES, length);
        visitor.uuid(column, Wire.int64(bytes, offset), Wire.int64(bytes, offset + Long.BYTES));
    }
}
