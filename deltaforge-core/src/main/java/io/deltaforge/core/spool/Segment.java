package io.deltaforge.core.spool;

import io.deltaforge.api.error.CheckpointException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One file of a spool: a header and records, one behind the other. One thread appends; any thread reads what is behind it.
 * Named after its generation and the number of its first batch, each in 16 hex digits.
 */
final class Segment implements AutoCloseable {

    static final String SUFFIX = ".spool";

    private static final Logger LOG = LoggerFactory.getLogger(Segment.class);
    private static final int MAX_RECORD = Integer.MAX_VALUE - 64;

    private final Path file;
    private final FileChannel channel;
    private final SegmentHeader header;
    private final int headerLength;
    private final long first;
    private volatile long length;
    private volatile long last;
    private volatile long firstWrittenAt;
    private byte[] end;

    private Segment(Path file, FileChannel channel, SegmentHeader header, long first) throws IOException {
        this.file = file;
        this.channel = channel;
        this.header = header;
        this.headerLength = header.toBytes().length;
        this.first = first;
        this.last = first - 1;
        this.length = headerLength;
        this.end = header.start().array();
    }

    /** Makes a new file, whose name is not durable yet. */
    static Segment create(Path directory, long generation, long first, SegmentHeader header) throws IOException {
        Path file = directory.resolve(String.format("%016x-%016x%s", generation, first, SUFFIX));
        FileChannel channel = FileChannel.open(
                file,
                StandardOpenOption.CREATE,
                StandardOpenOption.TRUNCATE_EXISTING,
                StandardOpenOption.READ,
                StandardOpenOption.WRITE);
        try {
            writeFully(channel, ByteBuffer.wrap(header.toBytes()), 0);
            return new Segment(file, channel, header, first);
        } catch (IOException e) {
            channel.close();
            Files.deleteIfExists(file);
            throw e;
        }
    }

    /** Opens a complete file: whatever cannot be read in it is found when it is read. */
    static Segment open(Path file, Segment next) throws IOException {
        Segment segment = open(file);
        if (segment.headerLength < segment.channel.size()) {
            byte[] body = segment.body(segment.headerLength, segment.channel.size());
            segment.firstWrittenAt = RecordFormat.head(body).writtenAt();
        }
        segment.appended(next.first - 1, next.header.start().array(), segment.channel.size());
        return segment;
    }

    /**
     * Opens the file that was appended to last and goes over its records. What cannot be read at its end was being written when
     * the process ended; it is not there, and overwritten by what comes next.
     */
    static Segment openNewest(Path file) throws IOException {
        Segment segment = open(file);
        long size = segment.channel.size();
        long at = segment.headerLength;
        while (at < size) {
            try {
                byte[] body = segment.body(at, size);
                RecordFormat.Head head = RecordFormat.head(body);
                if (segment.firstWrittenAt == 0) {
                    segment.firstWrittenAt = head.writtenAt();
                }
                at += RecordFormat.PREFIX + body.length;
                segment.appended(head.sequence(), head.end().array(), at);
            } catch (CheckpointException | IllegalArgumentException e) {
                LOG.warn("{}; it and what follows it is taken as not written", e.getMessage());
                break;
            }
        }
        return segment;
    }

    private static Segment open(Path file) throws IOException {
        FileChannel channel = FileChannel.open(file, StandardOpenOption.READ, StandardOpenOption.WRITE);
        try {
            byte[] prefix = read(channel, 0, SegmentHeader.PREFIX);
            SegmentHeader header = SegmentHeader.parse(read(channel, 0, SegmentHeader.length(prefix)));
            return new Segment(file, channel, header, number(file));
        } catch (IllegalArgumentException e) {
            channel.close();
            throw damaged(file, 0, e.getMessage(), e);
        } catch (IOException | RuntimeException e) {
            channel.close();
            throw e;
        }
    }

    /** Says whether a file is so short that there is no record in it, nor ever was. */
    static boolean endsInHeader(Path file) throws IOException {
        try (FileChannel channel = FileChannel.open(file, StandardOpenOption.READ)) {
            long size = channel.size();
            return size < SegmentHeader.PREFIX || size < SegmentHeader.length(read(channel, 0, SegmentHeader.PREFIX));
        } catch (IllegalArgumentException e) {
            throw damaged(file, 0, e.getMessage(), e);
        }
    }

