package io.deltaforge.server.lifecycle;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.checkpoint.CheckpointStore;
import io.deltaforge.core.PipelineRecords;
import io.deltaforge.core.commit.CheckpointRecord;
import io.deltaforge.core.deadletter.DeadLetterLog;
import io.deltaforge.core.deadletter.LetterDesk;
import io.deltaforge.server.config.ServerConfig;
import io.deltaforge.server.deadletter.LetterAccess;
import java.nio.file.Files;

/**
 * The positions of pipelines that do not run, for operators to look at and to mend. Owns the data directory from {@link #open}
 * to {@link #close}, so that no server can use it meanwhile. For one thread.
 */
public final class Checkpoints implements AutoCloseable {

    private final CheckpointStore store;

    private Checkpoints(CheckpointStore store) {
        this.store = store;
    }

    /**
     * Takes the data directory of a configuration.
     *
     * @param config says where it is
     * @return the positions in it
     * @throws EnvironmentException when there is none, when a server uses it, or when it cannot be read
     */
    public static Checkpoints open(ServerConfig config) {
        requireNonNull(config, "config is null");
        if (!Files.isDirectory(config.dataDirectory())) {
            throw new EnvironmentException(
                    "deltaforge.data_dir: there is no directory " + config.dataDirectory()
                            + ", so nothing was ever saved in it",
                    null);
        }
        CheckpointStore store =
                config.checkpoint().factory().create(config.checkpoint().settings(), config.dataDirectory());
        new DataDirectory(config.dataDirectory(), store).tryToTake().ifPresent(inUse -> {
            throw new EnvironmentException(
                    "deltaforge.data_dir: " + inUse.getMessage()
                            + "; end it first, or ask it: GET /pipelines/NAME of its API",
                    inUse);
        });
        return new Checkpoints(store);
    }

    /**
     * Shows what is stored of a pipeline.
     *
     * @param pipeline the pipeline
     * @return the record
     */
    public CheckpointRecord show(ServerConfig.Pipeline pipeline) {
        return records(pipeline)
                .show(
                        pipeline.source().id(),
                        pipeline.source().factory(),
                        pipeline.source().settings());
    }

    /**
     * Returns the means to change what is stored of a pipeline.
     *
     * @param pipeline the pipeline
     * @return its records
     */
    public PipelineRecords records(ServerConfig.Pipeline pipeline) {
        return new PipelineRecords(store, pipeline.name());
    }

    /**
     * Returns what a pipeline has put aside.
     *
     * @param pipeline the pipeline
     * @return its dead letters
     */
    public LetterAccess deadLetters(ServerConfig.Pipeline pipeline) {
        DeadLetterLog log = new DeadLetterLog(store, pipeline.name());
        return new LetterAccess(pipeline.name(), log, LetterDesk.of(pipeline.name(), log), request -> {
            throw new EnvironmentException(
                    "a replay goes through the sinks of a running pipeline, and no process uses the data directory: start"
                            + " it (deltaforge run) and ask again",
                    null);
        });
    }

    @Override
    public void close() {
        store.close();
    }
}
