package io.deltaforge.source.postgres.pgoutput;

import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.VarHandle;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;

/**
 * Reads one message from front to back and refuses to read behind its end. Used again for every message of a stream, by one
 * thread.
 */
final class MessageReader {

    /** What the array may hold besides the message before it is worth a copy; the replication header takes 25 bytes. */
    private static final int TOLERATED_BYTES = 64;

    private static final VarHandle SHORT = MethodHandles.byteArrayViewVarHandle(short[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle INT = MethodHandles.byteArrayViewVarHandle(int[].class, ByteOrder.BIG_ENDIAN);
    private static final VarHandle LONG = MethodHandles.byteArrayViewVarHandle(long[].class, ByteOrder.BIG_ENDIAN);

    private byte[] bytes;
    private int start;
    private int at;
    private int end;
    private Object place;

    /** Begins a message; rows may refer to what {@link #bytes()} returns. */
    void begin(ByteBuffer message) {
        int length = message.remaining();
        if (message.hasArray() && message.array().length - length <= TOLERATED_BYTES) {
            bytes = message.array();
            start = message.arrayOffset() + message.position();
        } else {
            bytes = new byte[length];
            start = 0;
            message.get(message.position(), bytes);
        }
        at = start;
        end = start + length;
        place = null;
    }

    /** Says which table the rest of the message is about, for errors. */
    void about(Object table) {
        place = table;
    }

    byte[] bytes() {
        return bytes;
    }

    int position() {
        return at;
    }

    void position(int next) {
        at = next;
    }

    int end() {
        return end;
    }

    byte int8(String what) {
        require(Byte.BYTES, what);
        return bytes[at++];
    }

    int uint16(String what) {
        require(Short.BYTES, what);
        int value = (short) SHORT.get(bytes, at) & 0xFFFF;
        at += Short.BYTES;
        return value;
    }

    int int32(String what) {
        require(Integer.BYTES, what);
        int value = (int) INT.get(bytes, at);
        at += Integer.BYTES;
        return value;
    }

    long int64(String what) {
        require(Long.BYTES, what);
        long value = (long) LONG.get(bytes, at);
        at += Long.BYTES;
        return value;
    }

    /** Reads text that ends in a zero byte. */
    String string(String what) {
        int zero = at;
        while (zero < end && bytes[zero] != 0) {
            zero++;
        }
        if (zero == end) {
            throw malformed(at, what + " expects a zero byte at its end");
        }
        String text = new String(bytes, at, zero - at, StandardCharsets.UTF_8);
        at = zero + 1;
        return text;
    }

    void requireEnd() {
        if (at != end) {
            throw malformed(at, "the end of the message is expected, got " + (end - at) + " more bytes");
        }
    }

    private void require(int length, String what) {
        if (end - at < length) {
            throw malformed(at, what + " expects " + length + " bytes, got " + (end - at));
        }
    }

    static int int32(byte[] bytes, int at) {
        return (int) INT.get(bytes, at);
    }

    /** Makes the failure that says which message is not one, where, and why. */
    SourceException malformed(int where, String expectation) {
        return new SourceException(
                ErrorKind.FATAL,
                "MALFORMED_MESSAGE",
                describe() + " is malformed at its byte " + (where - start) + ": " + expectation,
                "start the pipeline again: the server sends the transaction anew; if the same message fails again, report it",
                null);
    }

    /** Names the message, its length and the table it is about. */
    String describe() {
        String type = end == start
                ? "an empty pgoutput message"
                : "the pgoutput message " + MessageType.describe(bytes[start]);
        return type + " of " + (end - start) + " bytes" + (place == null ? "" : " for " + place);
    }
}
