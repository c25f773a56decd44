package io.deltaforge.server.deadletter;

import static java.util.Objects.requireNonNull;

import io.deltaforge.core.Pipeline;
import io.deltaforge.core.deadletter.DeadLetterLog;
import io.deltaforge.core.deadletter.LetterDesk;
import io.deltaforge.core.replay.ReplayRequest;
import io.deltaforge.core.replay.ReplayResult;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * The dead letters of a pipeline, and what can be done to them.
 *
 * @param pipeline the pipeline's name
 * @param log the letters
 * @param desk where they are discarded and edited
 * @param replay delivers them after all
 */
public record LetterAccess(
        String pipeline,
        DeadLetterLog log,
        LetterDesk desk,
        Function<ReplayRequest, CompletableFuture<List<ReplayResult>>> replay) {

    /** Refuses missing parts. */
    public LetterAccess {
        requireNonNull(pipeline, "pipeline is null");
        requireNonNull(log, "log is null");
        requireNonNull(desk, "desk is null");
        requireNonNull(replay, "replay is null");
    }

    /**
     * Gives access to those of a pipeline of this process.
     *
     * @param pipeline the pipeline
     * @return access while the store is open
     */
    public static LetterAccess of(Pipeline pipeline) {
        return new LetterAccess(
                pipeline.status().name(), pipeline.deadLetters(), pipeline.letterDesk(), pipeline::replay);
    }
}
