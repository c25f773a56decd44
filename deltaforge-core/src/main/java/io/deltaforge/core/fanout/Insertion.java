package io.deltaforge.core.fanout;

import io.deltaforge.api.event.ChangeEvent;
import java.util.List;

/**
 * Events that one lane delivers besides those of the log, in turn with them and with the same tries. They move no position: a
 * sink that stores positions stores the one again that it holds.
 */
public interface Insertion {

    /**
     * Says what is to be delivered. On the lane's thread, before each try; may block on storage.
     *
     * @return the events, possibly none
     */
    List<ChangeEvent> events();

    /** The sink has acknowledged the events that were given last. On any thread; must not block. */
    void acknowledged();

    /** The lane has ended; whether the sink holds the events is not known. On any thread; must not block. */
    void abandoned();
}
