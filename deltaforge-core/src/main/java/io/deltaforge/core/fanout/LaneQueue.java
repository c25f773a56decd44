package io.deltaforge.core.fanout;

import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.source.PositionOrder;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.BooleanSupplier;
import java.util.function.LongFunction;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * What one lane has to deliver, how far it has come, and what it was told to do. The lane's thread takes from it; everybody else
 * gives to it. Safe from any thread.
 */
final class LaneQueue {

    private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LaneSpec spec;
    private final boolean awaited;
    private final LaneListener listener;
    private final BooleanSupplier rejoin;
    private final LaneMetrics metrics;
    private final LaneHealth health;
    private final SpoolSide spool;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final InFlightBatches batches = new InFlightBatches();

    private SourcePosition reached;
    private long acknowledged;
    private DeltaForgeException failure;
    private int attempt;
    private int failures;
    private boolean draining;
    private boolean closing;
    private boolean paused;
    /** Why the sink was given up; null while it is not. */
    private DeltaForgeException detached;

    private boolean again;
    private volatile boolean free;

    /**
     * Makes an empty queue.
     *
     * @param rejoin gives a lane that has read everything from the spool its batches from the window again: returns whether it
     *     does from now on, after calling {@link #toWindow}
     */
    LaneQueue(LaneSpec spec, boolean awaited, PositionOrder order, LaneListener listener, BooleanSupplier rejoin) {
        this.spec = spec;
        this.awaited = awaited;
        this.listener = listener;
        this.rejoin = rejoin;
        this.metrics = new LaneMetrics(spec.metrics());
        this.health = new LaneHealth(spec, metrics);
        this.spool = new SpoolSide(order);
        this.reached = spec.start().cursor();
        this.detached = spec.start().from() == LaneStart.From.NOWHERE ? LaneFailures.givenUp() : null;
    }

    String sink() {
        return spec.sink();
    }

    boolean isFree() {
        return free;
    }

    boolean isRequired() {
        return spec.required();
    }

    boolean isAwaited() {
        return awaited;
    }

