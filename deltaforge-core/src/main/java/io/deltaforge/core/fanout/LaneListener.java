package io.deltaforge.core.fanout;

import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.event.SourcePosition;

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
}
