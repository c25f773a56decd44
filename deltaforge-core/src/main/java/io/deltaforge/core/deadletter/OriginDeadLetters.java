package io.deltaforge.core.deadletter;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.sink.DeadLetters;
import io.deltaforge.core.deadletter.DeadLetterQueue.Follower;
import java.util.List;

/** A pipeline's dead letters as one sink or processor sees them. Safe from any thread. */
public final class OriginDeadLetters implements DeadLetters {

    private final DeadLetterQueue queue;
    private final Origin origin;
    /** Names the event that there was no room for; null for none. */
    private volatile DeliveryException waiting;

    OriginDeadLetters(DeadLetterQueue queue, Origin origin) {
        this.queue = requireNonNull(queue, "queue is null");
        this.origin = requireNonNull(origin, "origin is null");
    }

    @Override
    public void put(ChangeEvent event, DeliveryException failure) {
        try {
            queue.put(origin, event, failure);
        } catch (DeliveryException e) {
            waiting = e.reason().equals(DeadLetterQueue.FULL) ? e : null;
            throw e;
        }
    }

    /** Puts events aside behind others; for whoever holds the queue's lock. */
    void park(List<Follower> followers) {
        try {
            queue.park(origin, followers);
        } catch (DeliveryException e) {
            waiting = e.reason().equals(DeadLetterQueue.FULL) ? e : null;
            throw e;
        }
    }

    /**
     * Makes sure that an event for which there was no room has room now, before everything in front of it is delivered again
     * for nothing. Blocks.
     *
     * @throws DeliveryException {@code RETRIABLE} while there is no room, naming the event
     */
    public void requireRoom() {
        DeliveryException refusal = waiting;
        if (refusal != null && !queue.hasRoom()) {
            throw refusal;
        }
        waiting = null;
    }
}
