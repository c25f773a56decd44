package io.deltaforge.core.spool;

import io.deltaforge.core.stored.ByteReader;
import io.deltaforge.core.stored.ByteWriter;
import java.nio.BufferUnderflowException;
import java.util.Arrays;

/**
 * The beginning of a segment file.
 *
 * <p>Stored form: the eight ASCII bytes {@code DFSPOOL1}; four bytes length of what follows the sum; four bytes CRC32C of
 * that; the pipeline's name and the identity of the log (texts); the position that everything in the spool before this
 * segment ends at (four bytes length, bytes).
 *
 * @param pipeline whose spool it is
 * @param source whose log the events come from
 * @param start the position before the segment's first batch
 */
record SegmentHeader(String pipeline, String source, StoredBytes start) {

    private static final byte[] MAGIC = {'D', 'F', 'S', 'P', 'O', 'O', 'L', '1'};

    /** How many bytes tell how long the header is. */
    static final int PREFIX = MAGIC.length + 8;

    private static final int MOST = 1 << 20;

    byte[] toBytes() {
        ByteWriter body = new ByteWriter();
        body.text(pipeline);
        body.text(source);
        body.run(start.array(), 0, start.array().length);
        ByteWriter out = new ByteWriter();
        out.raw(MAGIC, 0, MAGIC.length);
        out.i4(body.length());
        out.i4(RecordFormat.sum(body.array(), 0, body.length()));
        out.raw(body.array(), 0, body.length());
        return out.toArray();
    }

    /** Returns the length of a header from its first {@link #PREFIX} bytes; throws IllegalArgumentException with the damage. */
    static int length(byte[] prefix) {
        if (!Arrays.equals(prefix, 0, MAGIC.length, MAGIC, 0, MAGIC.length)) {
            throw new IllegalArgumentException("it does not begin with DFSPOOL1");
        }
        int length = new ByteReader(prefix, MAGIC.length).i4();
        if (length < 0 || length > MOST) {
            throw new IllegalArgumentException("a header of " + length + " bytes");
        }
        return PREFIX + length;
    }

    /** Reads a whole header; throws IllegalArgumentException with the damage. */
    static SegmentHeader parse(byte[] bytes) {
        ByteReader in = new ByteReader(bytes, MAGIC.length + 4);
        int stored = in.i4();
        int computed = RecordFormat.sum(bytes, PREFIX, bytes.length - PREFIX);
        if (stored != computed) {
            throw new IllegalArgumentException(
                    String.format("checksum of its header %08x stored, %08x computed", stored, computed));
        }
        try {
            return new SegmentHeader(in.text(), in.text(), new StoredBytes(in.run()));
        } catch (BufferUnderflowException e) {
            throw new IllegalArgumentException("its header ends early", e);
        }
    }
}
