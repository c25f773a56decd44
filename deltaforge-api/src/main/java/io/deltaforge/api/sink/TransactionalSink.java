package io.deltaforge.api.sink;

import io.deltaforge.api.Evolving;
import java.util.Optional;

/**
 * A sink that stores the position of what it holds together with the events, in one step, and so receives every event
 * exactly once. It stores {@link io.deltaforge.api.event.EventBatch#end()} with each batch. An empty batch is given to
 * such a sink as well, so that the position it holds advances.
 *
 * @since 0.1.0
 */
@Evolving("Comes into use with exactly-once delivery.")
public interface TransactionalSink extends Sink {

    /**
     * Returns the position that the target holds. Called after {@link #open}, which has made sure that no earlier
     * instance can write any more.
     *
     * @return the bytes of the last position stored, or empty when the target never held one
     */
    Optional<byte[]> committedPosition();
}
