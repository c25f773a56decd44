package io.deltaforge.core.spool;

import io.deltaforge.api.error.CheckpointException;
import java.io.Closeable;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.ByteBuffer;

/**
 * Reads the records of one segment while another thread may append to it. Not a channel: an interrupt, which is what a sink gets
 * that takes too long, would close that for everybody. For one thread at a time.
 */
final class SegmentInput implements Closeable {

    private final Segment segment;
    private final RandomAccessFile file;
    private long at;

    SegmentInput(Segment segment) {
        this.segment = segment;
        this.at = segment.headerLength();
        try {
            this.file = new RandomAccessFile(segment.file().toFile(), "r");
        } catch (IOException e) {
            throw SpoolErrors.storage("cannot open " + segment.file(), e);
        }
    }

    Segment segment() {
        return segment;
    }

    /** Where the next record begins. */
    long at() {
        return at;
    }

    /**
     * Reads the next record without its prefix; null while there is no more.
     *
     * @throws CheckpointException {@code HELD} where it is damaged, {@code RETRIABLE} when it cannot be read now
     */
    byte[] next() {
        long limit = segment.length();
        if (at >= limit) {
            return null;
        }
        try {
            byte[] prefix = new byte[RecordFormat.PREFIX];
            read(at, prefix, limit);
            ByteBuffer numbers = ByteBuffer.wrap(prefix);
            int length = numbers.getInt();
            int stored = numbers.getInt();
            if (length < 1 || length > limit - at - RecordFormat.PREFIX) {
                throw damaged("a record of " + length + " bytes, and there are " + (limit - at - RecordFormat.PREFIX)
                        + " left");
            }
            byte[] body = new byte[length];
            read(at + RecordFormat.PREFIX, body, limit);
            int computed = RecordFormat.sum(body, 0, length);
            if (computed != stored) {
                throw damaged(String.format("checksum %08x stored, %08x computed", stored, computed));
            }
            at += RecordFormat.PREFIX + length;
            return body;
        } catch (IOException e) {
            throw SpoolErrors.storage("cannot read " + segment.file(), e);
        }
    }

    private void read(long from, byte[] into, long limit) throws IOException {
        if (from + into.length > limit || from + into.length > file.length()) {
            throw damaged("it ends early, after " + Math.min(limit, file.length()) + " bytes");
        }
        file.seek(from);
        file.readFully(into);
    }

    private CheckpointException damaged(String why) {
        return Segment.damaged(segment.file(), at, why, null);
    }

    @Override
    public void close() throws IOException {
        file.close();
    }
}