    /** The generation in a file's name. */
    static long generation(Path file) {
        return inName(file, 0);
    }

    /** The number in a file's name. */
    private static long number(Path file) {
        return inName(file, 1);
    }

    private static long inName(Path file, int part) {
        String[] parts = file.getFileName().toString().replace(SUFFIX, "").split("-", -1);
        try {
            if (parts.length == 2) {
                return Long.parseUnsignedLong(parts[part], 16);
            }
        } catch (NumberFormatException e) {
            LOG.debug("{} is not named as files of a spool are", file, e);
        }
        throw damaged(file, 0, "its name is not two numbers of 16 hex digits", null);
    }

    private byte[] body(long at, long limit) throws IOException {
        if (limit - at < RecordFormat.PREFIX) {
            throw damaged(file, at, "it ends early", null);
        }
        ByteBuffer prefix = ByteBuffer.wrap(read(channel, at, RecordFormat.PREFIX));
        int bodyLength = prefix.getInt();
        int stored = prefix.getInt();
        if (bodyLength < 1 || bodyLength > MAX_RECORD || bodyLength > limit - at - RecordFormat.PREFIX) {
            throw damaged(
                    file,
                    at,
                    "a record of " + bodyLength + " bytes, and there are " + (limit - at - RecordFormat.PREFIX)
                            + " left",
                    null);
        }
        byte[] body = read(channel, at + RecordFormat.PREFIX, bodyLength);
        int computed = RecordFormat.sum(body, 0, body.length);
        if (computed != stored) {
            throw damaged(file, at, String.format("checksum %08x stored, %08x computed", stored, computed), null);
        }
        return body;
    }

    private void appended(long sequence, byte[] recordEnd, long newLength) {
        end = recordEnd;
        last = sequence;
        length = newLength;
    }

    /** Appends a record; on failure the file is as it was. */
    void append(ByteBuffer record, long sequence, long writtenAt, byte[] recordEnd) throws IOException {
        long at = length;
        int size = record.remaining();
        try {
            if (channel.size() > at) {
                channel.truncate(at);
            }
            writeFully(channel, record, at);
        } catch (IOException e) {
            channel.truncate(at);
            throw e;
        }
        if (firstWrittenAt == 0) {
            firstWrittenAt = writtenAt;
        }
        appended(sequence, recordEnd, at + size);
    }

    void force() throws IOException {
        channel.force(false);
    }

    Path file() {
        return file;
    }

    SegmentHeader header() {
        return header;
    }

    int headerLength() {
        return headerLength;
    }

    /** The number of the first batch, whether it is there or not. */
    long first() {
        return first;
    }

    /** The number of the last batch; below {@link #first} when there is none. */
    long last() {
        return last;
    }

    boolean isEmpty() {
        return last < first;
    }

    long length() {
        return length;
    }

    /** When the first batch was written, in milliseconds since 1970; 0 when there is none. */
    long firstWrittenAt() {
        return firstWrittenAt;
    }

    /** The stored position of the end of the last batch. For the thread that appends. */
    byte[] end() {
        return end;
    }

    void delete() throws IOException {
        channel.close();
        Files.deleteIfExists(file);
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }

    private static void writeFully(FileChannel channel, ByteBuffer bytes, long at) throws IOException {
        long place = at;
        while (bytes.hasRemaining()) {
            place += channel.write(bytes, place);
        }
    }

    private static byte[] read(FileChannel channel, long at, int count) throws IOException {
        ByteBuffer bytes = ByteBuffer.allocate(count);
        while (bytes.hasRemaining()) {
            if (channel.read(bytes, at + bytes.position()) < 0) {
                throw new IllegalArgumentException("it ends early, after " + (at + bytes.position()) + " bytes");
            }
        }
        return bytes.array();
    }

    static CheckpointException damaged(Path file, long at, String why, Throwable cause) {
        return SpoolErrors.held(
                "SPOOL_DAMAGED", "the spool's file " + file + " is damaged at byte " + at + ": " + why, cause);
    }
}
