package io.deltaforge.api.sink;

import io.deltaforge.api.Evolving;
import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.event.ChangeEvent;

/**
 * Takes events that a sink can never deliver as they are. Safe from any thread.
 *
 * @since 0.1.0
 */
@Evolving("Comes into use with the queue of dead letters.")
public interface DeadLetters {

    /**
     * Puts an event aside, durably; taking the same event twice is one entry. The sink then treats it as delivered.
     *
     * @param event the event
     * @param failure why, of kind {@code RECORD}
     * @throws DeliveryException of kind {@code FATAL}, naming the event, when the pipeline keeps no dead letters; the sink
     *     must fail the batch with it
     */
    void put(ChangeEvent event, DeliveryException failure);
}
