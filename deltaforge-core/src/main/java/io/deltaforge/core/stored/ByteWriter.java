package io.deltaforge.core.stored;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes that grow as they are written; numbers are big endian. Not thread-safe. */
public final class ByteWriter {

    private ByteBuffer bytes = ByteBuffer.allocate(512);

    /** Begins with nothing written. */
    public ByteWriter() {}

    /** Forgets what was written; keeps the room. */
    public void clear() {
        bytes.clear();
    }

    /**
     * Returns how much was written.
     *
     * @return bytes
     */
    public int length() {
        return bytes.position();
    }

    /**
     * Returns where the bytes are, of which the first {@link #length} are written.
     *
     * @return the array itself; another one is used once more is written
     */
    public byte[] array() {
        return bytes.array();
    }

    private ByteBuffer room(int more) {
        if (bytes.remaining() < more) {
            int needed = Math.addExact(bytes.position(), more);
            byte[] larger = Arrays.copyOf(bytes.array(), Math.max(needed, (int) Math.min(needed * 2L, 1 << 30)));
            int position = bytes.position();
            bytes = ByteBuffer.wrap(larger).position(position);
        }
        return bytes;
    }

    /**
     * Writes one byte.
     *
     * @param value of which the lowest eight bits count
     */
    public void u1(int value) {
        room(1).put((byte) value);
    }

    /**
     * Writes four bytes.
     *
     * @param value the number
     */
    public void i4(int value) {
        room(4).putInt(value);
    }

    /**
     * Writes eight bytes.
     *
     * @param value the number
     */
    public void i8(long value) {
        room(8).putLong(value);
    }

    /**
     * Writes bytes alone.
     *
     * @param source holds them
     * @param offset where they begin
     * @param length how many
     */
    public void raw(byte[] source, int offset, int length) {
        room(length).put(source, offset, length);
    }

    /**
     * Writes four bytes length, then the bytes.
     *
     * @param source holds them
     * @param offset where they begin
     * @param length how many
     */
    public void run(byte[] source, int offset, int length) {
        room(Integer.BYTES + length).putInt(length).put(source, offset, length);
    }

    /**
     * Writes four bytes length of the UTF-8 form, then that; the length -1 for null.
     *
     * @param text the text, or null
     */
    public void text(String text) {
        if (text == null) {
            i4(-1);
        } else {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            run(utf8, 0, utf8.length);
        }
    }

    /**
     * Copies what was written.
     *
     * @return a new array
     */
    public byte[] toArray() {
        return Arrays.copyOf(bytes.array(), bytes.position());
    }
}
