package io.deltaforge.core;

import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * What a pipeline was doing when it was asked.
 *
 * @param name the pipeline
 * @param state what it is doing, all its sinks taken together
 * @param since since when
 * @param cause why, when all is not well
 * @param trouble what went wrong last, and when it is tried again
 * @param committed the position that the commit policy reports as committed, as text, if there is one yet
 * @param flow how the source keeps up
 * @param deadLetters how many events are put aside, as far as this pipeline puts any aside
 * @param sinks every sink
 */
public record PipelineStatus(
        String name,
        PipelineState state,
        Instant since,
        Optional<Cause> cause,
        Trouble trouble,
        Optional<String> committed,
        Flow flow,
        long deadLetters,
        List<SinkStatus> sinks) {

    /**
     * Why all is not well.
     *
     * @param reason a stable code in capitals
     * @param message what happened, for people, without secrets
     * @param remedy what an operator can do
     */
    public record Cause(String reason, String message, Optional<String> remedy) {}

    /**
     * What went wrong, be it over or not.
     *
     * @param failures how many failures there were in this run
     * @param lastError the last of them
     * @param lastErrorAt when that was
     * @param nextTry when it is tried again, while it is
     */
    public record Trouble(
            long failures, Optional<Cause> lastError, Optional<Instant> lastErrorAt, Optional<Instant> nextTry) {

        /** No trouble so far. */
        public static final Trouble NONE = new Trouble(0, Optional.empty(), Optional.empty(), Optional.empty());
    }

    /**
     * How a source keeps up.
     *
     * @param startedAt when the pipeline was started, if it was
     * @param lagSeconds the age of the transaction read last; 0 when everything is read
     * @param idleSeconds how long ago the source gave its last event, or the pipeline was made
     */
    public record Flow(Optional<Instant> startedAt, double lagSeconds, double idleSeconds) {}

    /**
     * What one sink was doing.
     *
     * @param id the sink
     * @param required whether the commit policy {@code required} waits for it
     * @param state what it is doing
     * @param since since when
     * @param cause why, when all is not well
     * @param trouble what went wrong last, and when it is tried again
     * @param position how far its acknowledged events reach, durably, as text, if known
     * @param savedAt when that position was saved, if in this run
     * @param waitingBatches how many batches it has not acknowledged, those in the spool included
     */
    public record SinkStatus(
            String id,
            boolean required,
            PipelineState state,
            Instant since,
            Optional<Cause> cause,
            Trouble trouble,
            Optional<String> position,
            Optional<Instant> savedAt,
            long waitingBatches) {}
}
