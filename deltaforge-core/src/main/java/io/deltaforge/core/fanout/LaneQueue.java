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
 * What one lane has to deliver, and where its batches come from. The lane's thread takes from it; everybody else gives to it.
 * Safe from any thread: its lock guards it, and with it the lane's {@link InFlightBatches}, {@link LaneProgress}, {@link
 * LaneOrders}, {@link LaneTries} and {@link SpoolSide}; whoever waits here waits for any of them to change.
 */
final class LaneQueue {

    private static final long SETTLE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final LaneSpec spec;
    private final LaneListener listener;
    private final BooleanSupplier rejoin;
    private final LaneHealth health;
    private final SpoolSide spool;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final InFlightBatches batches = new InFlightBatches();

    private final LaneOrders orders;
    private final LaneProgress progress;
    private final LaneTries tries;
    /** Whether nothing is delivered any more. */
    private boolean ended;

    private volatile boolean free;

    /**
     * Makes an empty queue.
     *
     * @param rejoin gives a lane that has read everything from the spool its batches from the window again: returns whether it
     *     does from now on, after calling {@link #toWindow}
     */
    LaneQueue(LaneSpec spec, boolean awaited, PositionOrder order, LaneListener listener, BooleanSupplier rejoin) {
        this.spec = spec;
        this.listener = listener;
        this.rejoin = rejoin;
        LaneMetrics metrics = new LaneMetrics(spec.metrics());
        this.health = new LaneHealth(spec, metrics);
        this.spool = new SpoolSide(order);
        this.orders = new LaneOrders(spec.start().from() == LaneStart.From.NOWHERE ? LaneFailures.givenUp() : null);
        this.progress = new LaneProgress(spec, awaited, listener, metrics);
        this.tries = new LaneTries(spec, metrics);
    }

    boolean isFree() {
        return free;
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
        return look(spool::isFeeding);
    }

    /** The number of the last batch of the acknowledged prefix. */
    long acknowledged() {
        return look(progress::acknowledged);
    }

    /** Gives the lane a batch from the window, which it releases. */
    void offer(SharedBatch shared) {
        change(() -> {
            if (ended) {
                shared.release();
                return;
            }
            spool.admit(shared, batches);
            free = false;
        });
    }

    /** Takes something to deliver besides the log; returns false when the lane delivers nothing any more. */
    boolean insert(Insertion insertion) {
        return look(() -> {
            boolean taken = !ended && health.phase() != LaneStatus.Phase.FAILED && orders.isOpen();
            if (taken) {
                batches.insert(insertion);
                changed.signalAll();
            }
            return taken;
        });
    }

    LaneStatus status(long newest) {
        return look(() -> {
            int here = batches.size();
            long waiting = spool.isFeeding() ? Math.max(here, newest - progress.acknowledged()) : here;
            return health.status(spool.isFeeding(), waiting);
        });
    }

    /** What of the window a lane holds up, in events and batches, and whether it works on it. */
    record Backlog(boolean delivering, long weight) {}

    Backlog backlog() {
        return look(() -> new Backlog(
                health.phase() == LaneStatus.Phase.RUNNING && !orders.isPaused(), batches.events() + batches.size()));
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
        return look(() -> {
            List<SharedBatch> underWay = batches.allUnderWay();
            // Here, because what is under way may be acknowledged, and given back, at any time.
            underWay.forEach(SharedBatch::retain);
            List<SharedBatch> waiting = batches.takeWaiting();
            spool.begin(feeds.apply(
                    waiting.isEmpty() ? newest + 1 : waiting.get(0).batch().sequence()));
            free = false;
            changed.signalAll();
            return new Left(underWay, waiting);
        });
    }

    /** Has the lane read what an earlier run has left for it in the spool; before it is started. */
    void resumeFrom(SpoolFeed left, long before) {
        change(() -> {
            spool.resume(left);
            progress.goOnBehind(before);
        });
    }

    /** The number of the last batch that was read from the spool. */
    long read() {
        return look(spool::read);
    }

