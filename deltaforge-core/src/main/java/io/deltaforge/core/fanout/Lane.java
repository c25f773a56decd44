package io.deltaforge.core.fanout;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.sink.Sink;
import io.deltaforge.api.sink.TransactionalSink;
import io.deltaforge.api.source.PositionOrder;
import java.time.Instant;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One sink's ordered way through the engine: its thread, its batches, its tries. After a failure nothing more is handed
 * over; the sink is closed, made anew, and given everything again from the first batch that it has not acknowledged.
 */
final class Lane implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);
    private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LaneSpec spec;
    private final boolean awaited;
    private final PositionOrder order;
    private final LaneListener listener;
    private final LaneMetrics metrics;
    private final SkipFilter skip;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final InFlightBatches batches = new InFlightBatches();

    private SourcePosition reached;
    private DeltaForgeException failure;
    private int attempt;
    private int failures;
    private boolean draining;
    private boolean closing;
    private volatile boolean free;
    private volatile LaneStatus.Phase phase = LaneStatus.Phase.STARTING;
    private volatile Instant since = Instant.now();
    private volatile DeltaForgeException shownFailure;
    private volatile LaneStatus.LastFailure lastFailure;
    private volatile Instant nextTry;

    Lane(LaneSpec spec, boolean awaited, PositionOrder order, LaneListener listener) {
        this.spec = spec;
        this.awaited = awaited;
        this.order = order;
        this.listener = listener;
        this.metrics = new LaneMetrics(spec.metrics());
        this.skip = new SkipFilter(order, spec.cursor());
        this.reached = spec.cursor();
        this.thread = new Thread(this, "df-" + spec.pipeline() + "-sink-" + spec.sink());
    }

    void start() {
        thread.start();
    }

    String sink() {
        return spec.sink();
    }

    boolean isFree() {
        return free;
    }

    void offer(SharedBatch shared) {
        lock.lock();
        try {
            if (phase == LaneStatus.Phase.STOPPED) {
                shared.release();
                return;
            }
            batches.add(shared);
            free = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    LaneStatus status() {
        lock.lock();
        try {
            return new LaneStatus(phase, since, shownFailure, lastFailure, nextTry, metrics.failures(), batches.size());
        } finally {
            lock.unlock();
        }
    }

    /** Asks the lane to end once everything it was given is acknowledged. */
    void drain() {
        lock.lock();
        try {
            draining = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Asks the lane to end now. */
    void close() {
        lock.lock();
        try {
            closing = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        thread.interrupt();
    }

    /** Waits for the lane's thread to end. */
    boolean join(long timeoutNanos) throws InterruptedException {
        thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(timeoutNanos)));
        return !thread.isAlive();
    }

    @Override
    public void run() {
        try {
            while (true) {
                DeltaForgeException reason = deliverWithOneSink();
                if (reason == null) {
                    end(LaneStatus.Phase.STOPPED, null);
                    return;
                }
                if (reason.kind() != ErrorKind.RETRIABLE) {
                    end(LaneStatus.Phase.FAILED, reason);
                    return;
                }
                backOff(reason);
            }
        } catch (InterruptedException e) {
            end(LaneStatus.Phase.STOPPED, null);
        } catch (Throwable e) {
            end(LaneStatus.Phase.FAILED, unexpected(e));
        }
    }

    /** Returns why it ended; null when it was asked to. */
    private DeltaForgeException deliverWithOneSink() throws InterruptedException {
        Sink sink = null;
        try {
            sink = spec.sinks().get();
            sink.open();
            boolean transactional = sink instanceof TransactionalSink;
            if (sink instanceof TransactionalSink holder) {
                SourcePosition held =
                        holder.committedPosition().map(order::parse).orElse(null);
                skip.restart(spec.witness().settle(held, reached()));
            } else {
                spec.witness().withoutPositions();
            }
            show(LaneStatus.Phase.RUNNING, null);
            pump(sink, transactional);
            return null;
        } catch (InterruptedException e) {
            throw e;
        } catch (Exception e) {
            if (isClosing()) {
                return null;
            }
            settle();
            return classified(e);
        } finally {
            closeQuietly(sink);
            rewind();
        }
    }

    private void pump(Sink sink, boolean transactional) throws InterruptedException {
        while (true) {
            InFlightBatches.Entry entry = awaitNext();
            if (entry == null) {
                return;
            }
            int currentAttempt = attempt;
            if (skip.holds(entry.shared().batch())) {
                entry.markHeld();
            }
            // An empty batch moves the position of a sink that stores it, but never back.
            boolean nothingToStore = !transactional || entry.held();
            EventBatch remaining = skip.apply(entry.remaining());
            entry.remaining(remaining);
            if (remaining.isEmpty() && nothingToStore) {
                complete(entry, currentAttempt, null);
            } else {
                entry.deliveredAt(System.nanoTime());
                sink.deliver(remaining).whenComplete((done, error) -> complete(entry, currentAttempt, error));
            }
        }
    }

    /** Returns the next batch to hand over, or null when the lane is to end. */
    private InFlightBatches.Entry awaitNext() throws InterruptedException {
        lock.lock();
        try {
            while (true) {
                if (closing || (draining && batches.size() == 0)) {
                    return null;
                }
                if (failure != null) {
                    throw failure;
                }
                noteWhetherFree();
                if (batches.hasWaiting() && batches.underWay() < spec.maxInflight()) {
                    InFlightBatches.Entry entry = batches.next();
                    noteWhetherFree();
                    return entry;
                }
                changed.await();
            }
        } finally {
            lock.unlock();
        }
    }

    private void noteWhetherFree() {
        free = !batches.hasWaiting() && batches.underWay() < spec.maxInflight();
    }

    private void complete(InFlightBatches.Entry entry, int deliveryAttempt, Throwable error) {
        SourcePosition end = null;
        long sequence = 0;
        lock.lock();
        try {
            if (deliveryAttempt != attempt) {
                return;
            }
            if (error != null) {
                if (failure == null) {
                    failure = classified(error);
                }
            } else {
                batches.acknowledge(entry);
                for (InFlightBatches.Entry done = batches.pollAcknowledged();
                        done != null;
                        done = batches.pollAcknowledged()) {
                    // What a sink had before a replay leaves it where it is.
                    end = done.held()
                            ? (end == null ? reached : end)
                            : done.shared().batch().end();
                    sequence = done.shared().batch().sequence();
                    noteDelivered(done);
                    done.shared().release();
                    failures = 0;
                }
                noteWhetherFree();
            }
            // Under the lock, so that positions are reported in the order in which they were reached.
            if (end != null) {
                reached = end;
                listener.advanced(spec.sink(), sequence, end);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void noteDelivered(InFlightBatches.Entry done) {
        int events = done.remaining().size();
        if (events > 0) {
            done.shared().acknowledged(awaited, metrics.delivered(events, done.deliveredAt()));
        }
    }

    /** Gives deliveries under way a moment to be acknowledged, so that fewer are repeated. */
    private void settle() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (failure == null) {
                return;
            }
            long left = SETTLE_NANOS;
            int before;
            do {
                before = batches.underWay();
                left = changed.awaitNanos(left);
            } while (left > 0 && batches.underWay() < before && !closing);
        } finally {
            lock.unlock();
        }
    }

    private void rewind() {
        lock.lock();
        try {
            attempt++;
            failure = null;
            batches.rewind();
        } finally {
            lock.unlock();
        }
    }

    private void backOff(DeltaForgeException reason) throws InterruptedException {
        failures++;
        metrics.reconnect();
        long left = spec.retry().delayNanos(failures);
        nextTry = Instant.now().plusNanos(left);
        show(LaneStatus.Phase.RETRYING, reason);
        // Said at the 1st, 2nd, 4th, 8th try and so on: often enough to be seen, too seldom to flood.
        if (Integer.bitCount(failures) == 1) {
            LOG.warn(
                    "Pipeline {}, sink {}: {}: {}; try {} in {} ms",
                    spec.pipeline(),
                    spec.sink(),
                    reason.reason(),
                    reason.getMessage(),
                    failures + 1,
                    TimeUnit.NANOSECONDS.toMillis(left));
        }
        lock.lockInterruptibly();
        try {
            while (left > 0 && !closing) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private SourcePosition reached() {
        lock.lock();
        try {
            return reached;
        } finally {
            lock.unlock();
        }
    }

    private boolean isClosing() {
        lock.lock();
        try {
            return closing;
        } finally {
            lock.unlock();
        }
    }

    private void show(LaneStatus.Phase newPhase, DeltaForgeException reason) {
        if (newPhase == LaneStatus.Phase.RUNNING && phase == LaneStatus.Phase.RETRYING) {
            LOG.info("Pipeline {}, sink {}: connected again", spec.pipeline(), spec.sink());
        }
        shownFailure = reason;
        if (reason != null) {
            lastFailure = new LaneStatus.LastFailure(Instant.now(), reason);
            metrics.failed(reason);
        }
        if (newPhase != LaneStatus.Phase.RETRYING) {
            nextTry = null;
        }
        if (newPhase != phase) {
            since = Instant.now();
            phase = newPhase;
        }
    }

    private void end(LaneStatus.Phase last, DeltaForgeException reason) {
        lock.lock();
        try {
            show(last, reason);
            free = false;
            if (last == LaneStatus.Phase.STOPPED) {
                batches.clear().forEach(entry -> entry.shared().release());
            }
        } finally {
            lock.unlock();
        }
        if (reason != null) {
            listener.stopped(spec.sink(), reason);
        }
    }

    private void closeQuietly(Sink sink) {
        if (sink == null) {
            return;
        }
        try {
            sink.close();
        } catch (RuntimeException e) {
            LOG.warn("Pipeline {}, sink {}: closing failed: {}", spec.pipeline(), spec.sink(), e.toString());
        }
    }

    private static DeltaForgeException classified(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        return cause instanceof DeltaForgeException known ? known : unexpected(cause);
    }

    private static DeltaForgeException unexpected(Throwable error) {
        return new DeliveryException(ErrorKind.FATAL, "UNEXPECTED", "unexpected failure: " + error, error);
    }
}
