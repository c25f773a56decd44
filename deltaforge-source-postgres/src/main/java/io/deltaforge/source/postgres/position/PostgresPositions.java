package io.deltaforge.source.postgres.position;

import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.source.PositionOrder;
import java.util.Collection;

/**
 * Compares positions of one PostgreSQL cluster. Within a timeline they are in one line. Across timelines a position can be
 * compared only if the newer timeline branched off behind it: what was written behind the branch on the older timeline is not
 * part of the newer one, and is held. Immutable.
 */
public final class PostgresPositions implements PositionOrder {

    /** Who compares positions does not know whose they are. */
    private static final String RESET = "deltaforge checkpoint reset --config FILE PIPELINE";

    private static final String REMEDY =
            "find out which server has the history the sinks were fed from; to go on with this"
                    + " one, accept what the sinks have too much, end DeltaForge, and start from what the slot holds: "
                    + RESET;

    private final TimelineHistory history;

    /**
     * Makes an order.
     *
     * @param history the server's timelines, against which every position is checked; null while they are not known
     */
    public PostgresPositions(TimelineHistory history) {
        this.history = history;
    }

    @Override
    public PostgresPosition parse(byte[] bytes) {
        try {
            return PostgresPosition.parse(bytes);
        } catch (IllegalArgumentException e) {
            throw new SourceException(
                    ErrorKind.HELD,
                    "POSITION_DAMAGED",
                    "a stored position is not one of PostgreSQL: " + e.getMessage(),
                    "restore the data directory from a copy; or end DeltaForge and start from what the slot holds: "
                            + RESET,
                    e);
        }
    }

    @Override
    public boolean covers(SourcePosition cursor, SourcePosition position) {
        PostgresPosition one = checked(cursor);
        PostgresPosition other = checked(position);
        return compare(one, other) >= 0;
    }

    @Override
    public PostgresPosition restart(Collection<SourcePosition> cursors) {
        PostgresPosition smallest = null;
        for (SourcePosition cursor : cursors) {
            PostgresPosition candidate = checked(cursor);
            if (smallest == null || compare(candidate, smallest) < 0) {
                smallest = candidate;
            }
        }
        if (smallest == null) {
            throw new IllegalArgumentException("no cursors");
        }
        return smallest;
    }

    /**
     * Makes sure that a position is part of the server's log.
     *
     * @param position any position of this kind of source
     * @return the position
     * @throws SourceException of kind {@code HELD} when it lies on a branch that the server did not take
     */
    public PostgresPosition checked(SourcePosition position) {
        if (!(position instanceof PostgresPosition known)) {
            throw new SourceException(
                    ErrorKind.HELD,
                    "POSITION_FOREIGN",
                    position + " is not a position of PostgreSQL",
                    "give the pipeline a new name, or the kind of source that it had; or start afresh: " + RESET,
                    null);
        }
        if (history != null && !history.contains(known.timeline(), known.lastByte())) {
            throw new SourceException(
                    ErrorKind.HELD,
                    "TIMELINE_DIVERGED",
                    "position " + known + " was written in timeline " + Integer.toUnsignedString(known.timeline())
                            + " and is not part of this server's log, whose timelines are " + history,
                    REMEDY,
                    null);
        }
        return known;
    }

    private static int compare(PostgresPosition one, PostgresPosition other) {
        int byLsn = one.compareInTimeline(other);
        int byTimeline = Integer.compareUnsigned(one.timeline(), other.timeline());
        if (byTimeline != 0 && Integer.signum(byLsn) != Integer.signum(byTimeline)) {
            throw new SourceException(
                    ErrorKind.HELD,
                    "TIMELINE_DIVERGED",
                    "positions " + one + " and " + other + " lie on different branches of the log",
                    REMEDY,
                    null);
        }
        return byLsn;
    }
}