    /** Gives the lane its batches from the window again, beginning with these. */
    void toWindow(List<SharedBatch> rest) {
        change(() -> {
            spool.leave();
            rest.forEach(shared -> spool.admit(shared, batches));
            health.caughtUp();
        });
    }

    /**
     * Says up to which batch the lane needs the spool.
     *
     * @param savedSequence the last batch that the sink holds durably, with its position saved
     * @return the number of the last batch that may be freed; {@link Long#MAX_VALUE} when the lane needs nothing of the spool
     */
    long freeable(long savedSequence) {
        return look(() -> orders.isDetached() ? Long.MAX_VALUE : spool.freeable(savedSequence));
    }

    /** More can be read from the spool. */
    void spoolGrew() {
        change(() -> spool.noteGrowth());
    }

    /** Gives the sink up: it is closed and gets no more batches. */
    void detach(DeltaForgeException reason) {
        change(() -> {
            orders.detach(reason);
            // Not only once the sink has come back from a call, which may be never.
            health.idle(LaneStatus.Phase.DETACHED, reason);
            spool.forget();
            batches.clear().forEach(InFlightBatches.Entry::release);
            tries.abandon();
        });
    }

    /** Has a sink that was given up go on with what is offered next. */
    void attach(SourcePosition cursor) {
        change(() -> {
            requireDetached();
            orders.attach();
            health.idle(LaneStatus.Phase.STARTING, null);
            progress.goOnAt(cursor);
            spool.forget();
        });
    }

    /** Makes sure that the sink was given up, before a new position is written down for it. */
    void requireDetached() {
        if (!look(orders::isDetached)) {
            throw new IllegalStateException("sink " + spec.sink() + " is not detached");
        }
    }

    SourcePosition reached() {
        return look(progress::reached);
    }

    /** Takes note of how far a sink that stores positions is, which may be further than what it has acknowledged here. */
    void goOnAt(SourcePosition settled) {
        change(() -> progress.goOnAt(settled));
    }

    /** Has the sink closed, once what is under way is settled, until the lane is told to go on. */
    void pause() {
        change(orders::pause);
    }

    /** Goes on after a pause, or after a failure that did not pass by itself. */
    void resume() {
        change(() -> orders.resume(health.phase() == LaneStatus.Phase.FAILED));
    }

    /** Makes the sink anew, once what is under way is settled, without waiting for its turn. */
    void restart() {
        change(orders::restart);
    }

    /**
     * Has the sink's delivery fail if it takes too long.
     *
     * @param now on the clock of {@link System#nanoTime}
     * @param busySince since when the sink has not come back from a call; 0 when it is in none
     * @param interrupt interrupts a call that takes too long; called under the lock
     */
    void checkDeadline(long now, LongSupplier busySince, Runnable interrupt) {
        lock.lock();
        try {
            if (orders.isClosing()) {
                return;
            }
            long since = busySince.getAsLong();
            if (tries.failLate(batches.oldest(), since, now)) {
                changed.signalAll();
            }
            if (tries.isStuck(since, now)) {
                interrupt.run();
            }
        } finally {
            lock.unlock();
        }
    }

    /** Asks the lane to end once everything it was given is acknowledged. */
    void drain() {
        change(orders::drain);
    }

    /** Asks for the end now. */
    void close() {
        change(orders::close);
    }

