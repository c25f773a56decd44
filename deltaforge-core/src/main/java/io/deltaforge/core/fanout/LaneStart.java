package io.deltaforge.core.fanout;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.event.SourcePosition;

/**
 * Where a lane begins.
 *
 * @param cursor how far its sink has come
 * @param from where its batches come from
 */
public record LaneStart(SourcePosition cursor, From from) {

    /** Where the batches of a lane come from. */
    public enum From {
        /** From memory, as they are read from the log. */
        WINDOW,
        /** From the spool, which has everything behind the cursor, until the lane has caught up. */
        SPOOL,
        /** From nowhere: the sink was given up and misses what is behind the cursor. */
        NOWHERE
    }

    /** Refuses missing parts. */
    public LaneStart {
        requireNonNull(cursor, "cursor is null");
        requireNonNull(from, "from is null");
    }

    /**
     * Begins with what is read next.
     *
     * @param cursor how far the sink has come
     * @return the start of a lane that keeps up
     */
    public static LaneStart at(SourcePosition cursor) {
        return new LaneStart(cursor, From.WINDOW);
    }
}
