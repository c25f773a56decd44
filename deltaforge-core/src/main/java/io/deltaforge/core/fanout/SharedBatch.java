package io.deltaforge.core.fanout;

import io.deltaforge.api.event.EventBatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A batch on its way to all lanes; it leaves the window when the last of them has acknowledged it. */
final class SharedBatch {

    private final EventBatch batch;
    private final Window window;
    private final AtomicInteger lanes;

    SharedBatch(EventBatch batch, Window window, int lanes) {
        this.batch = batch;
        this.window = window;
        this.lanes = new AtomicInteger(lanes);
        window.add(batch.size(), batch.retainedBytes());
    }

    EventBatch batch() {
        return batch;
    }

    /** One lane is done with the batch, for good. */
    void release() {
        if (lanes.decrementAndGet() == 0) {
            window.remove(batch.size(), batch.retainedBytes());
        }
    }
}
