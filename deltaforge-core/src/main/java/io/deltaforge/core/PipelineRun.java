package io.deltaforge.core;

import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.metrics.MetricScope;
import io.deltaforge.api.sink.DeadLetters;
import io.deltaforge.api.sink.Sink;
import io.deltaforge.api.source.Attachment;
import io.deltaforge.api.source.PositionOrder;
import io.deltaforge.api.source.Source;
import io.deltaforge.api.source.SourceIdentity;
import io.deltaforge.core.batch.BatchAssembler;
import io.deltaforge.core.batch.BatchCut;
import io.deltaforge.core.batch.BatchOutput;
import io.deltaforge.core.chain.ProcessorChain;
import io.deltaforge.core.chain.ProcessorStep;
import io.deltaforge.core.commit.CheckpointCommitter;
import io.deltaforge.core.commit.CommitListener;
import io.deltaforge.core.commit.PipelineCheckpoints;
import io.deltaforge.core.deadletter.DeadLetterLog;
import io.deltaforge.core.deadletter.DeadLetterQueue;
import io.deltaforge.core.deadletter.Origin;
import io.deltaforge.core.deadletter.OriginDeadLetters;
import io.deltaforge.core.fanout.FanOut;
import io.deltaforge.core.fanout.LaneListener;
import io.deltaforge.core.fanout.LaneSpec;
import io.deltaforge.core.fanout.RoutingErrors;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Supplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of a started pipeline: connects the source, starts the lanes, carries batches from one to the others, and
 * decides what becomes of failures. Its reader thread runs the source; everything else is told it through callbacks.
 */
final class PipelineRun implements BatchOutput, LaneListener, CommitListener {

    private static final Logger LOG = LoggerFactory.getLogger(PipelineRun.class);
    private static final String UNEXPECTED = "UNEXPECTED";
    private static final long STANDBY_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long FAILED_DRAIN_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long SAVE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final PipelineDefinition definition;
    private final PipelineCheckpoints checkpoints;
    private final PipelineHealth health;
    private final PipelineMetrics metrics;
    private final SourceMeter meter;
    private final DeadLetterLog letters;
    private final Optional<DeadLetterQueue> deadLetters;
    private final ProcessorChain chain;
    private final BatchAssembler assembler;
    private final Thread reader;
    private final Object wakeUp = new Object();

    private volatile Source source;
    private volatile FanOut fanOut;
    private volatile CheckpointCommitter committer;
    private volatile SourcePosition released;
    private volatile DeltaForgeException fatal;
    private volatile boolean stopping;
    private long sequence;
    private SourcePosition lastEnd;

    PipelineRun(PipelineDefinition definition) {
        this.definition = definition;
        this.checkpoints = new PipelineCheckpoints(definition.checkpoints(), definition.name());
        this.health = new PipelineHealth(definition);
        this.metrics = new PipelineMetrics(definition.metrics(), definition.name(), health::statusValue);
        this.meter = new SourceMeter(sourceScope());
        this.letters = new DeadLetterLog(definition.checkpoints(), definition.name());
        this.deadLetters = definition
                .journal()
                .map(limits -> new DeadLetterQueue(
                        definition.name(), letters, limits, metrics.scope(), InstantSource.system()));
        this.chain = new ProcessorChain(
                definition.processors().stream().map(this::step).toList());
        this.assembler = new BatchAssembler(definition.limits(), this, System::nanoTime);
        this.reader = new Thread(this::run, "df-" + definition.name() + "-reader");
    }

    private MetricScope sourceScope() {
        return metrics.scope().with(Map.of("source", definition.source().id()));
    }

    private ProcessorStep step(PipelineDefinition.ProcessorDefinition step) {
        return new ProcessorStep(
                step.factory().type(),
                step.factory().create(step.settings()),
                deadLetters.map(queue -> queue.of(Origin.processor(step.id()))),
                metrics.scope().with(Map.of("processor", step.id())));
    }

    void start() {
        health.started();
        watchCheckpoints();
        reader.start();
    }

    private void watchCheckpoints() {
        metrics.watchLastCheckpoint(() -> definition.sinkIds().stream()
                .mapToDouble(this::savedAt)
                .filter(at -> !Double.isNaN(at))
                .max()
                .orElse(Double.NaN));
        for (SinkDefinition sink : definition.sinks()) {
            metrics.watchCheckpoints(sink, () -> health.checkpointStatus(fanOut, sink.id()), () -> savedAt(sink.id()));
        }
    }

    private double savedAt(String sink) {
        CheckpointCommitter current = committer;
        return current == null
                ? Double.NaN
                : current.savedAt(sink).map(at -> at.toEpochMilli() / 1e3).orElse(Double.NaN);
    }

    /** Shows that the pipeline waits for its turn, before it is started. */
    void standBy(DeltaForgeException reason) {
        health.show(PipelineState.STANDBY, reason);
    }

    DeadLetterLog deadLetters() {
        return letters;
    }

    PipelineStatus status() {
        return health.status(
                fanOut, committer, meter, deadLetters.map(DeadLetterQueue::size).orElse(0L));
    }

