package io.deltaforge.source.postgres;

import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.event.Transaction;
import io.deltaforge.source.postgres.position.PostgresPosition;
import org.postgresql.replication.LogSequenceNumber;

/**
 * One transaction as the log has it. Immutable but for the digest of the changes read so far, which belongs to the reader
 * thread alone.
 */
final class PostgresTransaction implements Transaction {

    private static final long HIGH_SEED = 0x243F6A8885A308D3L;
    private static final long LOW_SEED = 0x13198A2E03707344L;

    private final int timeline;
    private final long commitLsn;
    private final long commitMicros;
    private final int xid;
    private final long hashHigh;
    private final long hashLow;
    private final Thread reader = Thread.currentThread();
    private final TransactionDigest digest = new TransactionDigest();
    private long digested = -1;
    private boolean binary;

    PostgresTransaction(long systemIdentifier, int timeline, long commitLsn, long commitMicros, int xid) {
        this.timeline = timeline;
        this.commitLsn = commitLsn;
        this.commitMicros = commitMicros;
        this.xid = xid;
        this.hashHigh = hash(HIGH_SEED, systemIdentifier, timeline, commitLsn);
        this.hashLow = hash(LOW_SEED, systemIdentifier, timeline, commitLsn);
    }

    /**
     * One half of the transaction's hash, the same for ever: {@code mix(mix(mix(seed + system) + timeline) + lsn)} with the
     * finalizer of SplitMix64 (Steele, Lea, Flood: Fast Splittable Pseudorandom Number Generators, 2014) as mix. Each half has
     * a seed of its own.
     */
    private static long hash(long seed, long systemIdentifier, int timeline, long commitLsn) {
        return mix(mix(mix(seed + systemIdentifier) + Integer.toUnsignedLong(timeline)) + commitLsn);
    }

    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    /** Begins to read the changes, again too; on the reader thread. */
    TransactionDigest startDigest(boolean binaryStream) {
        digest.reset();
        digested = -1;
        binary = binaryStream;
        return digest;
    }

    /** Says that the digest has the change with this ordinal as its last. */
    void digested(long ordinal) {
        digested = ordinal;
    }

    long commitLsn() {
        return commitLsn;
    }

    @Override
    public String connector() {
        return "postgresql";
    }

    @Override
    public String id() {
        return Integer.toUnsignedString(xid);
    }

    @Override
    public long commitMicros() {
        return commitMicros;
    }

    @Override
    public long hashHigh() {
        return hashHigh;
    }

    @Override
    public long hashLow() {
        return hashLow;
    }

    /** The position knows the digest only if the reader thread asks for it right behind the change, as one who cuts there does. */
    @Override
    public SourcePosition positionAfter(long ordinal) {
        boolean latest = Thread.currentThread() == reader && ordinal == digested;
        return PostgresPosition.inside(timeline, commitLsn, ordinal, latest ? digest.value(binary) : 0);
    }

    @Override
    public void describe(SourceFields fields) {
        fields.text("lsn", LogSequenceNumber.valueOf(commitLsn).asString());
        fields.number("txId", Integer.toUnsignedLong(xid));
    }

    @Override
    public String toString() {
        return "transaction " + id() + " at "
                + LogSequenceNumber.valueOf(commitLsn).asString();
    }
}
