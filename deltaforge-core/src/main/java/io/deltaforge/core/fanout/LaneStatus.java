package io.deltaforge.core.fanout;

import io.deltaforge.api.error.DeltaForgeException;
import java.time.Instant;

/**
 * What a lane was doing when it was asked.
 *
 * @param phase what it is doing
 * @param since since when
 * @param failure why, while all is not well; else null
 * @param last the last failure there was, or null
 * @param nextTry when it is tried again, or null
 * @param failures how many failures there were
 * @param waitingBatches how many batches the sink has not acknowledged, those in the spool included
 */
public record LaneStatus(
        Phase phase,
        Instant since,
        DeltaForgeException failure,
        LastFailure last,
        Instant nextTry,
        long failures,
        long waitingBatches) {

    /**
     * A failure that may be over.
     *
     * @param at when it happened
     * @param failure what happened
     */
    public record LastFailure(Instant at, DeltaForgeException failure) {}

    /** What a lane is doing. */
    public enum Phase {
        /** Opening the sink for the first time. */
        STARTING,
        /** Delivering. */
        RUNNING,
        /** Delivering what the spool has kept; new events come later. */
        CATCHING_UP,
        /** Failing in a way that may pass; trying again. */
        RETRYING,
        /** Waiting, on request, to be told to go on. */
        PAUSED,
        /** Given up: gets no more events until an operator decides. */
        DETACHED,
        /** Stopped on request. */
        STOPPED,
        /** Stopped for a reason that will not pass by itself. */
        FAILED
    }

    /**
     * A lane that has not begun.
     *
     * @param since since when it is to begin
     * @return its status
     */
    public static LaneStatus starting(Instant since) {
        return new LaneStatus(Phase.STARTING, since, null, null, null, 0, 0);
    }
}
