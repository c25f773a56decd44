package io.deltaforge.bench.jmh;

import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.metrics.MetricScope;
import io.deltaforge.api.sink.Sink;
import io.deltaforge.core.batch.BatchAssembler;
import io.deltaforge.core.batch.BatchCut;
import io.deltaforge.core.batch.BatchLimits;
import io.deltaforge.core.batch.BatchOutput;
import io.deltaforge.core.commit.PositionWitness;
import io.deltaforge.core.fanout.BatchObserver;
import io.deltaforge.core.fanout.FanOut;
import io.deltaforge.core.fanout.LaneListener;
import io.deltaforge.core.fanout.LaneSpec;
import io.deltaforge.core.fanout.LaneStart;
import io.deltaforge.core.fanout.MemoryBudget;
import io.deltaforge.core.fanout.WindowLimits;
import io.deltaforge.core.retry.RetryPolicy;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OperationsPerInvocation;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * The engine alone: ready-made events, in transactions of 1,000, through the assembler and the lanes to sinks that
 * acknowledge at once; per event. {@code -prof gc} shows the bytes allocated per event, over all threads.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.NANOSECONDS)
@Warmup(iterations = 3, time = 1)
@Measurement(iterations = 5, time = 1)
@Fork(2)
public class FanOutBenchmark {

    private static final int EVENTS = 1_000;
    private static final long PATIENCE_NANOS = TimeUnit.SECONDS.toNanos(10);

    /** Acknowledges at once. */
    private static final class NoOpSink implements Sink {
        @Override
        public void open() {}

        @Override
        public CompletionStage<Void> deliver(EventBatch batch) {
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void close() {}
    }

    /** The sinks store no positions, so there is nothing to watch over. */
    private static final class Unwatched implements PositionWitness {
        @Override
        public SourcePosition settle(SourcePosition held, SourcePosition remembered) {
            throw new IllegalStateException("no sink here stores positions");
        }

        @Override
        public void withoutPositions() {}
    }

    /** Remembers why a lane stopped. */
    private static final class Watch implements LaneListener {
        private final AtomicReference<DeltaForgeException> failure = new AtomicReference<>();

        @Override
        public void advanced(String sink, long sequence, SourcePosition end) {}

        @Override
        public void stopped(String sink, DeltaForgeException reason) {
            failure.set(reason);
        }

        @Override
        public void spooled(Set<String> sinks, SourcePosition end) {}

        @Override
        public void detached(String sink, DeltaForgeException reason) {}

        @Override
        public void spool(DeltaForgeException reason) {}
    }

    /** Gives the assembler's batches to the lanes. */
    private final class ToLanes implements BatchOutput {
        private long sequence;

        @Override
        public void batch(BatchCut cut) {
            fanOut.publish(new EventBatch(++sequence, cut.events(), cut.end()), BatchObserver.NONE);
        }

        @Override
        public void drained() {}

        @Override
        public boolean isSinkFree() {
            return fanOut.isSinkFree();
        }

        @Override
        public boolean awaitRoom(int waitingEvents, long waitingBytes, long timeoutNanos) throws InterruptedException {
            return fanOut.awaitRoom(waitingEvents, waitingBytes, timeoutNanos);
        }
    }

    /** How many sinks there are. */
    @Param({"1", "3"})
    private int sinks;

    private final List<ChangeEvent> events = SampleLog.events(EVENTS);
    private final Watch watch = new Watch();
    private FanOut fanOut;
    private BatchAssembler assembler;
    private long transaction;

    /** Makes the state; called by JMH. */
    public FanOutBenchmark() {}

    /** Starts the lanes. */
    @Setup
    public void start() {
        List<LaneSpec> specs = new ArrayList<>();
        for (int i = 0; i < sinks; i++) {
            specs.add(new LaneSpec(
                    "bench",
                    "sink-" + i,
                    true,
                    NoOpSink::new,
                    LaneStart.at(new SamplePosition(0)),
                    new Unwatched(),
                    BatchLimits.DEFAULT.maxInflight(),
                    0,
                    RetryPolicy.DEFAULT,
                    MetricScope.none()));
        }
        fanOut = new FanOut(
                specs,
                SamplePosition.ORDER,
                new WindowLimits(BatchLimits.DEFAULT.windowEvents(), MemoryBudget.ofHeap(1)),
                Optional.empty(),
                new SamplePosition(0),
                watch);
        assembler = new BatchAssembler(BatchLimits.DEFAULT, new ToLanes(), System::nanoTime);
        fanOut.start();
    }

    /**
     * Ends the lanes.
     *
     * @throws InterruptedException when the thread is interrupted
     */
    @TearDown
    public void stop() throws InterruptedException {
        boolean drained = fanOut.drain(PATIENCE_NANOS);
        fanOut.close();
        if (!drained || watch.failure.get() != null) {
            throw new IllegalStateException("the lanes did not deliver everything", watch.failure.get());
        }
    }

    /**
     * The baseline: collects the same events in a list and walks over it.
     *
     * @return something of every event
     */
    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public long collectAndWalk() {
        List<ChangeEvent> collected = new ArrayList<>();
        for (ChangeEvent event : events) {
            collected.add(event);
        }
        long sum = 0;
        for (ChangeEvent event : collected) {
            sum += event.ordinal();
        }
        return sum;
    }

    /**
     * A transaction through the engine.
     *
     * @throws InterruptedException when the thread is interrupted
     */
    @Benchmark
    @OperationsPerInvocation(EVENTS)
    public void throughTheEngine() throws InterruptedException {
        if (!assembler.awaitRoom(PATIENCE_NANOS)) {
            throw new IllegalStateException("the lanes are stuck", watch.failure.get());
        }
        for (ChangeEvent event : events) {
            assembler.event(event);
        }
        assembler.commit(new SamplePosition(++transaction));
    }
}
