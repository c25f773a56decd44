package io.deltaforge.source.postgres.type;

import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.ValueVisitor;

/**
 * The binary form of arrays: the number of dimensions, a flag for NULLs, the element type's OID, length and lower bound of each
 * dimension, then the elements with their lengths, row by row (PostgreSQL source, {@code arrayfuncs.c}: {@code array_send}).
 * Lower bounds are not handed on.
 */
final class BinaryArray implements ValueDecoder {

    private static final int HEADER_BYTES = 3 * Integer.BYTES;
    private static final int DIMENSION_BYTES = 2 * Integer.BYTES;
    private static final int MAX_DIMENSIONS = 6;
    private static final int NULL_LENGTH = -1;

    private final int elementOid;
    private final ValueDecoder element;

    BinaryArray(int elementOid, ValueDecoder element) {
        this.elementOid = elementOid;
        this.element = element;
    }

    @Override
    public void decode(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor) {
        int dimensions = length < HEADER_BYTES ? -1 : Wire.int32(bytes, offset);
        if (dimensions < 0 || dimensions > MAX_DIMENSIONS || length < HEADER_BYTES + DIMENSION_BYTES * dimensions) {
            throw new MalformedValueException("array expects 0 to " + MAX_DIMENSIONS
                    + " dimensions and their sizes, got " + dimensions + " in " + length + " bytes");
        }
        int oid = Wire.int32(bytes, offset + 2 * Integer.BYTES);
        if (oid != elementOid) {
            throw new MalformedValueException("array expects elements of the type with OID "
                    + Integer.toUnsignedString(elementOid) + ", got " + Integer.toUnsignedString(oid));
        }
        int dimensionsAt = offset + HEADER_BYTES;
        int elementsAt = dimensionsAt + DIMENSION_BYTES * dimensions;
        int end = offset + length;
        if (dimensions == 0) {
            visitor.beginArray(column, 0);
            visitor.endArray(column);
        } else {
            requireRoom(bytes, dimensionsAt, elementsAt, end);
        }
        int at = dimensions == 0
                ? elementsAt
                : new Elements(column, bytes, elementsAt, end, visitor).level(dimensionsAt, elementsAt);
        if (at != end) {
            throw new MalformedValueException("array expects no more bytes at its end, got " + (end - at));
        }
    }

    /** Checks that as many elements as the dimensions promise can be there at all, before anyone makes room for them. */
    private static void requireRoom(byte[] bytes, int dimensionsAt, int elementsAt, int end) {
        int room = (end - elementsAt) / Integer.BYTES;
        long elements = 1;
        for (int at = dimensionsAt; at < elementsAt; at += DIMENSION_BYTES) {
            int size = Wire.int32(bytes, at);
            elements *= size;
            if (size < 1 || elements > room) {
                throw new MalformedValueException(
                        "array expects as many elements as its dimensions say, got a dimension of " + size
                                + " and room for " + room);
            }
        }
    }

    /** The elements of one value, read from front to back. */
    private final class Elements {
        private final Column column;
        private final Column elementColumn;
        private final byte[] bytes;
        private final int dimensionsEnd;
        private final int end;
        private final ValueVisitor visitor;

        Elements(Column column, byte[] bytes, int dimensionsEnd, int end, ValueVisitor visitor) {
            this.column = column;
            this.elementColumn = column.element().orElse(column);
            this.bytes = bytes;
            this.dimensionsEnd = dimensionsEnd;
            this.end = end;
            this.visitor = visitor;
        }

        /** Reads what one index of the dimension described at a place spans; returns where the next begins. */
        int level(int dimensionAt, int start) {
            int size = Wire.int32(bytes, dimensionAt);
            boolean innermost = dimensionAt + DIMENSION_BYTES == dimensionsEnd;
            int at = start;
            visitor.beginArray(column, size);
            for (int i = 0; i < size; i++) {
                at = innermost ? one(at) : level(dimensionAt + DIMENSION_BYTES, at);
            }
            visitor.endArray(column);
            return at;
        }

        private int one(int at) {
            int length = end - at < Integer.BYTES ? Integer.MIN_VALUE : Wire.int32(bytes, at);
            int valueAt = at + Integer.BYTES;
            if (length == NULL_LENGTH) {
                visitor.nullValue(elementColumn);
                return valueAt;
            }
            if (length < 0 || length > end - valueAt) {
                throw new MalformedValueException("array element expects its bytes to follow, got a length of " + length
                        + " and " + (end - at) + " bytes");
            }
            element.decode(elementColumn, bytes, valueAt, length, visitor);
            return valueAt + length;
        }
    }
}
