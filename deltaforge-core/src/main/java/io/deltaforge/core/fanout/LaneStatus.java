package io.deltaforge.core.fanout;

import io.deltaforge.api.error.DeltaForgeException;
import java.time.Instant;

/**
 * What a lane was doing when it was asked.
 *
 * @param phase what it is doing
 * @param since since when
 * @param failure the last failure while all is not well, or null
 * @param waitingBatches how many batches the sink has not acknowledged
 */
public record LaneStatus(Phase phase, Instant since, DeltaForgeException failure, int waitingBatches) {

    /** What a lane is doing. */
    public enum Phase {
        /** Opening the sink for the first time. */
        STARTING,
        /** Delivering. */
        RUNNING,
        /** Failing in a way that may pass; trying again. */
        RETRYING,
        /** Stopped on request. */
        STOPPED,
        /** Stopped for a reason that will not pass by itself. */
        FAILED
    }
}
