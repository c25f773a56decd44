package io.deltaforge.core.deadletter;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Reads what a {@link ByteWriter} wrote. What cannot be read is a {@link java.nio.BufferUnderflowException} or an
 * {@link IllegalArgumentException}. Not thread-safe.
 */
final class ByteReader {

    private final ByteBuffer bytes;

    ByteReader(byte[] array, int from) {
        this.bytes = ByteBuffer.wrap(array).position(from);
    }

    int position() {
        return bytes.position();
    }

    boolean isAtEnd() {
        return !bytes.hasRemaining();
    }

    byte[] array() {
        return bytes.array();
    }

    int u1() {
        return bytes.get() & 0xff;
    }

    int i4() {
        return bytes.getInt();
    }

    long i8() {
        return bytes.getLong();
    }

    /** Reads a length and returns where the run of that length begins; {@link #position} is behind it then. */
    int skipRun(int length) {
        if (length < 0 || length > bytes.remaining()) {
            throw new IllegalArgumentException(
                    length + " bytes at place " + bytes.position() + ", and there are " + bytes.remaining() + " left");
        }
        int from = bytes.position();
        bytes.position(from + length);
        return from;
    }

    byte[] run() {
        int length = i4();
        int from = skipRun(length);
        byte[] copy = new byte[length];
        bytes.get(from, copy);
        return copy;
    }

    /** Reads a text, which may be null. */
    String optionalText() {
        int length = i4();
        return length == -1 ? null : new String(bytes.array(), skipRun(length), length, StandardCharsets.UTF_8);
    }

    String text() {
        String text = optionalText();
        if (text == null) {
            throw new IllegalArgumentException("no text before place " + bytes.position());
        }
        return text;
    }
}
