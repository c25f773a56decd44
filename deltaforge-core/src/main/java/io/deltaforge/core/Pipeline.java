package io.deltaforge.core;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.checkpoint.CheckpointStore;
import io.deltaforge.api.config.Settings;
import io.deltaforge.api.error.ConfigException;
import io.deltaforge.api.error.ConfigException.Problem;
import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.metrics.MetricScope;
import io.deltaforge.api.processor.ProcessorFactory;
import io.deltaforge.api.source.SourceFactory;
import io.deltaforge.core.batch.BatchLimits;
import io.deltaforge.core.commit.CommitPolicy;
import io.deltaforge.core.deadletter.DeadLetterLimits;
import io.deltaforge.core.deadletter.DeadLetterLog;
import io.deltaforge.core.fanout.MemoryBudget;
import io.deltaforge.core.retry.RetryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.regex.Pattern;

/**
 * One source, a chain of processors, one or more sinks. A pipeline has threads of its own: one that reads, one that saves
 * positions, and one per sink; nothing that happens in it disturbs another pipeline. Safe from any thread.
 *
 * <p>Life cycle: built, {@linkplain #start started} once, {@linkplain #stop stopped} once.
 */
public final class Pipeline implements AutoCloseable {

    private static final Pattern NAME = Pattern.compile("[A-Za-z0-9._-]{1,63}");

    private final PipelineRun run;

    private Pipeline(PipelineDefinition definition) {
        this.run = new PipelineRun(definition);
    }

    /**
     * Begins to describe a pipeline.
     *
     * @param name its name: 1 to 63 letters, digits, dots, underscores and dashes
     * @return a builder
     */
    public static Builder builder(String name) {
        return new Builder(name);
    }

    /**
     * Returns the pipeline's dead letters as they are stored, whether it puts any aside or not.
     *
     * @return the letters; to be read while the store is open
     */
    public DeadLetterLog deadLetters() {
        return run.deadLetters();
    }

    /** Starts reading and delivering; returns at once. */
    public void start() {
        run.start();
    }

    /**
     * Shows that the pipeline waits for its turn. Before {@link #start} only, which ends the wait.
     *
     * @param reason what it waits for
     */
    public void standBy(DeltaForgeException reason) {
        run.standBy(reason);
    }

    /**
     * Returns what the pipeline is doing.
     *
     * @return a picture of this moment
     */
    public PipelineStatus status() {
        return run.status();
    }

    /**
     * Stops: reads no more, lets every sink finish what it was given, saves, disconnects. Blocks until that is done.
     *
     * @param drainLimit how long the sinks may take; what they have not acknowledged by then is delivered again after the
     *     next start
     */
    public void stop(Duration drainLimit) {
        run.stop(drainLimit.toNanos());
    }

    /**
     * Waits until the pipeline has ended, by request or by failure.
     *
     * @param timeout how long to wait at most
     * @return whether it has ended
     * @throws InterruptedException when the thread is interrupted
     */
    public boolean awaitEnd(Duration timeout) throws InterruptedException {
        return run.awaitEnd(timeout.toNanos());
    }

    /** Stops without waiting for the sinks. Idempotent. */
    @Override
    public void close() {
        stop(Duration.ZERO);
    }

    /** Collects what a pipeline is made of. Not thread-safe. */
    public static final class Builder {

        private final String name;
        private PipelineDefinition.SourceDefinition source;
        private final List<PipelineDefinition.ProcessorDefinition> processors = new ArrayList<>();
        private final List<SinkDefinition> sinks = new ArrayList<>();
        private BatchLimits limits = BatchLimits.DEFAULT;
        private CommitPolicy policy = CommitPolicy.required();
        private RetryPolicy retry = RetryPolicy.DEFAULT;
        private DeadLetterLimits journal;
        private CheckpointStore checkpoints;
        private MetricScope metrics = MetricScope.none();
        private MemoryBudget budget;

        private Builder(String name) {
            this.name = requireNonNull(name, "name is null");
        }

        /**
         * Sets the source.
         *
         * @param id its name
         * @param factory makes it
         * @param settings checked against the factory's spec
         * @return this builder
         */
        public Builder source(String id, SourceFactory factory, Settings settings) {
            source = new PipelineDefinition.SourceDefinition(id, factory, settings);
            return this;
        }

