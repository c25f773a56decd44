package io.deltaforge.core.fanout;

import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.event.SourcePosition;
import java.util.concurrent.atomic.AtomicInteger;

/** A batch on its way to all lanes; it leaves the window when the last of them has acknowledged it. */
final class SharedBatch {

    private final EventBatch batch;
    private final SourcePosition start;
    private final Window window;
    private final BatchObserver observer;
    private final AtomicInteger lanes;
    private final AtomicInteger awaited;

    /** Takes a batch that begins at a position; nobody asks for that of one that comes from the spool, where it is null. */
    SharedBatch(
            EventBatch batch,
            SourcePosition start,
            Window window,
            BatchObserver observer,
            int lanes,
            int awaitedLanes) {
        this.batch = batch;
        this.start = start;
        this.window = window;
        this.observer = observer;
        this.lanes = new AtomicInteger(lanes);
        this.awaited = new AtomicInteger(awaitedLanes);
        window.add(batch.size(), batch.retainedBytes());
    }

    /** Where the log was when the batch began; not how far a sink had come. */
    SourcePosition start() {
        return start;
    }

    EventBatch batch() {
        return batch;
    }

    /** One lane's sink holds the batch. */
    void acknowledged(boolean isAwaited, long nanos) {
        observer.acknowledged(nanos);
        if (isAwaited && awaited.decrementAndGet() == 0) {
            observer.delivered();
        }
    }

    /** Somebody else needs the batch; to be called by one who has not released it yet. */
    void retain() {
        lanes.incrementAndGet();
    }

    /** One lane is done with the batch, for good. */
    void release() {
        if (lanes.decrementAndGet() == 0) {
            window.remove(batch.size(), batch.retainedBytes());
        }
    }
}
