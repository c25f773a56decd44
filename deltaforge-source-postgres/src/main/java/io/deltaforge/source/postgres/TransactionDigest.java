package io.deltaforge.source.postgres;

import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;

/**
 * A rolling digest of the changes of one transaction as the server sent them. A replay that starts inside the transaction must
 * come to the same digest, or the server sends something else than what was delivered (a row filter, a column list or the
 * publication was changed) and the ordinals mean other rows.
 *
 * <p>The value has three parts: 32 bits over what is the same in the binary and the text form of the stream (kind of change,
 * table, number of columns), 31 bits over every byte, and one bit that says which form the bytes had.
 */
final class TransactionDigest {

    private static final VarHandle WORDS = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.LITTLE_ENDIAN);
    private static final long FACTOR = 0x9E3779B97F4A7C15L;
    private static final long BINARY = 1;
    private static final long STRUCTURE = 0xFFFF_FFFF_0000_0000L;

    private long structure;
    private long content;
    private long structureBefore;
    private long contentBefore;

    void reset() {
        structure = 0;
        content = 0;
    }

    /** Takes the last message back. */
    void undo() {
        structure = structureBefore;
        content = contentBefore;
    }

    /** Adds one message, from its position to its limit. */
    void add(ByteBuffer message) {
        byte[] bytes = message.array();
        int at = message.arrayOffset() + message.position();
        int end = message.arrayOffset() + message.limit();
        structureBefore = structure;
        contentBefore = content;
        // The first eight bytes of an insert, update or delete are its kind, table, tuple kind and number of columns.
        structure = step(structure, at + Long.BYTES <= end ? (long) WORDS.get(bytes, at) : bytes[at]);
        long hash = content;
        for (; at + Long.BYTES <= end; at += Long.BYTES) {
            hash = step(hash, (long) WORDS.get(bytes, at));
        }
        long rest = (long) end - at;
        for (; at < end; at++) {
            rest = rest << Byte.SIZE | bytes[at] & 0xFF;
        }
        content = step(hash, rest);
    }

    private static long step(long hash, long word) {
        return Long.rotateLeft(hash ^ word, 27) * FACTOR;
    }

    /** Returns the digest of what was added; never 0. */
    long value(boolean binary) {
        long value = (structure & STRUCTURE) | (content >>> 33 << 1) | (binary ? BINARY : 0);
        return value == 0 ? STRUCTURE : value;
    }

    /** Says whether two digests can be of the same changes; of streams of different form only the structure is compared. */
    static boolean match(long one, long other) {
        return (one & BINARY) == (other & BINARY) ? one == other : ((one ^ other) & STRUCTURE) == 0;
    }

    /** Says which form the stream had. */
    static boolean isBinary(long digest) {
        return (digest & BINARY) != 0;
    }
}
