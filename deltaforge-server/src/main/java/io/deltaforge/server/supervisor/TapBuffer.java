package io.deltaforge.server.supervisor;

import io.deltaforge.api.event.EventBatch;
import java.util.Optional;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Holds batches of a pipeline for somebody who looks on, as far as there is room. The pipeline's reader puts them in and never
 * waits; what has no room is counted. One thread takes them out.
 */
public final class TapBuffer {

    private static final int MOST_BATCHES = 64;
    private static final long MOST_BYTES = 4 << 20;

    private final BlockingQueue<EventBatch> batches = new ArrayBlockingQueue<>(MOST_BATCHES);
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong dropped = new AtomicLong();
    private volatile boolean ended;

    /** Makes an empty buffer. */
    public TapBuffer() {}

    /** Takes a batch, or counts it. For the pipeline's reader. */
    void offer(EventBatch batch) {
        if (batch.isEmpty()) {
            return;
        }
        // One batch always fits, so that large ones are seen as well.
        boolean room = batches.isEmpty() || bytes.get() + batch.retainedBytes() <= MOST_BYTES;
        bytes.addAndGet(batch.retainedBytes());
        if (!room || !batches.offer(batch)) {
            bytes.addAndGet(-batch.retainedBytes());
            dropped.addAndGet(batch.size());
        }
    }

    /**
     * Waits for a batch.
     *
     * @param timeoutMillis how long
     * @return the next one; empty when none came
     * @throws InterruptedException when the thread is interrupted
     */
    public Optional<EventBatch> poll(long timeoutMillis) throws InterruptedException {
        Optional<EventBatch> next = Optional.ofNullable(batches.poll(timeoutMillis, TimeUnit.MILLISECONDS));
        next.ifPresent(batch -> bytes.addAndGet(-batch.retainedBytes()));
        return next;
    }

    /**
     * Returns how many events had no room since it was asked last.
     *
     * @return events, before any filter
     */
    public long takeDropped() {
        return dropped.getAndSet(0);
    }

    /** There will be no more: the pipeline is deleted. */
    void end() {
        ended = true;
    }

    /**
     * Says whether there will be more.
     *
     * @return true when the pipeline is deleted
     */
    public boolean hasEnded() {
        return ended;
    }
}
