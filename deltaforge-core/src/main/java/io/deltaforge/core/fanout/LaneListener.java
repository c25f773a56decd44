package io.deltaforge.core.fanout;

import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.event.SourcePosition;
import java.util.Set;

/** Hears what becomes of a lane. Called from any thread; must not block. */
public interface LaneListener {

    /**
     * The sink has acknowledged everything up to a position.
     *
     * @param sink the sink's id
     * @param sequence the number of the last batch of the acknowledged prefix
     * @param end its end
     */
    void advanced(String sink, long sequence, SourcePosition end);

    /**
     * The lane has stopped for a reason that will not pass by itself.
     *
     * @param sink the sink's id
     * @param failure the reason
     */
    void stopped(String sink, DeltaForgeException failure);

    /**
     * What some sinks miss, up to a position, is in the spool for good. May block.
     *
     * @param sinks their ids
     * @param end the position
     */
    void spooled(Set<String> sinks, SourcePosition end);

    /**
     * A sink is about to be given up, because the spool is full: it gets no more events. Blocks until that is written down.
     *
     * @param sink the sink's id
     * @param reason why
     */
    void detached(String sink, DeltaForgeException reason);

    /**
     * The spool cannot be written, or can be again.
     *
     * @param failure why not, or null once it can
     */
    void spool(DeltaForgeException failure);
}