    private void change(Runnable what) {
        lock.lock();
        try {
            what.run();
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private <T> T look(Supplier<T> what) {
        lock.lock();
        try {
            return what.get();
        } finally {
            lock.unlock();
        }
    }

    /** Whether it reads from the spool. */
    boolean isBehind() {
        return look(() -> spool.isFeeding());
    }

    /** The number of the last batch of the acknowledged prefix. */
    long acknowledged() {
        return look(() -> acknowledged);
    }

    /** Gives the lane a batch from the window, which it releases. */
    void offer(SharedBatch shared) {
        lock.lock();
        try {
            if (health.phase() == LaneStatus.Phase.STOPPED) {
                shared.release();
                return;
            }
            spool.admit(shared, batches);
            free = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Takes something to deliver besides the log; returns false when the lane delivers nothing any more. */
    boolean insert(Insertion insertion) {
        lock.lock();
        try {
            boolean ended = health.phase() == LaneStatus.Phase.STOPPED || health.phase() == LaneStatus.Phase.FAILED;
            if (ended || detached != null || closing || draining) {
                return false;
            }
            batches.insert(insertion);
            changed.signalAll();
            return true;
        } finally {
            lock.unlock();
        }
    }

    LaneStatus status(long newest) {
        lock.lock();
        try {
            long waiting = spool.isFeeding() ? Math.max(batches.size(), newest - acknowledged) : batches.size();
            return health.status(spool.isFeeding(), waiting);
        } finally {
            lock.unlock();
        }
    }

    /** What of the window a lane holds up, in events and batches, and whether it works on it. */
    record Backlog(boolean delivering, long weight) {}

    Backlog backlog() {
        return look(() ->
                new Backlog(health.phase() == LaneStatus.Phase.RUNNING && !paused, batches.events() + batches.size()));
    }

    /** What a lane has not acknowledged when it begins to read from the spool; all of it is to be released by whoever asked. */
    record Left(List<SharedBatch> underWay, List<SharedBatch> waiting) {}

    /**
     * Has the lane read from the spool, from the first batch that is not under way.
     *
     * @param feeds makes what it reads from, given the number of that batch
     * @param newest the number of the last batch that was published
     * @return what it has not acknowledged
     */
    Left toSpool(LongFunction<SpoolFeed> feeds, long newest) {
        lock.lock();
        try {
            List<SharedBatch> underWay = batches.allUnderWay();
            // Here, because what is under way may be acknowledged, and given back, at any time.
            underWay.forEach(SharedBatch::retain);
            List<SharedBatch> waiting = batches.takeWaiting();
            spool.begin(feeds.apply(
                    waiting.isEmpty() ? newest + 1 : waiting.get(0).batch().sequence()));
            free = false;
            changed.signalAll();
            return new Left(underWay, waiting);
        } finally {
            lock.unlock();
        }
    }

    /** Has the lane read what an earlier run has left for it in the spool; before it is started. */
    void resumeFrom(SpoolFeed left, long before) {
        lock.lock();
        try {
            spool.resume(left);
            acknowledged = before;
        } finally {
            lock.unlock();
        }
    }

    /** The number of the last batch that was read from the spool. */
    long read() {
        return look(() -> spool.read());
    }

    /** Gives the lane its batches from the window again, beginning with these. */
    void toWindow(List<SharedBatch> rest) {
        lock.lock();
        try {
            spool.leave();
            rest.forEach(shared -> spool.admit(shared, batches));
            health.caughtUp();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Says up to which batch the lane needs the spool.
     *
     * @param savedSequence the last batch that the sink holds durably, with its position saved
     * @return the number of the last batch that may be freed; {@link Long#MAX_VALUE} when the lane needs nothing of the spool
     */
    long freeable(long savedSequence) {
        return look(() -> detached != null ? Long.MAX_VALUE : spool.freeable(savedSequence));
    }

    /** More can be read from the spool. */
    void spoolGrew() {
        change(() -> spool.noteGrowth());
    }

    /** Gives the sink up: it is closed and gets no more batches. */
    void detach(DeltaForgeException reason) {
        change(() -> {
            detached = reason;
            spool.forget();
            batches.clear().forEach(InFlightBatches.Entry::release);
            attempt++;
        });
    }

    /** Has a sink that was given up go on with what is offered next. */
    void attach(SourcePosition cursor) {
        change(() -> {
            if (detached == null) {
                throw new IllegalStateException("sink " + spec.sink() + " is not detached");
            }
            detached = null;
            reached = cursor;
            spool.forget();
        });
    }

    SourcePosition reached() {
        return look(() -> reached);
    }

    /** Has the sink closed, once what is under way is settled, until the lane is told to go on. */
    void pause() {
        change(() -> paused = true);
    }

    /** Goes on after a pause, or after a failure that did not pass by itself. */
    void resume() {
        change(() -> {
            again = health.phase() == LaneStatus.Phase.FAILED;
            paused = false;
        });
    }

    /** Makes the sink anew, once what is under way is settled, without waiting for its turn. */
    void restart() {
        change(() -> again = true);
    }

    /**
     * Has the sink's delivery fail if it takes too long.
     *
     * @param now on the clock of {@link System#nanoTime}
     * @param busySince since when the sink has not come back from a call; 0 when it is in none
     * @param interrupt interrupts a call that takes too long; called under the lock
     */
    void checkDeadline(long now, LongSupplier busySince, Runnable interrupt) {
        long deadline = spec.deadlineNanos();
        lock.lock();
        try {
            InFlightBatches.Entry oldest = batches.oldest();
            boolean late = oldest != null && oldest.deliveredAt() != 0 && now - oldest.deliveredAt() > deadline;
            long since = busySince.getAsLong();
            boolean stuck = since != 0 && now - since > deadline;
            if ((late || stuck) && failure == null && !closing) {
                failure = LaneFailures.timeout(deadline);
                metrics.timeout();
                changed.signalAll();
            }
            if (stuck && !closing) {
                interrupt.run();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Asks the lane to end once everything it was given is acknowledged. */
    void drain() {
        change(() -> draining = true);
    }

    /** Asks for the end now. */
    void close() {
        change(() -> closing = true);
    }

    /** Waits while the lane is to do nothing; returns false when it is to end. */
    boolean awaitWanted() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!isEnding() && (paused || detached != null)) {
                health.idle(detached == null ? LaneStatus.Phase.PAUSED : LaneStatus.Phase.DETACHED, detached);
                free = false;
                changed.await();
            }
            again = false;
            return !isEnding();
        } finally {
            lock.unlock();
        }
    }

    /** A lane that reads from the spool has nothing to wait for: what it misses is kept. */
    private boolean isEnding() {
        return closing
                || (draining
                        && (paused || detached != null || spool.isFeeding()
                                ? batches.underWay() == 0
                                : batches.size() == 0));
    }

    /** Waits until the lane is told to try again; returns false when it is to end. */
    boolean fail(DeltaForgeException reason) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            again = false;
            health.failed(reason);
            free = false;
            batches.clearInsertions().forEach(InFlightBatches.Entry::release);
        } finally {
            lock.unlock();
        }
        listener.stopped(spec.sink(), reason);
        lock.lockInterruptibly();
        try {
            while (!closing && !draining && !again && detached == null) {
                changed.await();
            }
            return !closing && !draining;
        } finally {
            lock.unlock();
        }
    }

    /** A sink that was interrupted says all kinds of things about it. */
    DeltaForgeException reason(Exception error) {
        return look(() -> failure != null ? failure : LaneFailures.classified(error));
    }

    /** What was left out of a batch is not known of one that is read again: says, once, from where to find it out anew. */
    Optional<SourcePosition> skipAnew() {
        return look(() -> spool.takeSkipAnew() ? Optional.of(reached) : Optional.empty());
    }

    /** The number of the try that is under way. */
    int attempt() {
        return look(() -> attempt);
    }

    void running() {
        health.running();
    }

    void failed(DeltaForgeException reason) {
        health.failed(reason);
        listener.stopped(spec.sink(), reason);
    }

    /** Returns the next batch to hand over, or null when the lane is to end or the sink is to be made anew. */
    InFlightBatches.Entry awaitNext() throws InterruptedException {
        lock.lock();
        try {
            while (true) {
                if (isEnding()) {
                    return null;
                }
                if (failure != null) {
                    throw failure;
                }
                if (detached != null || ((paused || again) && batches.underWay() == 0)) {
                    return null;
                }
                noteWhetherFree();
                if (paused || again) {
                    changed.await();
                } else if (batches.hasWaiting() && batches.underWay() < spec.maxInflight()) {
                    InFlightBatches.Entry entry = batches.next();
                    noteWhetherFree();
                    return entry;
                } else if (spool.isFeeding()
                        && !draining
                        && batches.underWay() < spec.maxInflight()
                        && spool.takeGrowth()) {
                    readSpool();
                } else {
                    changed.await();
                }
            }
        } finally {
            lock.unlock();
        }
    }

    /** Reads one batch more, or finds that there is none and asks for the window's; gives the lock back meanwhile. */
    private void readSpool() {
        SpoolFeed from = spool.feed();
        lock.unlock();
        SharedBatch next;
        try {
            next = from.next();
            if (next == null && rejoin.getAsBoolean()) {
                return;
            }
        } finally {
            lock.lock();
        }
        if (next != null && !spool.took(from, next, batches)) {
            next.release();
        }
    }

    private void noteWhetherFree() {
        free = !spool.isFeeding() && !paused && !batches.hasWaiting() && batches.underWay() < spec.maxInflight();
    }

    void complete(InFlightBatches.Entry entry, int deliveryAttempt, Throwable error) {
        SourcePosition end = null;
        long sequence = 0;
        lock.lock();
        try {
            if (deliveryAttempt != attempt) {
                return;
            }
            if (error != null) {
                batches.fail(entry);
                if (failure == null) {
                    failure = LaneFailures.classified(error);
                }
            } else {
                batches.acknowledge(entry);
                for (InFlightBatches.Entry done = batches.pollAcknowledged();
                        done != null;
                        done = batches.pollAcknowledged()) {
                    failures = 0;
                    if (done.insertion() != null) {
                        noteInserted(done);
                        continue;
                    }
                    end = done.held()
                            ? (end == null ? reached : end)
                            : done.shared().batch().end();
                    sequence = done.shared().batch().sequence();
                    noteDelivered(done);
                    done.release();
                }
                noteWhetherFree();
            }
            // Under the lock, so that positions are reported in the order in which they were reached.
            if (end != null) {
                reached = end;
                acknowledged = sequence;
                listener.advanced(spec.sink(), sequence, end);
            }
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    private void noteInserted(InFlightBatches.Entry done) {
        if (!done.remaining().isEmpty()) {
            metrics.delivered(done.remaining().size(), done.deliveredAt());
        }
        done.insertion().acknowledged();
    }

    private void noteDelivered(InFlightBatches.Entry done) {
        int events = done.remaining().size();
        if (events > 0) {
            done.shared().acknowledged(awaited, metrics.delivered(events, done.deliveredAt()));
        }
    }

    /** Gives deliveries under way a moment to be acknowledged, so that fewer are repeated. */
    void settle() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            if (failure == null) {
                return;
            }
            long left = SETTLE_NANOS;
            while (left > 0 && batches.isOpen() && !closing) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    void rewind() {
        lock.lock();
        try {
            attempt++;
            failure = null;
            batches.rewind();
        } finally {
            lock.unlock();
        }
    }

    void backOff(DeltaForgeException reason) throws InterruptedException {
        failures++;
        metrics.reconnect();
        long left = spec.retry().delayNanos(failures);
        health.retrying(reason, failures, left);
        lock.lockInterruptibly();
        try {
            while (left > 0 && !closing && !again && !paused && detached == null) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    boolean isClosing() {
        return look(() -> closing);
    }

    void end() {
        lock.lock();
        try {
            health.idle(LaneStatus.Phase.STOPPED, null);
            free = false;
            batches.clear().forEach(InFlightBatches.Entry::release);
        } finally {
            lock.unlock();
        }
    }
}
