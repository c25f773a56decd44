package io.deltaforge.core;

import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.metrics.MetricScope;
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
import io.deltaforge.core.commit.SinkPosition;
import io.deltaforge.core.deadletter.DeadLetterLog;
import io.deltaforge.core.deadletter.DeadLetterQueue;
import io.deltaforge.core.deadletter.LetterDesk;
import io.deltaforge.core.deadletter.Origin;
import io.deltaforge.core.fanout.FanOut;
import io.deltaforge.core.fanout.LaneListener;
import io.deltaforge.core.fanout.LaneStatus;
import io.deltaforge.core.fanout.WindowLimits;
import io.deltaforge.core.replay.ReplayRequest;
import io.deltaforge.core.replay.ReplayResult;
import io.deltaforge.core.replay.Replayer;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import java.util.stream.Collectors;
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
    private final CurrentSinks sinks;
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
    private volatile LaneSpecs laneSpecs;
    private volatile CheckpointCommitter committer;
    private volatile Replayer replayer;
    private volatile SourcePosition released;
    private volatile DeltaForgeException fatal;
    private volatile boolean stopping;
    private volatile PipelineState rest = PipelineState.STOPPED;
    private volatile Consumer<EventBatch> tap;
    private long sequence;
    private SourcePosition lastEnd;

    PipelineRun(PipelineDefinition definition) {
        this.definition = definition;
        this.sinks = new CurrentSinks(definition.sinks());
        this.checkpoints = new PipelineCheckpoints(definition.checkpoints(), definition.name());
        this.health = new PipelineHealth(definition, sinks);
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

    /** Shows that the pipeline waits for its turn, before it is started. */
    void standBy(DeltaForgeException reason) {
        health.show(PipelineState.STANDBY, reason);
    }

    DeadLetterLog deadLetters() {
        return letters;
    }

    /** Without a journal there may still be letters of an earlier time. */
    LetterDesk desk() {
        return deadLetters.map(DeadLetterQueue::desk).orElseGet(() -> LetterDesk.of(definition.name(), letters));
    }

    CompletableFuture<List<ReplayResult>> replay(ReplayRequest request) {
        return Replayer.ask(definition.name(), deadLetters.isPresent(), replayer, request);
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

    /** Stops, unless nothing runs, and shows a state of rest from then on. */
    void rest(PipelineState as, long drainNanos) {
        rest = as;
        if (reader.isAlive()) {
            stop(drainNanos);
        }
        if (!reader.isAlive()) {
            health.show(as, null);
        }
    }

    /** Ends the pipeline for an error of one of its threads that nobody has caught. */
    void fail(Throwable error) {
        DeltaForgeException reason = unexpected(error);
        countIfPanic(reason);
        end(reason);
        if (!reader.isAlive()) {
            health.show(PipelineState.FAILED, reason);
        }
    }

    void tap(Consumer<EventBatch> listener) {
        tap = listener;
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
            Attachment attachment = checkpoints.join(identity, sinks.ids());
            SourcePosition oldest = current.attach(attachment);
            Map<String, SinkPosition> cursors = checkpoints.cursors(oldest, current.positions());
            if (fanOut == null) {
                PositionOrder order = current.positions();
                deadLetters.ifPresent(queue -> queue.open(order));
                startLanes(identity, oldest, cursors, current.positions());
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

    private void startLanes(
            SourceIdentity identity, SourcePosition oldest, Map<String, SinkPosition> cursors, PositionOrder order) {
        Spools spools = Spools.open(definition, identity, oldest, cursors, order);
        try {
            lastEnd = spools.begin();
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
                    lastEnd,
                    this);
            sequence = lanes.newest();
            laneSpecs = specs;
            committer = newCommitter;
            fanOut = lanes;
        } catch (RuntimeException e) {
            spools.spool().ifPresent(opened -> opened.log().close());
            throw e;
        }
        metrics.watch(fanOut);
        committer.start();
        fanOut.start();
        deadLetters.ifPresent(queue -> replayer =
                new Replayer(definition.name(), queue, new RunningLanes(definition, fanOut, committer, order)));
    }

    /** The lanes, once the pipeline has come to them. */
    FanOut lanes() {
        FanOut lanes = fanOut;
        if (lanes == null || stopping || fatal != null) {
            throw new IllegalStateException("pipeline " + definition.name() + " does not run");
        }
        return lanes;
    }

    void resumeSink(String sink) {
        FanOut lanes = lanes();
        LaneStatus status = lanes.status().get(sink);
        if (status != null && status.phase() == LaneStatus.Phase.DETACHED) {
            lanes.attach(sink, cursor -> committer.attach(sink, cursor));
        } else {
            lanes.resume(sink);
        }
    }

    synchronized void addSink(SinkDefinition sink, boolean oldest) {
        FanOut lanes = lanes();
        if (sinks.ids().contains(sink.id())) {
            throw new IllegalArgumentException("there is a sink '" + sink.id() + "' already");
        }
        lanes.add(oldest, start -> {
            committer.attach(sink.id(), start.cursor());
            return laneSpecs.of(sink, start);
        });
        sinks.add(sink);
        watchCheckpoints(sink);
    }

    synchronized void removeSink(String sink) throws InterruptedException {
        FanOut lanes = lanes();
        List<SinkDefinition> fewer = sinks.without(sink);
        if (fewer.size() == sinks.all().size()) {
            throw new IllegalArgumentException("there is no sink '" + sink + "'");
        }
        Set<String> ids = fewer.stream().map(SinkDefinition::id).collect(Collectors.toSet());
        List<String> problems = fewer.isEmpty()
                ? List.of("a pipeline needs at least one sink")
                : definition.policy().problems(ids, CurrentSinks.required(fewer));
        if (!problems.isEmpty()) {
            throw new IllegalArgumentException("without sink '" + sink + "': " + String.join("; ", problems));
        }
        lanes.remove(sink);
        committer.forget(sink);
        sinks.remove(sink);
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
        Consumer<EventBatch> listener = tap;
        if (listener != null) {
            listener.accept(batch);
        }
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
        if (sinks.required().contains(sink)) {
            end(failure);
        }
    }

    private void countIfPanic(DeltaForgeException failure) {
        if (failure.reason().equals(UNEXPECTED)) {
            metrics.panic();
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
            countIfPanic(failure);
            end(failure);
        } else if (health.spool(failure) && failure != null) {
            LOG.warn("Pipeline {}: {}: {}", definition.name(), failure.reason(), failure.getMessage());
        }
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
            Optional.ofNullable(replayer).ifPresent(Replayer::close);
            committer.close();
        }
        chain.close();
        if (reason == null) {
            health.show(rest, null);
            LOG.info("Pipeline {}: {}", definition.name(), rest == PipelineState.PAUSED ? "paused" : "stopped");
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
