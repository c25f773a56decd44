package io.deltaforge.core.stored;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;

/**
 * Reads what a {@link ByteWriter} wrote. What cannot be read is a {@link java.nio.BufferUnderflowException} or an
 * {@link IllegalArgumentException}. Not thread-safe.
 */
public final class ByteReader {

    private final ByteBuffer bytes;

    /**
     * Begins to read.
     *
     * @param array the bytes, not copied
     * @param from the place to begin at
     */
    public ByteReader(byte[] array, int from) {
        this.bytes = ByteBuffer.wrap(array).position(from);
    }

    /**
     * Returns where the reader stands.
     *
     * @return the place in the array
     */
    public int position() {
        return bytes.position();
    }

    /**
     * Says whether everything is read.
     *
     * @return true when no bytes are left
     */
    public boolean isAtEnd() {
        return !bytes.hasRemaining();
    }

    /**
     * Returns what is read from.
     *
     * @return the array itself
     */
    public byte[] array() {
        return bytes.array();
    }

    /**
     * Reads one byte.
     *
     * @return 0 to 255
     */
    public int u1() {
        return bytes.get() & 0xff;
    }

    /**
     * Reads four bytes.
     *
     * @return the number
     */
    public int i4() {
        return bytes.getInt();
    }

    /**
     * Reads eight bytes.
     *
     * @return the number
     */
    public long i8() {
        return bytes.getLong();
    }

    /**
     * Goes over bytes.
     *
     * @param length how many
     * @return where they begin; {@link #position} is behind them then
     */
    public int skipRun(int length) {
        if (length < 0 || length > bytes.remaining()) {
            throw new IllegalArgumentException(
                    length + " bytes at place " + bytes.position() + ", and there are " + bytes.remaining() + " left");
        }
        int from = bytes.position();
        bytes.position(from + length);
        return from;
    }

    /**
     * Reads four bytes length and so many bytes.
     *
     * @return a new array
     */
    public byte[] run() {
        int length = i4();
        int from = skipRun(length);
        byte[] copy = new byte[length];
        bytes.get(from, copy);
        return copy;
    }

    /**
     * Reads a text.
     *
     * @return the text, or null if that was written
     */
    public String optionalText() {
        int length = i4();
        return length == -1 ? null : new String(bytes.array(), skipRun(length), length, StandardCharsets.UTF_8);
    }

    /**
     * Reads a text that is there.
     *
     * @return the text
     */
    public String text() {
        String text = optionalText();
        if (text == null) {
            throw new IllegalArgumentException("no text before place " + bytes.position());
        }
        return text;
    }
}
