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
 * @param committed the position that the commit policy reports as committed, as text, if there is one yet
 * @param sinks every sink
 */
public record PipelineStatus(
        String name,
        PipelineState state,
        Instant since,
        Optional<Cause> cause,
        Optional<String> committed,
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
     * What one sink was doing.
     *
     * @param id the sink
     * @param required whether the commit policy {@code required} waits for it
     * @param state what it is doing
     * @param since since when
     * @param cause why, when all is not well
     * @param position how far its acknowledged events reach, durably, as text, if known
     * @param waitingBatches how many batches it has not acknowledged
     */
    public record SinkStatus(
            String id,
            boolean required,
            PipelineState state,
            Instant since,
            Optional<Cause> cause,
            Optional<String> position,
            int waitingBatches) {}
}
