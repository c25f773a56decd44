package io.deltaforge.core.stored;

import java.util.Arrays;

/**
 * Positions of neighbours differ in few bytes. Not thread-safe.
 *
 * <p>Stored form: four bytes length; one byte number of leading bytes that are the same as in the position before, at most
 * 255; the other bytes. The position before the first has no bytes.
 */
final class PositionDelta {

    private static final int MOST = 255;
    private static final byte[] NONE = {};

    private byte[] last = NONE;

    void reset() {
        last = NONE;
    }

    void write(byte[] position, ByteWriter out) {
        int same = Arrays.mismatch(last, position);
        int kept = Math.min(same < 0 ? position.length : same, MOST);
        out.i4(position.length);
        out.u1(kept);
        out.raw(position, kept, position.length - kept);
        last = position;
    }

    byte[] read(ByteReader in) {
        int length = in.i4();
        int kept = in.u1();
        if (kept > last.length || kept > length) {
            throw new IllegalArgumentException("a position of " + length + " bytes that shares " + kept
                    + " with one of " + last.length + ", before place " + in.position());
        }
        int from = in.skipRun(length - kept);
        byte[] position = Arrays.copyOf(last, length);
        System.arraycopy(in.array(), from, position, kept, length - kept);
        last = position;
        return position;
    }
}
