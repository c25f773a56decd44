package io.deltaforge.core.fanout;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/** Counts what one pipeline holds in memory until every lane has acknowledged it. Safe from any thread. */
final class Window {

    private static final int MAX_BATCHES = 10_000;

    private final int maxEvents;
    private final MemoryBudget.Share budget;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition freed = lock.newCondition();
    private final AtomicLong events = new AtomicLong();
    private final AtomicLong bytes = new AtomicLong();
    private final AtomicLong batches = new AtomicLong();

    Window(int maxEvents, MemoryBudget budget) {
        this.maxEvents = maxEvents;
        this.budget = budget.share();
    }

    /** An empty window always has room, so that an event larger than every bound still gets through, alone. */
    private boolean hasRoom(int waitingEvents, long waitingBytes) {
        return batches.get() == 0
                || (events.get() + waitingEvents < maxEvents
                        && batches.get() < MAX_BATCHES
                        && budget.hasRoom(waitingBytes));
    }

    /** Says whether as much again as there is would not fit. */
    boolean isHalfFull() {
        return events.get() * 2 >= maxEvents || batches.get() * 2 >= MAX_BATCHES || !budget.hasRoom(bytes.get());
    }

    boolean awaitRoom(int waitingEvents, long waitingBytes, long timeoutNanos) throws InterruptedException {
        if (hasRoom(waitingEvents, waitingBytes)) {
            return true;
        }
        if (timeoutNanos <= 0) {
            return false;
        }
        lock.lockInterruptibly();
        try {
            long left = timeoutNanos;
            while (!hasRoom(waitingEvents, waitingBytes)) {
                // Another pipeline may free the shared budget without this window hearing of it.
                long nap = Math.min(left, TimeUnit.MILLISECONDS.toNanos(50));
                if (left <= 0) {
                    return false;
                }
                left -= nap - Math.max(0, freed.awaitNanos(nap));
            }
            return true;
        } finally {
            lock.unlock();
        }
    }

    void add(int batchEvents, long batchBytes) {
        events.addAndGet(batchEvents);
        bytes.addAndGet(batchBytes);
        batches.incrementAndGet();
        budget.add(batchBytes);
    }

    void remove(int batchEvents, long batchBytes) {
        lock.lock();
        try {
            events.addAndGet(-batchEvents);
            bytes.addAndGet(-batchBytes);
            batches.decrementAndGet();
            budget.remove(batchBytes);
            freed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The pipeline has ended: what was not acknowledged counts no longer. */
    void close() {
        budget.close();
    }

    int maxEvents() {
        return maxEvents;
    }

    /** Events and batches. */
    long weight() {
        return events.get() + batches.get();
    }

    long retainedBytes() {
        return bytes.get();
    }

    long retainedEvents() {
        return events.get();
    }
}
