package io.deltaforge.core.fanout;

import io.deltaforge.api.event.EventBatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A batch on its way to all lanes; it leaves the window when the last of them has acknowledged it. */
final class SharedBatch {

    private final EventBatch batch;
    private final Window window;
    private final BatchObserver observer;
    private final AtomicInteger lanes;
    private final AtomicInteger awaited;

    SharedBatch(EventBatch batch, Window window, BatchObserver observer, int lanes, int awaitedLanes) {
        this.batch = batch;
        this.window = window;
        this.observer = observer;
        this.lanes = new AtomicInteger(lanes);
        this.awaited = new AtomicInteger(awaitedLanes);
        window.add(batch.size(), batch.retainedBytes());
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

    /** One lane is done with the batch, for good. */
    void release() {
        if (lanes.decrementAndGet() == 0) {
            window.remove(batch.size(), batch.retainedBytes());
        }
    }
}
