package io.deltaforge.core.commit;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.source.PositionOrder;
import java.util.Optional;

/**
 * What is remembered of a sink.
 *
 * @param cursor how far its acknowledged events reach
 * @param spooled how far the spool has what it misses, where that is further
 * @param detached whether it was given up, and gets no more events
 */
public record SinkPosition(SourcePosition cursor, Optional<SourcePosition> spooled, boolean detached) {

    /** Refuses missing parts. */
    public SinkPosition {
        requireNonNull(cursor, "cursor is null");
        requireNonNull(spooled, "spooled is null");
    }

    /**
     * Remembers a sink that misses nothing that the source does not still hold.
     *
     * @param cursor how far its acknowledged events reach
     * @return the position of a sink without a spool
     */
    public static SinkPosition at(SourcePosition cursor) {
        return new SinkPosition(cursor, Optional.empty(), false);
    }

    /**
     * Returns from where the sink needs the source's log.
     *
     * @return the spooled position, or the cursor
     */
    public SourcePosition needed() {
        return spooled.orElse(cursor);
    }

    /** Returns the further of two positions of one log, the second of which may be null. */
    static SourcePosition further(SourcePosition cursor, SourcePosition spooled, PositionOrder order) {
        return spooled == null || order.covers(cursor, spooled) ? cursor : spooled;
    }
}