        /**
         * Adds a processor behind those added before.
         *
         * @param id its name
         * @param factory makes it
         * @param settings checked against the factory's spec
         * @return this builder
         */
        public Builder processor(String id, ProcessorFactory factory, Settings settings) {
            processors.add(new PipelineDefinition.ProcessorDefinition(id, factory, settings));
            return this;
        }

        /**
         * Adds a sink.
         *
         * @param definition the sink
         * @return this builder
         */
        public Builder sink(SinkDefinition definition) {
            sinks.add(definition);
            return this;
        }

        /**
         * Sets the bounds of batches.
         *
         * @param newLimits the bounds
         * @return this builder
         */
        public Builder batch(BatchLimits newLimits) {
            limits = newLimits;
            return this;
        }

        /**
         * Sets which acknowledgements count.
         *
         * @param newPolicy the policy
         * @return this builder
         */
        public Builder commitPolicy(CommitPolicy newPolicy) {
            policy = newPolicy;
            return this;
        }

        /**
         * Sets how long to wait between tries.
         *
         * @param newRetry the waits
         * @return this builder
         */
        public Builder retry(RetryPolicy newRetry) {
            retry = newRetry;
            return this;
        }

        /**
         * Has events that can never be delivered as they are put aside, in the store of the positions. Without, the first of
         * them stops the pipeline.
         *
         * @param newLimits how many and how large
         * @return this builder
         */
        public Builder deadLetters(DeadLetterLimits newLimits) {
            journal = requireNonNull(newLimits, "newLimits is null");
            return this;
        }

        /**
         * Sets where positions are kept.
         *
         * @param openStore an open store, which the pipeline does not close
         * @return this builder
         */
        public Builder checkpoints(CheckpointStore openStore) {
            checkpoints = openStore;
            return this;
        }

        /**
         * Sets where metrics go.
         *
         * @param rootScope a scope without labels
         * @return this builder
         */
        public Builder metrics(MetricScope rootScope) {
            metrics = rootScope;
            return this;
        }

        /**
         * Sets the memory that events may keep alive.
         *
         * @param shared one budget for all pipelines of a process
         * @return this builder
         */
        public Builder memory(MemoryBudget shared) {
            budget = shared;
            return this;
        }

        /**
         * Checks everything and makes the pipeline.
         *
         * @return the pipeline, not yet started
         * @throws ConfigException with all that is wrong
         */
        public Pipeline build() {
            List<Problem> problems = new ArrayList<>();
            if (!NAME.matcher(name).matches()) {
                problems.add(new Problem("name", "'" + name + "' must match " + NAME));
            }
            if (source == null) {
                problems.add(new Problem("source", "is missing"));
            }
            if (checkpoints == null) {
                problems.add(new Problem("checkpoints", "no store was given"));
            }
            checkSinks(problems);
            limits.problems().forEach(problem -> problems.add(new Problem("batch", problem)));
            if (!problems.isEmpty()) {
                throw new ConfigException(problems);
            }
            return new Pipeline(new PipelineDefinition(
                    name,
                    source,
                    List.copyOf(processors),
                    List.copyOf(sinks),
                    limits,
                    policy,
                    retry,
                    Optional.ofNullable(journal),
                    checkpoints,
                    metrics,
                    budget == null ? MemoryBudget.ofHeap(1) : budget));
        }

        private void checkSinks(List<Problem> problems) {
            Set<String> ids = new LinkedHashSet<>();
            Set<String> required = new HashSet<>();
            for (SinkDefinition sink : sinks) {
                if (!NAME.matcher(sink.id()).matches()) {
                    problems.add(new Problem("sinks", "id '" + sink.id() + "' must match " + NAME));
                }
                if (!ids.add(sink.id())) {
                    problems.add(new Problem("sinks", "two sinks have the id '" + sink.id() + "'"));
                }
                if (sink.required()) {
                    required.add(sink.id());
                }
            }
            if (sinks.isEmpty()) {
                problems.add(new Problem("sinks", "a pipeline needs at least one sink"));
            } else {
                policy.problems(ids, required).forEach(problem -> problems.add(new Problem("commit_policy", problem)));
            }
        }
    }
}
