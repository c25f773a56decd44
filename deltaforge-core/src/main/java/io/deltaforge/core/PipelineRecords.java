package io.deltaforge.core;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.checkpoint.CheckpointStore;
import io.deltaforge.api.config.Settings;
import io.deltaforge.api.metrics.MetricScope;
import io.deltaforge.api.source.Source;
import io.deltaforge.api.source.SourceFactory;
import io.deltaforge.core.commit.CheckpointRecord;
import io.deltaforge.core.commit.PipelineCheckpoints;
import java.util.Map;

/** What a pipeline that does not run remembers, for operators to look at and to mend. Asks the store, never the database. */
public final class PipelineRecords {

    private final String pipeline;
    private final PipelineCheckpoints checkpoints;

    /**
     * Looks at a pipeline.
     *
     * @param store an open store that nobody else uses
     * @param pipeline the pipeline's name
     */
    public PipelineRecords(CheckpointStore store, String pipeline) {
        this.pipeline = requireNonNull(pipeline, "pipeline is null");
        this.checkpoints = new PipelineCheckpoints(store, pipeline);
    }

    /**
     * Returns what is stored.
     *
     * @param sourceId the source's id
     * @param factory makes the source, which knows what positions mean
     * @param settings the source's settings
     * @return the record
     */
    public CheckpointRecord show(String sourceId, SourceFactory factory, Settings settings) {
        try (Source source = factory.create(
                settings, new SourceEnvironment(pipeline, sourceId, MetricScope.none(), checkpoints.state()))) {
            return checkpoints.record(source.positions());
        }
    }

    /** Forgets everything, durably: the next start is a first one, and reads from what the source still holds. */
    public void reset() {
        checkpoints.reset();
    }

    /**
     * Forgets one sink's position, durably.
     *
     * @param sink the sink's id
     * @return whether the sink was known
     */
    public boolean reset(String sink) {
        return checkpoints.reset(sink);
    }

    /** Accepts, durably and for the next start, that the log is only there from where the source holds it. */
    public void acceptSlot() {
        checkpoints.acceptSlot();
    }

    /**
     * Takes down what is stored, so that it can be {@linkplain Kept#restore put back}.
     *
     * @return the records of this moment
     */
    public Kept keep() {
        Map<String, byte[]> kept = checkpoints.kept();
        return new Kept() {
            @Override
            public boolean isEmpty() {
                return kept.isEmpty();
            }

            @Override
            public void restore() {
                checkpoints.restore(kept);
            }
        };
    }

    /** Records as they were. */
    public interface Kept {

        /**
         * Says whether there was anything.
         *
         * @return true when the pipeline was never started, or was forgotten
         */
        boolean isEmpty();

        /** Gives sinks that were forgotten meanwhile the positions back that they had, durably; others keep what they have. */
        void restore();
    }
}
