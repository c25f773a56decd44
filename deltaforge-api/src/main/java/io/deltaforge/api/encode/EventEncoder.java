package io.deltaforge.api.encode;

import io.deltaforge.api.event.ChangeEvent;

/**
 * Turns events into the envelope and encoding that the sink is configured with. Keeps scratch space: used by one thread
 * at a time.
 *
 * @since 0.1.0
 */
public interface EventEncoder {

    /**
     * Encodes an event.
     *
     * @param event the event
     * @return a new, exactly sized array
     * @throws io.deltaforge.api.error.DeliveryException of kind {@code RECORD} when the event cannot be encoded
     */
    byte[] value(ChangeEvent event);

    /**
     * Encodes the event's key: the primary key as a JSON object, in key order ({@code {"id":1}}).
     *
     * @param event the event
     * @return a new, exactly sized array, or null where rows of the table cannot be told apart
     * @throws io.deltaforge.api.error.DeliveryException of kind {@code RECORD} when the key cannot be encoded
     */
    byte[] key(ChangeEvent event);

    /**
     * Returns what the bytes of {@link #value} are.
     *
     * @return a media type, {@code application/json} for instance
     */
    String contentType();
}
