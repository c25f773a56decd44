package io.deltaforge.core;

import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.metrics.MetricScope;
import io.deltaforge.api.source.Attachment;
import io.deltaforge.api.source.Source;
import io.deltaforge.api.source.SourceIdentity;
import io.deltaforge.core.batch.BatchAssembler;
import io.deltaforge.core.batch.BatchCut;
import io.deltaforge.core.batch.BatchOutput;
import io.deltaforge.core.chain.ProcessorChain;
import io.deltaforge.core.chain.ProcessorStep;
import io.deltaforge.core.deadletter.DeadLetterLog;
import io.deltaforge.core.deadletter.DeadLetterQueue;
import io.deltaforge.core.deadletter.LetterDesk;
import io.deltaforge.core.deadletter.Origin;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The life of a started pipeline: connects the source, carries batches from there to the {@linkplain SinkSide side of the
 * sinks}, and decides what becomes of failures. Its reader thread runs the source; everything else is told it through
 * callbacks.
 */
final class PipelineRun implements BatchOutput, SinkSide.Owner {

    private static final Logger LOG = LoggerFactory.getLogger(PipelineRun.class);
    private static final long STANDBY_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final PipelineDefinition definition;
    private final SinkSide sinks;
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
    private volatile SourcePosition released;
    private volatile DeltaForgeException fatal;
    private volatile boolean stopping;
    private volatile PipelineState rest = PipelineState.STOPPED;
    private volatile Consumer<EventBatch> tap;
    private long sequence;
    private SourcePosition lastEnd;

    PipelineRun(PipelineDefinition definition) {
        this.definition = definition;
        CurrentSinks current = new CurrentSinks(definition.sinks());
        this.health = new PipelineHealth(definition, current);
        this.metrics = new PipelineMetrics(definition.metrics(), definition.name(), health::statusValue);
        this.meter = new SourceMeter(sourceScope());
        this.letters = new DeadLetterLog(definition.checkpoints(), definition.name());
        this.deadLetters = definition
                .journal()
                .map(limits -> new DeadLetterQueue(
                        definition.name(), letters, limits, metrics.scope(), InstantSource.system()));
        this.sinks = new SinkSide(definition, current, deadLetters, health, metrics, this);
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
        sinks.watchCheckpoints();
        reader.start();
    }

    SinkSide sinks() {
        return sinks;
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

    PipelineStatus status() {
        return sinks.status(meter);
    }

    boolean awaitEnd(long timeoutNanos) throws InterruptedException {
        reader.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(timeoutNanos)));
        return !reader.isAlive();
    }

    void stop(long drainNanos) {
        stopping = true;
        health.stopping();
        try {
            if (drainNanos > 0 && reader.isAlive()) {
                sinks.drain(drainNanos);
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
        metrics.panicIfUnexpected(reason);
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
                                definition.name(), definition.source().id(), sourceScope(), sinks.sourceState()))) {
            source = current;
            SourceIdentity identity = current.open();
            Attachment attachment = sinks.join(identity);
            SourcePosition oldest = current.attach(attachment);
            Optional<SourcePosition> begin = sinks.attach(identity, oldest, current.positions());
            if (begin.isPresent()) {
                lastEnd = begin.get();
                sequence = sinks.newest();
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
        sinks.publish(batch, metrics.times(cut));
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
        return sinks.isSinkFree();
    }

    @Override
    public boolean awaitRoom(int waitingEvents, long waitingBytes, long timeoutNanos) throws InterruptedException {
        if (stopping) {
            TimeUnit.NANOSECONDS.sleep(Math.min(timeoutNanos, TimeUnit.MILLISECONDS.toNanos(5)));
            return false;
        }
        return sinks.awaitRoom(waitingEvents, waitingBytes, timeoutNanos);
    }

    @Override
    public boolean isEnding() {
        return stopping || fatal != null;
    }

    @Override
    public void release(SourcePosition upTo) {
        released = upTo;
        Source current = source;
        if (current != null) {
            current.release(upTo);
        }
    }

    @Override
    public void end(DeltaForgeException reason) {
        fatal = reason;
        stopSource();
        synchronized (wakeUp) {
            wakeUp.notifyAll();
        }
    }

    private void finish(DeltaForgeException reason) {
        boolean interrupted = Thread.interrupted();
        sinks.close(reason != null && fatal == null);
        chain.close();
        if (reason == null) {
            health.show(rest, null);
            LOG.info("Pipeline {}: {}", definition.name(), rest == PipelineState.PAUSED ? "paused" : "stopped");
        } else {
            if (fatal == null) {
                meter.failed(reason);
                metrics.panicIfUnexpected(reason);
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

    private static DeltaForgeException unexpected(Throwable error) {
        return new SourceException(ErrorKind.FATAL, PipelineMetrics.UNEXPECTED, "unexpected failure: " + error, error);
    }
}
