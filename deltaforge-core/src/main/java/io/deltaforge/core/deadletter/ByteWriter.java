package io.deltaforge.core.deadletter;

import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;

/** Bytes that grow as they are written; numbers are big endian. Not thread-safe. */
final class ByteWriter {

    private ByteBuffer bytes = ByteBuffer.allocate(512);

    private ByteBuffer room(int more) {
        if (bytes.remaining() < more) {
            int needed = Math.addExact(bytes.position(), more);
            byte[] larger = Arrays.copyOf(bytes.array(), Math.max(needed, (int) Math.min(needed * 2L, 1 << 30)));
            int position = bytes.position();
            bytes = ByteBuffer.wrap(larger).position(position);
        }
        return bytes;
    }

    void u1(int value) {
        room(1).put((byte) value);
    }

    void i4(int value) {
        room(4).putInt(value);
    }

    void i8(long value) {
        room(8).putLong(value);
    }

    /** Four bytes length, then the bytes. */
    void run(byte[] source, int offset, int length) {
        i4(length);
        room(length).put(source, offset, length);
    }

    /** Four bytes length of the UTF-8 form, then that; the length -1 for null. */
    void text(String text) {
        if (text == null) {
            i4(-1);
        } else {
            byte[] utf8 = text.getBytes(StandardCharsets.UTF_8);
            run(utf8, 0, utf8.length);
        }
    }

    byte[] toArray() {
        return Arrays.copyOf(bytes.array(), bytes.position());
    }
}
