package io.deltaforge.core;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.checkpoint.StateStore;
import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.source.Attachment;
import io.deltaforge.api.source.PositionOrder;
import io.deltaforge.api.source.SourceIdentity;
import io.deltaforge.core.commit.CheckpointCommitter;
import io.deltaforge.core.commit.CommitListener;
import io.deltaforge.core.commit.PipelineCheckpoints;
import io.deltaforge.core.commit.SinkPosition;
import io.deltaforge.core.deadletter.DeadLetterQueue;
import io.deltaforge.core.fanout.BatchObserver;
import io.deltaforge.core.fanout.FanOut;
import io.deltaforge.core.fanout.LaneListener;
import io.deltaforge.core.fanout.LaneStatus;
import io.deltaforge.core.fanout.WindowLimits;
import io.deltaforge.core.replay.ReplayRequest;
import io.deltaforge.core.replay.ReplayResult;
import io.deltaforge.core.replay.Replayer;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What of a run lies behind its reader: the lanes, what is saved of how far they have come, and the set of sinks, which may
 * change meanwhile. Begins when the source has said where it is, and stays through all its reconnects. Safe from any thread;
 * batches are published by one.
 */
final class SinkSide implements LaneListener, CommitListener {

    private static final Logger LOG = LoggerFactory.getLogger(SinkSide.class);
    private static final long FAILED_DRAIN_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long SAVE_NANOS = TimeUnit.SECONDS.toNanos(5);

    /** The run that this is a side of. */
    interface Owner {

        /** Says whether the run is about to end, or has. */
        boolean isEnding();

        /** Ends the run. */
        void end(DeltaForgeException reason);

        /** Tells the source up to where its log is not needed any more. */
        void release(SourcePosition upTo);
    }

    private final PipelineDefinition definition;
    private final CurrentSinks sinks;
    private final PipelineCheckpoints checkpoints;
    private final Optional<DeadLetterQueue> deadLetters;
    private final PipelineHealth health;
    private final PipelineMetrics metrics;
    private final Owner owner;
    /** What is to rest, whether there are lanes yet or not. */
    private final Set<String> paused = ConcurrentHashMap.newKeySet();

    private volatile FanOut fanOut;
    private volatile LaneSpecs laneSpecs;
    private volatile CheckpointCommitter committer;
    private volatile Replayer replayer;
    private volatile boolean closed;

    SinkSide(
            PipelineDefinition definition,
            CurrentSinks sinks,
            Optional<DeadLetterQueue> deadLetters,
            PipelineHealth health,
            PipelineMetrics metrics,
            Owner owner) {
        this.definition = requireNonNull(definition, "definition is null");
        this.sinks = requireNonNull(sinks, "sinks is null");
        this.checkpoints = new PipelineCheckpoints(definition.checkpoints(), definition.name());
        this.deadLetters = requireNonNull(deadLetters, "deadLetters is null");
        this.health = requireNonNull(health, "health is null");
        this.metrics = requireNonNull(metrics, "metrics is null");
        this.owner = requireNonNull(owner, "owner is null");
    }

    /** The small durable values of the source. */
    StateStore sourceState() {
        return checkpoints.state();
    }

    void watchCheckpoints() {
        metrics.watchLastCheckpoint(() -> sinks.ids().stream()
                .mapToDouble(this::savedAt)
                .filter(at -> !Double.isNaN(at))
                .max()
                .orElse(Double.NaN));
        sinks.all().forEach(this::watchCheckpoints);
    }

    private void watchCheckpoints(SinkDefinition sink) {
        metrics.watchCheckpoints(sink, () -> health.checkpointStatus(fanOut, sink.id()), () -> savedAt(sink.id()));
    }

    private double savedAt(String sink) {
        CheckpointCommitter current = committer;
        return current == null
                ? Double.NaN
                : current.savedAt(sink).map(at -> at.toEpochMilli() / 1e3).orElse(Double.NaN);
    }

    PipelineStatus status(SourceMeter meter) {
        return health.status(
                fanOut, committer, meter, deadLetters.map(DeadLetterQueue::size).orElse(0L));
    }

    /** Writes down which sinks there are, before anything is made in the database; for each connection of the source. */
    synchronized Attachment join(SourceIdentity identity) {
        return checkpoints.join(identity, sinks.ids());
    }

