package io.deltaforge.api.sink;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.event.ChangeEvent;

/**
 * Takes events that a sink can never deliver as they are. Safe from any thread.
 *
 * <p>An event is durable here before {@link #put} returns, and so before the sink can acknowledge past it. A crash between
 * the two leaves the entry and no acknowledgement: the event comes again, is put aside again, and is one entry still. The
 * same holds where a sink puts aside inside a transaction that is then aborted: the entry stays, and what is delivered again
 * meets it.
 *
 * @since 0.1.0
 */
public interface DeadLetters {

    /**
     * Puts an event aside, durably; taking the same event twice is one entry, with its tries counted. The sink then treats
     * the event as delivered. Blocks until the entry is synced.
     *
     * @param event the event
     * @param failure why, of kind {@code RECORD}
     * @throws DeliveryException with which the sink must fail the batch: of kind {@code FATAL}, naming the event, when the
     *     pipeline keeps no dead letters or the event is too large for them; {@code RETRIABLE} while there is no room for
     *     another; of the storage's own kind when it fails
     */
    void put(ChangeEvent event, DeliveryException failure);
}
