package io.deltaforge.core.fanout;

import io.deltaforge.api.event.SourcePosition;

/**
 * How far a lane's sink has come, by the prefix of its batches that is acknowledged, and who hears of it: whoever saves
 * positions, whoever waits for an insertion, whoever counts. Guarded by its lane's lock.
 */
final class LaneProgress {

    private final String sink;
    private final boolean awaited;
    private final LaneListener listener;
    private final LaneMetrics metrics;
    private SourcePosition reached;
    private long acknowledged;

    LaneProgress(LaneSpec spec, boolean awaited, LaneListener listener, LaneMetrics metrics) {
        this.sink = spec.sink();
        this.awaited = awaited;
        this.listener = listener;
        this.metrics = metrics;
        this.reached = spec.start().cursor();
    }

    /** Up to where the sink has everything. */
    SourcePosition reached() {
        return reached;
    }

    /** The number of the last batch of the acknowledged prefix. */
    long acknowledged() {
        return acknowledged;
    }

    /** Goes on behind a batch that an earlier run has left in the spool. */
    void goOnBehind(long sequence) {
        acknowledged = sequence;
    }

    /** Goes on elsewhere, whatever lies between. */
    void goOnAt(SourcePosition cursor) {
        reached = cursor;
    }

    /**
     * Takes out what is acknowledged by now, and says how far the sink has come with it; under the lane's lock, so that positions
     * are reported in the order in which they were reached.
     *
     * @return whether there was anything
     */
    boolean take(InFlightBatches batches) {
        InFlightBatches.Entry done = batches.pollAcknowledged();
        if (done == null) {
            return false;
        }
        SourcePosition end = null;
        long sequence = 0;
        for (; done != null; done = batches.pollAcknowledged()) {
            if (done.insertion() != null) {
                noteInserted(done);
                continue;
            }
            // What says nothing new of the position still says that the batch is done with.
            end = done.held()
                    ? (end == null ? reached : end)
                    : done.shared().batch().end();
            sequence = done.shared().batch().sequence();
            noteDelivered(done);
            done.release();
        }
        if (end != null) {
            reached = end;
            acknowledged = sequence;
            listener.advanced(sink, sequence, end);
        }
        return true;
    }

    private void noteInserted(InFlightBatches.Entry done) {
        if (!done.remaining().isEmpty()) {
            metrics.delivered(done.remaining().size(), done.deliveredAt());
        }
        done.insertion().acknowledged();
    }

    private void noteDelivered(InFlightBatches.Entry done) {
        int events = done.remaining().size();
        if (events > 0) {
            done.shared().acknowledged(awaited, metrics.delivered(events, done.deliveredAt()));
        }
    }
}
