package io.deltaforge.api.encode;

import io.deltaforge.api.event.ChangeEvent;

/**
 * Says where an event goes, from a template such as {@code shop.${source.table}} compiled once. Used by one thread at a
 * time.
 *
 * @since 0.1.0
 */
public interface EventRouter {

    /**
     * Fills the template in.
     *
     * @param event the event
     * @return the destination; the same instance for equal results wherever that is cheap
     * @throws io.deltaforge.api.error.DeliveryException of kind {@code RECORD} when the event lacks what the template
     *     names
     */
    String route(ChangeEvent event);

    /**
     * Says whether every event goes to the same place.
     *
     * @return true when the template names nothing of the event
     */
    boolean isStatic();
}