    /**
     * Takes note of where the source begins; starts the lanes when that is known for the first time.
     *
     * @return where to begin to read, when it is the first time
     */
    synchronized Optional<SourcePosition> attach(SourceIdentity identity, SourcePosition oldest, PositionOrder order) {
        Map<String, SinkPosition> cursors = checkpoints.cursors(oldest, order);
        if (fanOut != null) {
            return Optional.empty();
        }
        deadLetters.ifPresent(queue -> queue.open(order));
        Spools spools = Spools.open(definition, identity, oldest, cursors, order);
        try {
            CheckpointCommitter newCommitter = new CheckpointCommitter(
                    "df-" + definition.name() + "-checkpoints", checkpoints, order, cursors, this);
            LaneSpecs specs = new LaneSpecs(definition, checkpoints, deadLetters, metrics.scope(), identity, order);
            FanOut lanes = new FanOut(
                    sinks.all().stream()
                            .map(sink -> specs.of(sink, spools.lanes().get(sink.id())))
                            .toList(),
                    order,
                    new WindowLimits(definition.limits().windowEvents(), definition.budget()),
                    spools.spool(),
                    spools.begin(),
                    this);
            laneSpecs = specs;
            committer = newCommitter;
            fanOut = lanes;
        } catch (RuntimeException e) {
            spools.spool().ifPresent(opened -> opened.log().close());
            throw e;
        }
        metrics.watch(fanOut);
        committer.start();
        // Before they begin: a sink that is to rest is not even opened.
        paused.forEach(fanOut::pause);
        fanOut.start();
        deadLetters.ifPresent(queue -> replayer =
                new Replayer(definition.name(), queue, new RunningLanes(definition, fanOut, committer, order)));
        return Optional.of(spools.begin());
    }

    /** The number of the last batch that was published, or left by an earlier run. */
    long newest() {
        return fanOut.newest();
    }

    void publish(EventBatch batch, BatchObserver observer) {
        fanOut.publish(batch, observer);
    }

    boolean isSinkFree() {
        return fanOut.isSinkFree();
    }

    boolean awaitRoom(int waitingEvents, long waitingBytes, long timeoutNanos) throws InterruptedException {
        return fanOut.awaitRoom(waitingEvents, waitingBytes, timeoutNanos);
    }

    CompletableFuture<List<ReplayResult>> replay(ReplayRequest request) {
        return Replayer.ask(definition.name(), deadLetters.isPresent(), replayer, request);
    }

    /** Whether sinks can be told anything, added and removed. */
    boolean isOpen() {
        return fanOut != null && !closed && !owner.isEnding();
    }

    private FanOut lanes() {
        FanOut lanes = fanOut;
        if (!isOpen()) {
            throw new IllegalStateException("pipeline " + definition.name() + " does not run");
        }
        return lanes;
    }

    private void requireKnown(String sink) {
        if (!sinks.has(sink)) {
            throw unknown(sink);
        }
    }

    private static IllegalArgumentException unknown(String sink) {
        return new IllegalArgumentException("there is no sink '" + sink + "'");
    }

    void pause(String sink) {
        requireKnown(sink);
        // In this order: lanes that begin meanwhile see it in one place or the other.
        paused.add(sink);
        FanOut lanes = fanOut;
        if (lanes != null) {
            lanes().pause(sink);
        }
    }

    synchronized void resume(String sink) {
        requireKnown(sink);
        boolean rested = paused.remove(sink);
        if (rested && fanOut == null) {
            return;
        }
        FanOut lanes = lanes();
        LaneStatus status = lanes.status().get(sink);
        if (status != null && status.phase() == LaneStatus.Phase.DETACHED) {
            lanes.attach(sink, cursor -> committer.attach(sink, cursor, Optional.empty()));
        } else {
            lanes.resume(sink);
        }
    }

    void restart(String sink) {
        lanes().restart(sink);
    }

    synchronized void add(SinkDefinition sink, boolean oldest) {
        FanOut lanes = lanes();
        if (sinks.has(sink.id())) {
            throw new IllegalArgumentException("there is a sink '" + sink.id() + "' already");
        }
        // One of the same name may have come further before it was removed.
        lanes.saved(Map.of(sink.id(), 0L));
        lanes.add(oldest, (start, spooled) -> {
            committer.attach(sink.id(), start.cursor(), spooled);
            return laneSpecs.of(sink, start);
        });
        sinks.add(sink);
        watchCheckpoints(sink);
    }

