package io.deltaforge.api.processor;

import io.deltaforge.api.event.ChangeEvent;
import java.util.List;

/**
 * Turns events into other events. Called by one thread at a time, on the thread that reads the source: it must neither
 * block nor do I/O, and must give the same answer for the same events, since they are replayed after a crash.
 *
 * @since 0.1.0
 */
public interface Processor extends AutoCloseable {

    /**
     * Processes a run of events.
     *
     * @param events in log order, unmodifiable
     * @return what goes on, in the same order: the same list, or a new one with events left out, replaced at their place
     *     ({@link ChangeEvent#withRows}) or added behind the event they come from ({@link ChangeEvent#child})
     * @throws io.deltaforge.api.error.DeltaForgeException when an event cannot be processed
     */
    List<ChangeEvent> process(List<ChangeEvent> events);

    /** Gives back what the processor holds. Idempotent. */
    @Override
    default void close() {}
}
