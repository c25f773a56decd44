package io.deltaforge.sink.kafka;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import java.io.ByteArrayInputStream;
import java.io.ByteArrayOutputStream;
import java.io.DataInputStream;
import java.io.DataOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.Arrays;
import java.util.zip.CRC32C;

/**
 * What a transaction says of the source's log: everything up to {@code position} is in Kafka. Written with the events of the
 * transaction, so that the two are true together or not at all. Each record names the one before it, so that a second
 * writer, or one that read too little, shows as a broken chain.
 *
 * <p>Stored form, version 1, types as in {@link DataOutputStream}: version (byte), generation (long), sequence (long),
 * source (UTF), cluster (UTF), previous position and position (each an int length and its bytes), position as text (UTF),
 * CRC-32C of all before (int).
 *
 * @param generation counted up by each producer that takes over
 * @param sequence counted up by each transaction
 * @param source the identity of the log
 * @param cluster the id of the Kafka cluster
 * @param previous the position of the record before; empty in the first
 * @param position what is covered with this transaction
 * @param text the position for people
 */
@SuppressWarnings("ArrayRecordComponent") // Compared by content; owned by this package, which changes none.
record PositionRecord(
        long generation, long sequence, String source, String cluster, byte[] previous, byte[] position, String text) {

    private static final int VERSION = 1;
    private static final byte[] NOTHING = {};

    PositionRecord {
        requireNonNull(source, "source is null");
        requireNonNull(cluster, "cluster is null");
        requireNonNull(previous, "previous is null");
        requireNonNull(position, "position is null");
        requireNonNull(text, "text is null");
    }

    /** Returns the record that stands for nothing written yet. */
    static PositionRecord none(String source, String cluster) {
        return new PositionRecord(0, 0, source, cluster, NOTHING, NOTHING, "");
    }

    /** Says whether no position was ever written. */
    boolean isNone() {
        return sequence == 0;
    }

    /** Returns the same in the next generation, for the producer that takes over. */
    PositionRecord takenOver(String newCluster) {
        return new PositionRecord(generation + 1, sequence, source, newCluster, previous, position, text);
    }

    /** Returns what the next transaction writes. */
    PositionRecord next(byte[] nextPosition, String nextText) {
        return new PositionRecord(generation, sequence + 1, source, cluster, position, nextPosition, nextText);
    }

    byte[] toBytes() {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (DataOutputStream out = new DataOutputStream(bytes)) {
            out.writeByte(VERSION);
            out.writeLong(generation);
            out.writeLong(sequence);
            out.writeUTF(source);
            out.writeUTF(cluster);
            out.writeInt(previous.length);
            out.write(previous);
            out.writeInt(position.length);
            out.write(position);
            out.writeUTF(text);
            out.writeInt(checksum(bytes.toByteArray(), bytes.size()));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /**
     * Reads a stored record.
     *
     * @param where names the topic and the offset, for the message
     * @throws DeliveryException of kind {@code HELD} when it is none
     */
    static PositionRecord parse(String where, byte[] bytes) {
        int end = bytes.length - Integer.BYTES;
        try (DataInputStream in = new DataInputStream(new ByteArrayInputStream(bytes))) {
            int version = in.readUnsignedByte();
            if (version != VERSION) {
                throw unreadable(where, "its version is " + version + ", and this release knows " + VERSION, null);
            }
            PositionRecord read = new PositionRecord(
                    in.readLong(),
                    in.readLong(),
                    in.readUTF(),
                    in.readUTF(),
                    readArray(in),
                    readArray(in),
                    in.readUTF());
            if (in.readInt() != checksum(bytes, end) || in.read() >= 0) {
                throw unreadable(where, "its checksum is wrong", null);
            }
            return read;
        } catch (IOException e) {
            throw unreadable(where, "it ends early, after " + bytes.length + " bytes", e);
        }
    }

    private static byte[] readArray(DataInputStream in) throws IOException {
        int length = in.readInt();
        if (length < 0 || length > in.available()) {
            throw new IOException("an array of " + length + " bytes in " + in.available());
        }
        return in.readNBytes(length);
    }

    private static int checksum(byte[] bytes, int length) {
        CRC32C checksum = new CRC32C();
        checksum.update(bytes, 0, length);
        return (int) checksum.getValue();
    }

    private static DeliveryException unreadable(String where, String why, Throwable cause) {
        return new DeliveryException(
                ErrorKind.HELD,
                "POSITION_UNREADABLE",
                "the position stored in " + where + " cannot be read: " + why,
                "run the release that wrote it; nothing else may write into this topic",
                cause);
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof PositionRecord that
                && generation == that.generation
                && sequence == that.sequence
                && source.equals(that.source)
                && cluster.equals(that.cluster)
                && Arrays.equals(previous, that.previous)
                && Arrays.equals(position, that.position)
                && text.equals(that.text);
    }

    @Override
    public int hashCode() {
        return Long.hashCode(sequence) * 31 + Arrays.hashCode(position);
    }

    @Override
    public String toString() {
        return "transaction " + sequence + " of generation " + generation + ", up to " + text;
    }
}