    /** Waits while the lane is to do nothing; returns false when it is to end. */
    boolean awaitWanted() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (!isEnding() && orders.isIdle()) {
                health.idle(orders.idlePhase(), orders.detached());
                free = false;
                changed.await();
            }
            orders.began();
            return !isEnding();
        } finally {
            lock.unlock();
        }
    }

    private boolean isEnding() {
        return orders.isEnding(batches, spool.isFeeding());
    }

    /** Waits until the lane is told to try again; returns false when it has ended instead, and still shows why it failed. */
    boolean fail(DeltaForgeException reason) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            orders.began();
            health.failed(reason);
            free = false;
            batches.clearInsertions().forEach(InFlightBatches.Entry::release);
        } finally {
            lock.unlock();
        }
        listener.stopped(spec.sink(), reason);
        lock.lockInterruptibly();
        try {
            while (!orders.endFailure()) {
                changed.await();
            }
            if (orders.isClosing() || orders.isDraining()) {
                letGo();
                return false;
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    /** A sink that was interrupted says all kinds of things about it. */
    DeltaForgeException reason(Throwable error) {
        return look(() -> tries.failure() != null ? tries.failure() : LaneFailures.classified(error));
    }

    /** What was left out of a batch is not known of one that is read again: says, once, from where to find it out anew. */
    Optional<SourcePosition> skipAnew() {
        return look(() -> spool.takeSkipAnew() ? Optional.of(progress.reached()) : Optional.empty());
    }

    /** The number of the try that is under way. */
    int attempt() {
        return look(tries::attempt);
    }

    void running() {
        health.running();
    }

    /** The lane itself has failed, and ends. */
    void failed(DeltaForgeException reason) {
        change(() -> {
            health.failed(reason);
            letGo();
        });
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
                if (tries.failure() != null) {
                    throw tries.failure();
                }
                if (orders.isDetached() || (orders.isSettling() && batches.underWay() == 0)) {
                    return null;
                }
                noteWhetherFree();
                if (orders.isSettling()) {
                    changed.await();
                } else if (batches.hasWaiting() && batches.underWay() < spec.maxInflight()) {
                    InFlightBatches.Entry entry = batches.next();
                    noteWhetherFree();
                    return entry;
                } else if (spool.isFeeding()
                        && !orders.isDraining()
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
        SharedBatch next = null;
        boolean failed = true;
        lock.unlock();
        try {
            next = from.next();
            boolean rejoined = next == null && rejoin.getAsBoolean();
            failed = false;
            if (rejoined) {
                return;
            }
        } finally {
            lock.lock();
            if (failed) {
                // Nobody says again that there is something to read.
                spool.noteGrowth();
            }
        }
        if (next != null && !spool.took(from, next, batches)) {
            next.release();
        }
    }

    private void noteWhetherFree() {
        free = !spool.isFeeding()
                && !orders.isPaused()
                && !batches.hasWaiting()
                && batches.underWay() < spec.maxInflight();
    }

    /** A delivery has ended; what a sink says that was closed meanwhile is ignored. */
    void complete(InFlightBatches.Entry entry, int deliveryAttempt, Throwable error) {
        change(() -> {
            if (deliveryAttempt != tries.attempt()) {
                return;
            }
            if (error != null) {
                batches.fail(entry);
                tries.fail(LaneFailures.classified(error));
                return;
            }
            batches.acknowledge(entry);
            if (progress.take(batches)) {
                tries.succeeded();
            }
            noteWhetherFree();
        });
    }

    /** After a failure: gives deliveries under way a moment to be acknowledged, so that fewer are repeated. */
    void settle() throws InterruptedException {
        awaitAtMost(SETTLE_NANOS, () -> tries.failure() == null || !batches.isOpen() || orders.isClosing());
    }

    private void awaitAtMost(long nanos, BooleanSupplier until) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (left > 0 && !until.getAsBoolean()) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    /** Everything that is not acknowledged is delivered again, by the next sink. */
    void rewind() {
        change(() -> {
            tries.next();
            batches.rewind();
        });
    }

    void backOff(DeltaForgeException reason) throws InterruptedException {
        long delay = look(tries::failedAgain);
        health.retrying(reason, look(tries::failures), delay);
        awaitAtMost(delay, () -> isEnding() || orders.endBackOff());
    }

    boolean isClosing() {
        return look(orders::isClosing);
    }

    void end() {
        change(() -> {
            health.idle(LaneStatus.Phase.STOPPED, null);
            letGo();
        });
    }

    /** Nobody delivers what is left: it must not keep the window full, nor anybody waiting. */
    private void letGo() {
        ended = true;
        free = false;
        batches.clear().forEach(InFlightBatches.Entry::release);
    }
}
