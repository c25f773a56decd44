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

    /**
     * Hands out what the envelope puts beside the value; a sink that can carry headers asks for it with every event. Most
     * envelopes have nothing there.
     *
     * @param event the event
     * @param receiver takes the headers, in the order in which they are to be sent
     */
    default void headers(ChangeEvent event, HeaderReceiver receiver) {}

    /**
     * Says whether a record without a value is to follow the event under the same key, so that a compacted log forgets the
     * row. Concerns sinks whose target keeps records by key; they send none without a key.
     *
     * @param event the event
     * @return true for deletes in envelopes that have tombstones
     */
    default boolean hasTombstone(ChangeEvent event) {
        return false;
    }
}