    boolean awaitEnd(long timeoutNanos) throws InterruptedException {
        reader.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(timeoutNanos)));
        return !reader.isAlive();
    }

    void stop(long drainNanos) {
        stopping = true;
        health.stopping();
        try {
            FanOut lanes = fanOut;
            if (lanes != null && drainNanos > 0 && reader.isAlive()) {
                lanes.drain(drainNanos);
                committer.awaitSaved(SAVE_NANOS);
            }
            stopSource();
            synchronized (wakeUp) {
                wakeUp.notifyAll();
            }
            if (!awaitEnd(TimeUnit.SECONDS.toNanos(10))) {
                reader.interrupt();
                awaitEnd(TimeUnit.SECONDS.toNanos(10));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            reader.interrupt();
        }
    }

    private void stopSource() {
        Source current = source;
        if (current != null) {
            current.stop();
        }
    }

    private void run() {
        DeltaForgeException end = null;
        try {
            int failures = 0;
            while (!stopping && end == null) {
                long sequenceBefore = sequence;
                DeltaForgeException reason = fatal != null ? fatal : readWithOneSource();
                failures = sequence > sequenceBefore ? 1 : failures + 1;
                if (reason != null && !stopping) {
                    end = react(reason, failures);
                }
            }
        } catch (InterruptedException e) {
            LOG.debug("Pipeline {}: interrupted", definition.name());
        } catch (Throwable e) {
            end = unexpected(e);
        } finally {
            finish(end);
        }
    }

    /** Returns the reason if it ends the pipeline; else waits as long as the reason asks for. */
    private DeltaForgeException react(DeltaForgeException reason, int failures) throws InterruptedException {
        switch (reason.kind()) {
            case RETRIABLE -> {
                meter.failed(reason);
                meter.reconnect();
                long delay = definition.retry().delayNanos(failures);
                health.show(PipelineState.DEGRADED, reason, Instant.now().plusNanos(delay));
                if (Integer.bitCount(failures) == 1) {
                    LOG.warn(
                            "Pipeline {}: {}: {}; try {} in {} ms",
                            definition.name(),
                            reason.reason(),
                            reason.getMessage(),
                            failures + 1,
                            TimeUnit.NANOSECONDS.toMillis(delay));
                }
                sleep(delay);
            }
            case STANDBY -> {
                meter.standby();
                if (health.show(PipelineState.STANDBY, reason, Instant.now().plusNanos(STANDBY_NANOS))) {
                    LOG.info("Pipeline {}: standing by: {}", definition.name(), reason.getMessage());
                }
                sleep(STANDBY_NANOS);
            }
            default -> {
                return reason;
            }
        }
        return null;
    }

    private void sleep(long nanos) throws InterruptedException {
        long deadline = System.nanoTime() + nanos;
        synchronized (wakeUp) {
            for (long left = nanos; left > 0 && !stopping && fatal == null; left = deadline - System.nanoTime()) {
                TimeUnit.NANOSECONDS.timedWait(wakeUp, left);
            }
        }
    }

    /** Reads until the source ends; returns why it did, or null when it was asked to. */
    private DeltaForgeException readWithOneSource() throws InterruptedException {
        try (Source current = definition
                .source()
                .factory()
                .create(
                        definition.source().settings(),
                        new SourceEnvironment(
                                definition.name(), definition.source().id(), sourceScope(), checkpoints.state()))) {
            source = current;
            SourceIdentity identity = current.open();
            Attachment attachment = checkpoints.join(identity, definition.sinkIds());
            SourcePosition oldest = current.attach(attachment);
            Map<String, SourcePosition> cursors = checkpoints.cursors(oldest, current.positions());
            if (fanOut == null) {
                deadLetters.ifPresent(DeadLetterQueue::open);
                startLanes(identity, cursors, current.positions());
            }
            if (released != null) {
                current.release(released);
            }
            assembler.reset();
            chain.reset();
            if (stopping || fatal != null) {
                return fatal;
            }
            meter.away();
            health.show(PipelineState.RUNNING, null);
            LOG.info("Pipeline {}: reading {} from {}", definition.name(), identity.description(), lastEnd);
            current.run(lastEnd, assembler);
            return fatal != null || stopping
                    ? fatal
                    : new SourceException(ErrorKind.RETRIABLE, "SOURCE_ENDED", "the source ended by itself", null);
        } catch (InterruptedException e) {
            throw e;
        } catch (DeltaForgeException e) {
            return fatal != null ? fatal : e;
        } catch (RuntimeException e) {
            return unexpected(e);
        } finally {
            meter.away();
            source = null;
        }
    }

    private void startLanes(SourceIdentity identity, Map<String, SourcePosition> cursors, PositionOrder order) {
        lastEnd = order.restart(cursors.values());
        CheckpointCommitter newCommitter =
                new CheckpointCommitter("df-" + definition.name() + "-checkpoints", checkpoints, order, cursors, this);
        List<LaneSpec> specs = definition.sinks().stream()
                .map(sink -> laneSpec(sink, identity, cursors.get(sink.id()), order))
                .toList();
        FanOut lanes = new FanOut(specs, order, definition.limits().windowEvents(), definition.budget(), this);
        committer = newCommitter;
        fanOut = lanes;
        metrics.watch(lanes);
        newCommitter.start();
        lanes.start();
    }

    private LaneSpec laneSpec(
            SinkDefinition sink, SourceIdentity identity, SourcePosition cursor, PositionOrder order) {
        MetricScope scope = metrics.scope().with(Map.of("sink", sink.id()));
        return new LaneSpec(
                definition.name(),
                sink.id(),
                sink.required(),
                sinks(sink, identity, scope),
                cursor,
                checkpoints.witness(sink.id(), order),
                definition.limits().maxInflight(),
                definition.retry(),
                scope);
    }

    /** Before a sink is given anything again for the sake of an event that must be put aside, there is room for it. */
    private Supplier<Sink> sinks(SinkDefinition sink, SourceIdentity identity, MetricScope scope) {
        Optional<OriginDeadLetters> kept = deadLetters.map(queue -> queue.of(Origin.sink(sink.id())));
        DeadLetters given = new NoDeadLetters(sink.id());
        if (kept.isPresent()) {
            given = (event, failure) -> {
                kept.get().put(event, failure);
                RoutingErrors.count(scope, failure);
            };
        }
        SinkEnvironment environment =
                new SinkEnvironment(definition.name(), sink.id(), identity.id(), sink.envelope(), scope, given);
        return () -> {
            kept.ifPresent(OriginDeadLetters::requireRoom);
            return sink.factory().create(sink.settings(), environment);
        };
    }

    @Override
    public void batch(BatchCut cut) {
        if (stopping) {
            return;
        }
        meter.read(cut.events());
        ProcessorChain.Output output = process(cut);
        if (output.end() == null) {
            return;
        }
        EventBatch batch = new EventBatch(++sequence, output.events(), output.end());
        metrics.batch(batch);
        lastEnd = output.end();
        fanOut.publish(batch, metrics.times(cut));
    }

    private ProcessorChain.Output process(BatchCut cut) {
        if (chain.isEmpty()) {
            return chain.process(cut.events(), cut.end(), cut.whole());
        }
        long start = System.nanoTime();
        ProcessorChain.Output output = chain.process(cut.events(), cut.end(), cut.whole());
        metrics.processed(cut.trigger(), System.nanoTime() - start);
        return output;
    }

    @Override
    public void drained() {
        meter.drained();
    }

    @Override
    public boolean isSinkFree() {
        return fanOut.isSinkFree();
    }

    @Override
    public boolean awaitRoom(int waitingEvents, long waitingBytes, long timeoutNanos) throws InterruptedException {
        if (stopping) {
            TimeUnit.NANOSECONDS.sleep(Math.min(timeoutNanos, TimeUnit.MILLISECONDS.toNanos(5)));
            return false;
        }
        return fanOut.awaitRoom(waitingEvents, waitingBytes, timeoutNanos);
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
        countIfPanic(failure);
        if (definition.requiredSinks().contains(sink)) {
            end(failure);
        }
    }

    private void countIfPanic(DeltaForgeException failure) {
        if (failure.reason().equals(UNEXPECTED)) {
            metrics.panic();
        }
    }

    @Override
    public void saved(long nanos) {
        metrics.saved(nanos);
    }

    @Override
    public void releasable(SourcePosition upTo) {
        released = upTo;
        Source current = source;
        if (current != null) {
            current.release(upTo);
        }
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
            countIfPanic(failure);
            end(failure);
        }
    }

    private void end(DeltaForgeException reason) {
        fatal = reason;
        stopSource();
        synchronized (wakeUp) {
            wakeUp.notifyAll();
        }
    }

    private void finish(DeltaForgeException reason) {
        boolean interrupted = Thread.interrupted();
        FanOut lanes = fanOut;
        if (lanes != null) {
            if (reason != null && fatal == null) {
                drainQuietly(lanes);
            }
            lanes.close();
            committer.close();
        }
        chain.close();
        if (reason == null) {
            health.show(PipelineState.STOPPED, null);
            LOG.info("Pipeline {}: stopped", definition.name());
        } else {
            if (fatal == null) {
                meter.failed(reason);
                countIfPanic(reason);
            }
            health.show(reason.kind() == ErrorKind.HELD ? PipelineState.HELD : PipelineState.FAILED, reason);
            LOG.error(
                    "Pipeline {}: {} ({}): {}{}",
                    definition.name(),
                    reason.kind() == ErrorKind.HELD ? "held" : "failed",
                    reason.reason(),
                    reason.getMessage(),
                    reason.remedy().map(remedy -> "; to do: " + remedy).orElse(""),
                    reason.kind() == ErrorKind.HELD ? null : reason);
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void drainQuietly(FanOut lanes) {
        try {
            lanes.drain(FAILED_DRAIN_NANOS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private static DeltaForgeException unexpected(Throwable error) {
        return new SourceException(ErrorKind.FATAL, UNEXPECTED, "unexpected failure: " + error, error);
    }
}
