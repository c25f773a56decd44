package io.deltaforge.testkit.gtid;

import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.event.Transaction;
import io.deltaforge.testkit.gtid.GtidPosition.InLog;
import io.deltaforge.testkit.gtid.GtidPosition.InSnapshot;
import java.util.List;
import java.util.function.LongFunction;

/** A transaction, or a chunk of a snapshot, as it is read: its name, and what its positions are. */
record ReadTransaction(String id, long commitMicros, LongFunction<GtidPosition> positions) implements Transaction {

    private static final long COMMIT_MICROS = 1_700_000_000_000_000L;

    /** A transaction of the log, read when {@code executed} had been read before. */
    static ReadTransaction ofLog(String snapshot, GtidSet executed, Gtid gtid) {
        return new ReadTransaction(
                gtid.toString(),
                COMMIT_MICROS + gtid.number(),
                ordinal -> new InLog(snapshot, executed, gtid, ordinal));
    }

    /** A chunk of a snapshot; {@code keys} by ordinal. */
    static ReadTransaction ofChunk(String snapshot, GtidSet executed, int table, int chunk, List<Long> keys) {
        return new ReadTransaction(
                "snapshot-" + snapshot + "-" + table + "-" + chunk,
                COMMIT_MICROS,
                ordinal -> new InSnapshot(snapshot, executed, table, chunk, keys.get(Math.toIntExact(ordinal))));
    }

    @Override
    public String connector() {
        return "gtid";
    }

    @Override
    public long hashHigh() {
        return Hashes.of(id, 1);
    }

    @Override
    public long hashLow() {
        return Hashes.of(id, 2);
    }

    @Override
    public SourcePosition positionAfter(long ordinal) {
        return positions.apply(ordinal);
    }

    @Override
    public void describe(SourceFields fields) {
        fields.text("gtid", id);
    }
}
