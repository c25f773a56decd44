package io.deltaforge.api.sink;

import io.deltaforge.api.event.EventBatch;
import java.util.concurrent.CompletionStage;

/**
 * Makes batches durable in one target.
 *
 * <ol>
 *   <li>The engine calls {@link #open} on the sink's own thread.
 *   <li>It calls {@link #deliver} on that thread, batch after batch, with at most {@code batch.max_inflight} batches not
 *       yet completed.
 *   <li>When a delivery fails, nothing more is delivered; once all others have completed, or a time limit has passed, the
 *       sink is {@linkplain #close closed}, and a new one is made, opened and given the batches again from the first that
 *       was not acknowledged: the same events in the same order.
 *   <li>{@link #close} ends it, on the sink's thread.
 * </ol>
 *
 * <p>Every failure is a {@link io.deltaforge.api.error.DeliveryException}; its kind decides what happens. Any other
 * exception counts as {@code FATAL}.
 *
 * @since 0.1.0
 */
public interface Sink extends AutoCloseable {

    /** Connects and checks what can be checked. May block for a bounded time. */
    void open();

    /**
     * Delivers a batch, in order behind those given before. May block for a bounded time when the target pushes back.
     *
     * @param batch the events, at least one
     * @return completes, on any thread, when every event of the batch is durable in the target and every event of the
     *     batches before it too, or fails with a {@link io.deltaforge.api.error.DeliveryException}
     */
    CompletionStage<Void> deliver(EventBatch batch);

    /** Gives everything back within a bounded time; what was not acknowledged may or may not arrive. Idempotent. */
    @Override
    void close();
}
