package io.deltaforge.source.postgres.position;

import io.deltaforge.api.event.SourcePosition;
import java.nio.ByteBuffer;
import java.util.zip.CRC32C;
import org.postgresql.replication.LogSequenceNumber;

/**
 * A place in PostgreSQL's log of transactions: either a boundary, behind everything that was committed before an LSN, or a
 * place inside one transaction, behind one of its changes. The LSN of a single row never is a position, because several rows
 * may share one.
 *
 * <p>Stored form, version 1, big endian: version (1 byte, 1), kind (1 byte, 0 boundary, 1 inside), timeline (4), LSN (8),
 * ordinal (8), digest (8), CRC-32C of all that (4).
 */
public final class PostgresPosition implements SourcePosition {

    /** The length of the stored form in bytes. */
    static final int BYTES = 34;

    private static final byte VERSION = 1;
    private static final byte BOUNDARY = 0;
    private static final byte INSIDE = 1;
    private static final long END = -1;

    private final int timeline;
    private final long lsn;
    private final long ordinal;
    private final long digest;

    private PostgresPosition(int timeline, long lsn, long ordinal, long digest) {
        this.timeline = timeline;
        this.lsn = lsn;
        this.ordinal = ordinal;
        this.digest = digest;
    }

    /**
     * A boundary: everything that was committed before an LSN lies before it.
     *
     * @param timeline the timeline in which the byte before the LSN was written
     * @param lsn the LSN just after a commit record, or any other that the server named as the end of what it sent
     * @return the position
     */
    public static PostgresPosition boundary(int timeline, long lsn) {
        return new PostgresPosition(timeline, lsn, END, 0);
    }

    /**
     * A place inside a transaction.
     *
     * @param timeline the timeline in which the commit record was written
     * @param commitLsn the LSN of the commit record
     * @param ordinal the last change that lies before the position, counted from 0
     * @param digest the digest of the transaction's changes up to there, 0 when it is not known
     * @return the position
     */
    public static PostgresPosition inside(int timeline, long commitLsn, long ordinal, long digest) {
        if (ordinal < 0) {
            throw new IllegalArgumentException("ordinals are counted from 0, got " + ordinal);
        }
        return new PostgresPosition(timeline, commitLsn, ordinal, digest);
    }

    /** Reads the stored form; throws IllegalArgumentException with the damage. */
    static PostgresPosition parse(byte[] bytes) {
        if (bytes.length > 0 && bytes[0] != VERSION) {
            throw new IllegalArgumentException("version " + bytes[0] + " is not known, expected " + VERSION);
        }
        if (bytes.length != BYTES) {
            throw new IllegalArgumentException(bytes.length + " bytes, expected " + BYTES);
        }
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        if (buffer.getInt(BYTES - Integer.BYTES) != checksum(bytes)) {
            throw new IllegalArgumentException("the checksum does not fit");
        }
        buffer.get();
        byte kind = buffer.get();
        int timeline = buffer.getInt();
        long lsn = buffer.getLong();
        long ordinal = buffer.getLong();
        long digest = buffer.getLong();
        if (kind == BOUNDARY && ordinal == END && digest == 0) {
            return boundary(timeline, lsn);
        }
        if (kind == INSIDE && ordinal >= 0) {
            return inside(timeline, lsn, ordinal, digest);
        }
        throw new IllegalArgumentException("kind " + kind + " with ordinal " + ordinal);
    }

    @Override
    public byte[] toBytes() {
        byte[] bytes = new byte[BYTES];
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        buffer.put(VERSION).put(isBoundary() ? BOUNDARY : INSIDE).putInt(timeline);
        buffer.putLong(lsn).putLong(ordinal).putLong(digest);
        buffer.putInt(checksum(bytes));
        return bytes;
    }

    private static int checksum(byte[] bytes) {
        CRC32C crc = new CRC32C();
        crc.update(bytes, 0, BYTES - Integer.BYTES);
        return (int) crc.getValue();
    }

    /**
     * Returns the timeline in which the position was written.
     *
     * @return its number
     */
    public int timeline() {
        return timeline;
    }

    /**
     * Returns the LSN that the server is to start from, and up to which it may forget its log.
     *
     * @return a boundary's LSN, or the LSN of the commit record of the transaction that the position is inside of
     */
    public long lsn() {
        return lsn;
    }

    /**
     * Says whether the position is between transactions.
     *
     * @return false inside a transaction
     */
    public boolean isBoundary() {
        return ordinal == END;
    }

    /**
     * Returns the last change of the transaction that lies before the position.
     *
     * @return the ordinal; -1 for a boundary
     */
    public long ordinal() {
        return ordinal;
    }

    /**
     * Returns what the transaction's changes before the position looked like.
     *
     * @return the digest; 0 for a boundary, and when it is not known
     */
    public long digest() {
        return digest;
    }

    /** Returns a byte of the log that lies before the position and tells its timeline. */
    long lastByte() {
        return isBoundary() && lsn != 0 ? lsn - 1 : lsn;
    }

    /** Orders positions of one timeline; a boundary at an LSN lies before the transaction whose commit record is there. */
    int compareInTimeline(PostgresPosition other) {
        int byLsn = Long.compareUnsigned(lsn, other.lsn);
        return byLsn != 0 ? byLsn : Long.compare(ordinal, other.ordinal);
    }

    /** Two positions are equal if they are the same place; what is known of the way there does not matter. */
    @Override
    public boolean equals(Object other) {
        return other instanceof PostgresPosition that
                && timeline == that.timeline
                && lsn == that.lsn
                && ordinal == that.ordinal;
    }

    @Override
    public int hashCode() {
        return Long.hashCode(lsn * 31 + ordinal) * 31 + timeline;
    }

    @Override
    public String toString() {
        return LogSequenceNumber.valueOf(lsn).asString()
                + (isBoundary() ? "" : "+" + ordinal)
                + (timeline == 1 ? "" : " (timeline " + Integer.toUnsignedString(timeline) + ")");
    }
}