    /** Ends the trial of a sink that was added; one that has failed meanwhile, and is required, ends the pipeline. */
    synchronized void keep(String sink) {
        FanOut lanes = lanes();
        requireKnown(sink);
        sinks.keep(sink);
        LaneStatus status = lanes.status().get(sink);
        if (status.phase() == LaneStatus.Phase.FAILED && sinks.required().contains(sink)) {
            owner.end(status.failure());
        }
    }

    synchronized void remove(String sink) throws InterruptedException {
        FanOut lanes = lanes();
        List<SinkDefinition> fewer = sinks.without(sink);
        if (fewer.size() == sinks.all().size()) {
            throw unknown(sink);
        }
        Set<String> ids = fewer.stream().map(SinkDefinition::id).collect(Collectors.toSet());
        List<String> problems = fewer.isEmpty()
                ? List.of("a pipeline needs at least one sink")
                : definition.policy().problems(ids, CurrentSinks.required(fewer));
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException("without sink '" + sink + "': " + String.join("; ", problems));
        }
        lanes.remove(sink);
        paused.remove(sink);
        // Even if the store fails: what it still has of a sink that is none of the pipeline's is forgotten by the next
        // start.
        sinks.remove(sink);
        committer.forget(sink);
    }

    @Override
    public void advanced(String sink, long batchSequence, SourcePosition end) {
        committer.advanced(sink, batchSequence, end);
    }

    @Override
    public void stopped(String sink, DeltaForgeException failure) {
        LOG.error(
                "Pipeline {}, sink {}: {}: {}",
                definition.name(),
                sink,
                failure.reason(),
                failure.getMessage(),
                failure);
        metrics.panicIfUnexpected(failure);
        if (sinks.required().contains(sink)) {
            owner.end(failure);
        }
    }

    @Override
    public void saved(Map<String, Long> sequences, long nanos) {
        metrics.saved(nanos);
        fanOut.saved(sequences);
    }

    @Override
    public void spooled(Set<String> spooledFor, SourcePosition end) {
        committer.spooled(spooledFor, end);
    }

    @Override
    public void detached(String sink, DeltaForgeException reason) {
        LOG.error(
                "Pipeline {}, sink {}: given up: {}; it gets no more events until it is resumed, and misses those between",
                definition.name(),
                sink,
                reason.getMessage());
        committer.detach(sink);
    }

    @Override
    public void spool(DeltaForgeException failure) {
        if (failure != null && failure.kind() != ErrorKind.RETRIABLE) {
            metrics.panicIfUnexpected(failure);
            owner.end(failure);
        } else if (health.spool(failure) && failure != null) {
            LOG.warn("Pipeline {}: {}: {}", definition.name(), failure.reason(), failure.getMessage());
        }
    }

    @Override
    public void releasable(SourcePosition upTo) {
        owner.release(upTo);
    }

    @Override
    public void storage(DeltaForgeException failure) {
        if (failure == null) {
            health.storage(null);
        } else if (failure.kind() == ErrorKind.RETRIABLE) {
            if (health.storage(failure)) {
                LOG.warn("Pipeline {}: positions cannot be saved: {}", definition.name(), failure.getMessage());
            }
        } else {
            metrics.panicIfUnexpected(failure);
            owner.end(failure);
        }
    }

    /** Lets every sink finish what it was given, and saves. */
    void drain(long nanos) throws InterruptedException {
        FanOut lanes = fanOut;
        if (lanes != null) {
            lanes.drain(nanos);
            committer.awaitSaved(SAVE_NANOS);
        }
    }

    /**
     * Ends every lane.
     *
     * @param drain whether they may first finish what they were given, for a moment
     */
    void close(boolean drain) {
        FanOut lanes;
        synchronized (this) {
            closed = true;
            lanes = fanOut;
        }
        if (lanes == null) {
            return;
        }
        if (drain) {
            drainQuietly(lanes);
        }
        lanes.close();
        Optional.ofNullable(replayer).ifPresent(Replayer::close);
        committer.close();
    }

    private static void drainQuietly(FanOut lanes) {
        try {
            lanes.drain(FAILED_DRAIN_NANOS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
