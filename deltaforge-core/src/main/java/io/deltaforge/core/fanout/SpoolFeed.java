package io.deltaforge.core.fanout;

import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.core.spool.SpoolReader;

/** What a lane reads while it gets its batches from the spool. Confined to the lane's thread, but for being made. */
final class SpoolFeed {

    private final SpoolWriter spool;
    private final String sink;
    private final Window window;
    private final long from;
    private final SourcePosition cursor;
    private SpoolReader reader;

    private SpoolFeed(SpoolWriter spool, String sink, Window window, long from, SourcePosition cursor) {
        this.spool = spool;
        this.sink = sink;
        this.window = window;
        this.from = from;
        this.cursor = cursor;
    }

    /** Reads from a batch of this run on. */
    static SpoolFeed from(SpoolWriter spool, String sink, Window window, long sequence) {
        return new SpoolFeed(spool, sink, window, sequence, null);
    }

    /** Reads what an earlier run has left for a sink. */
    static SpoolFeed behind(SpoolWriter spool, String sink, Window window, SourcePosition cursor) {
        return new SpoolFeed(spool, sink, window, 0, cursor);
    }

    /** Reads the next batch, which is counted as kept in memory; null while everything that is written is read. */
    SharedBatch next() {
        if (reader == null) {
            if (!spool.queue().serves(sink)) {
                return null;
            }
            reader = cursor == null ? spool.readerFrom(from) : spool.readerBehind(cursor);
        }
        EventBatch batch = reader.next();
        if (batch == null) {
            return null;
        }
        return new SharedBatch(batch, null, window, BatchObserver.NONE, 1, Integer.MAX_VALUE);
    }

    /** Closes what is being read. */
    void close() {
        if (reader != null) {
            reader.close();
        }
    }

    /** The number of the last batch that was read, or skipped because the sink has it. */
    long read() {
        return reader == null ? from - 1 : Math.max(from - 1, reader.passed());
    }
}
