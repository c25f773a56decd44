package io.deltaforge.source.postgres.type;

import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.ValueVisitor;

/** Reads one form of one type and hands the value to a visitor. Stateless, safe to use from many threads at once. */
@FunctionalInterface
public interface ValueDecoder {

    /**
     * Reads one value that is not NULL.
     *
     * @param column the column, handed on to the visitor
     * @param bytes where the value is
     * @param offset its first byte
     * @param length its length in bytes; the range lies inside the array
     * @param visitor receives the value
     * @throws MalformedValueException when the bytes are not a value of the type; an array may have been reported in part
     */
    void decode(Column column, byte[] bytes, int offset, int length, ValueVisitor visitor);
}
