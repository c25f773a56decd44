package io.deltaforge.core;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.checkpoint.CheckpointStore;
import io.deltaforge.api.config.Settings;
import io.deltaforge.api.error.ConfigException;
import io.deltaforge.api.error.ConfigException.Problem;
import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.metrics.MetricScope;
import io.deltaforge.api.processor.ProcessorFactory;
import io.deltaforge.api.source.SourceFactory;
import io.deltaforge.core.batch.BatchLimits;
import io.deltaforge.core.commit.CommitPolicy;
import io.deltaforge.core.deadletter.DeadLetterLimits;
import io.deltaforge.core.deadletter.DeadLetterLog;
import io.deltaforge.core.deadletter.LetterDesk;
import io.deltaforge.core.fanout.MemoryBudget;
import io.deltaforge.core.replay.ReplayRequest;
import io.deltaforge.core.replay.ReplayResult;
import io.deltaforge.core.retry.RetryPolicy;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Consumer;
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

    /**
     * Returns where people discard and edit the pipeline's dead letters, whether it runs or not.
     *
     * @return the desk; to be used while the store is open
     */
    public LetterDesk letterDesk() {
        return run.desk();
    }

    /**
     * Delivers dead letters after all, through the lanes of the sinks that miss them, in turn with live events. Returns at once.
     * A letter is gone once every sink that missed its event has acknowledged it; a crash in between leaves it, and the next
     * replay delivers the event again.
     *
     * @param request which letters, and how
     * @return completes with what became of each letter, those included that were parked behind one that is gone; a sink that is
     *     down makes it wait
     * @throws DeltaForgeException when the pipeline does not run, or puts nothing aside
     */
    public CompletableFuture<List<ReplayResult>> replay(ReplayRequest request) {
        return run.sinks().replay(request);
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
     * Has one sink closed, once what is under way is settled, until it is resumed; the others go on. In a pipeline that has not
     * come to its sinks yet the sink rests from the beginning. Returns at once.
     *
     * @param sink the sink's id
     * @throws IllegalArgumentException when there is no such sink
     * @throws IllegalStateException when the pipeline has ended
     */
    public void pauseSink(String sink) {
        run.sinks().pause(sink);
    }

    /**
     * Has one sink go on: one that was paused, or has failed for good, where it was; one that was given up, with what is read
     * next.
     *
     * @param sink the sink's id
     * @throws IllegalArgumentException when there is no such sink
     * @throws IllegalStateException when the pipeline has ended, or has not come to its sinks yet and the sink was not paused
     */
    public void resumeSink(String sink) {
        run.sinks().resume(sink);
    }

    /**
     * Makes one sink anew, once what is under way is settled; the others go on. Returns at once.
     *
     * @param sink the sink's id
     * @throws IllegalArgumentException when there is no such sink
     * @throws IllegalStateException when the pipeline has not come to its sinks yet, or not any more
     */
    public void restartSink(String sink) {
        run.sinks().restart(sink);
    }

    /**
     * Says whether the pipeline has come to its sinks, so that some can be added and removed.
     *
     * @return false before the source has said where it begins, and once the pipeline ends
     */
    public boolean isAtItsSinks() {
        return run.sinks().isOpen();
    }

    /**
     * Adds a sink while the others go on. It is on trial until it is {@linkplain #keepSink kept}: if it fails for good before,
     * the pipeline goes on even if the sink is required. Blocks until its first position is saved.
     *
     * @param sink the sink
     * @param oldest whether it begins with the oldest event of the spool, as long as some sink needs what is there; else it
     *     begins with what is read next
     * @throws IllegalArgumentException when there is a sink with the same id
     * @throws IllegalStateException when the pipeline has not come to its sinks yet, or not any more
     * @throws DeltaForgeException when the position cannot be saved; the sink is not added then
     */
    public void addSink(SinkDefinition sink, boolean oldest) {
        run.sinks().add(sink, oldest);
    }

    /**
     * Ends the trial of a sink that was added. One that is required, and has failed for good meanwhile, ends the pipeline.
     *
     * @param sink the sink's id
     * @throws IllegalArgumentException when there is no such sink
     * @throws IllegalStateException when the pipeline has not come to its sinks yet, or not any more
     */
    public void keepSink(String sink) {
        run.sinks().keep(sink);
    }

    /**
     * Removes a sink while the others go on, and forgets its position. Blocks until it is closed, for some seconds at most.
     *
     * @param sink the sink's id
     * @throws IllegalArgumentException when there is no such sink, or the commit policy cannot be met without it
     * @throws IllegalStateException when the pipeline has not come to its sinks yet, or not any more
     * @throws DeltaForgeException when the position cannot be forgotten; the sink is gone, and the next start of a pipeline
     *     without it forgets the position
     * @throws InterruptedException when the thread is interrupted
     */
    public void removeSink(String sink) throws InterruptedException {
        run.sinks().remove(sink);
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
     * Stops as {@link #stop} does, and is shown as resting. One that does not run, be it not started or failed, is only shown so.
     *
     * @param as {@link PipelineState#PAUSED} or {@link PipelineState#STOPPED}
     * @param drainLimit how long the sinks may take
     */
    public void rest(PipelineState as, Duration drainLimit) {
        if (as != PipelineState.PAUSED && as != PipelineState.STOPPED) {
            throw new IllegalArgumentException("a pipeline rests paused or stopped, not " + as);
        }
        run.rest(as, drainLimit.toNanos());
    }

    /**
     * Ends the pipeline with the state {@link PipelineState#FAILED}, because one of its threads has ended with an error. Returns
     * at once.
     *
     * @param error what nobody has caught
     */
    public void fail(Throwable error) {
        run.fail(requireNonNull(error, "error is null"));
    }

    /**
     * Has every batch shown that is given to the sinks.
     *
     * @param listener called by the reader, so it must return at once and throw nothing; null for nobody
     */
    public void tap(Consumer<EventBatch> listener) {
        run.tap(listener);
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
        private Duration sinkDeadline = Duration.ZERO;
        private DeadLetterLimits journal;
        private SpoolDefinition spool;
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
         * Gives sinks that fall behind their events from disk, so that nobody else waits for them.
         *
         * @param definition where and how much
         * @return this builder
         */
        public Builder spool(SpoolDefinition definition) {
            spool = requireNonNull(definition, "definition is null");
            return this;
        }

        /**
         * Sets how long a sink may take for one batch, or for one call, before it is interrupted and made anew.
         *
         * @param limit the limit; zero for none, which is the default
         * @return this builder
         */
        public Builder sinkDeadline(Duration limit) {
            sinkDeadline = requireNonNull(limit, "limit is null");
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
                    sinkDeadline,
                    policy,
                    retry,
                    Optional.ofNullable(journal),
                    Optional.ofNullable(spool),
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
