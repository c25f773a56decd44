package io.deltaforge.core.fanout;

import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.event.SourcePosition;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Supplier;

/**
 * What is to be written to the spool, for which sinks, and how far that has come. The fan-out gives to it; the {@link
 * SpoolWriter}'s thread takes from it. Safe from any thread: one lock guards everything, and nobody holds it while waiting for
 * the disk.
 */
final class SpoolQueue {

    /** A sink begins to be served. What it misses of what lies before everything given so far comes first. */
    static final class Join {
        private final String sink;
        private final SourcePosition begin;
        private final List<SharedBatch> front;

        Join(String sink, SourcePosition begin, List<SharedBatch> front) {
            this.sink = sink;
            this.begin = begin;
            this.front = List.copyOf(front);
        }

        String sink() {
            return sink;
        }

        /** The position that the spool begins at, when the sink is the first; null when it is not. */
        SourcePosition begin() {
            return begin;
        }

        /** What is to be put in front of what the spool has, in order, maybe nothing; released once it is there. */
        List<SharedBatch> front() {
            return front;
        }
    }

    /** What is to be done next: one of both, or neither when there is only something to sync. */
    record Work(Join join, SharedBatch batch) {}

    private static final long SYNC_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long SYNC_BYTES = 32L << 20;

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<SharedBatch> pending = new ArrayDeque<>();
    private final Deque<Join> joins = new ArrayDeque<>();
    /** The sinks that read from the spool, each with what made it so. */
    private final Map<String, Join> readers = new HashMap<>();
    /** Those of them for which everything they miss is in the spool, up to what was written last. */
    private final Set<String> covered = new HashSet<>();

    private long first;
    private volatile long written;
    private volatile boolean closing;
    private boolean ended;
    private boolean busy;
    private boolean roomMade;
    private boolean unsynced;
    private long syncedAt;
    private long unsyncedBytes;
    private DeltaForgeException failure;

    /**
     * Makes an empty queue.
     *
     * @param first the number of the first batch that the spool has
     * @param written the number of the last one
     */
    SpoolQueue(long first, long written) {
        this.first = first;
        this.written = written;
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

    /** Takes one batch more, which the writer releases. */
    void give(SharedBatch shared) {
        change(() -> {
            pending.add(shared);
            dropWhenEnded();
        });
    }

    /**
     * Begins to serve a sink, the first.
     *
     * @param from the number of the first batch that it misses
     * @param start the position that this batch begins at
     * @param batches what the sink misses of what was published so far, in order; they are released
     */
    void begin(String sink, long from, SourcePosition start, List<SharedBatch> batches) {
        change(() -> {
            pending.addAll(batches);
            first = from;
            add(new Join(sink, start, List.of()));
        });
    }

    /**
     * Serves one more sink.
     *
     * @param batches what the sink misses of what lies before {@link #first}, in order, maybe nothing; they are released
     */
    void serve(String sink, List<SharedBatch> batches) {
        change(() -> {
            if (!batches.isEmpty()) {
                first = batches.get(0).batch().sequence();
            }
            add(new Join(sink, null, batches));
        });
    }

    private void add(Join join) {
        readers.put(join.sink(), join);
        covered.remove(join.sink());
        joins.add(join);
        dropWhenEnded();
    }

    /** Nobody writes any more: what is given must not keep the window full. */
    private void dropWhenEnded() {
        if (ended) {
            drop();
        }
    }

    private void drop() {
        pending.forEach(SharedBatch::release);
        pending.clear();
        joins.forEach(join -> join.front().forEach(SharedBatch::release));
        joins.clear();
    }

    /** A sink does not read from the spool any more. */
    void leave(String sink) {
        change(() -> {
            readers.remove(sink);
            covered.remove(sink);
        });
    }

    /** The number from which on every batch is in the spool, or on its way there. */
    long first() {
        return look(() -> first);
    }

    /** Says whether everything that a sink misses can be read, as far as it was written. */
    boolean serves(String sink) {
        return look(() -> covered.contains(sink));
    }

    /**
     * Hands out what is not written yet to a sink that has read everything that is.
     *
     * @param read the number of the last batch that was read
     * @param most how much may be handed out, in events and batches; for any more it is better to wait for it to be written,
     *     unless it cannot be
     * @return the batches, retained once more; null when there is something to wait for
     */
    List<SharedBatch> rest(String sink, long read, long most) {
        lock.lock();
        try {
            // Once the writer has ended, some batches are neither in the spool nor here.
            if (ended || written > read || !covered.contains(sink)) {
                return null;
            }
            List<SharedBatch> rest = new ArrayList<>(pending.size());
            long weight = 0;
            for (SharedBatch shared : pending) {
                if (shared.batch().sequence() > read) {
                    rest.add(shared);
                    weight += shared.batch().size() + 1L;
                }
            }
            if (weight > most && failure == null) {
                return null;
            }
            rest.forEach(SharedBatch::retain);
            return rest;
        } finally {
            lock.unlock();
        }
    }

    /**
     * There may be room now where there was none.
     *
     * @param firstKept the number of the first batch that the spool has now
     */
    void roomMade(long firstKept) {
        change(() -> {
            first = Math.max(first, firstKept);
            roomMade = true;
        });
    }

    /** Forgets what is waiting to be written; the spool is cleared. */
    void clear() {
        change(() -> {
            drop();
            unsynced = false;
            first = 0;
            written = 0;
            roomMade = true;
        });
    }

    /** Waits until everything given so far is durable, or cannot be made so, or time is up; returns whether it is. */
    boolean flush(long timeoutNanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = timeoutNanos;
            syncedAt = System.nanoTime() - SYNC_NANOS;
            changed.signalAll();
            while ((!pending.isEmpty() || busy || unsynced) && failure == null && !ended && left > 0) {
                left = changed.awaitNanos(left);
            }
            return pending.isEmpty() && !busy && !unsynced && !ended;
        } finally {
            lock.unlock();
        }
    }

    /** Asks the writer to end now. */
    void close() {
        change(() -> closing = true);
    }

    boolean isClosing() {
        return closing;
    }

    /** Waits until there is something to do, which counts as under way until it is {@link #done}; null when it is time to end. */
    Work awaitWork() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            while (joins.isEmpty() && pending.isEmpty() && !isSyncDue() && !isOver() && !closing) {
                if (unsynced) {
                    changed.awaitNanos(Math.max(1, syncedAt + SYNC_NANOS - System.nanoTime()));
                } else {
                    changed.await();
                }
            }
            if (closing) {
                return null;
            }
            Work work = joins.isEmpty() ? new Work(null, pending.peek()) : new Work(joins.peek(), null);
            busy = work.join() != null || work.batch() != null;
            return work;
        } finally {
            lock.unlock();
        }
    }

    void done() {
        change(() -> busy = false);
    }

    /** Whether it is still to be done: not when everything was cleared meanwhile. */
    boolean isNext(Work work) {
        return look(() -> work.join() != null ? joins.peek() == work.join() : pending.peek() == work.batch());
    }

    /** What the sink misses is in the spool, or on its way there. */
    void joined(Join join) {
        change(() -> {
            joins.poll();
            unsynced |= !join.front().isEmpty();
            if (readers.get(join.sink()) == join) {
                covered.add(join.sink());
            }
        });
    }

    /** The spool had the batch before. */
    void skipped() {
        change(() -> pending.poll());
    }

    /** The batch can be read. */
    void wrote(EventBatch batch) {
        change(() -> {
            pending.poll();
            written = batch.sequence();
            unsynced = true;
            unsyncedBytes += batch.retainedBytes();
        });
    }

    /** The number of the last batch that can be read. */
    long written() {
        return written;
    }

    boolean isSyncDue() {
        return look(() -> unsynced && (unsyncedBytes >= SYNC_BYTES || System.nanoTime() - syncedAt >= SYNC_NANOS));
    }

    boolean isUnsynced() {
        return look(() -> unsynced);
    }

    void synced() {
        change(() -> {
            unsynced = false;
            unsyncedBytes = 0;
            syncedAt = System.nanoTime();
        });
    }

    /** The sinks for which everything they miss is in the spool, up to what was written last. */
    Set<String> covered() {
        return look(() -> Set.copyOf(covered));
    }

    /** Writing fails. */
    void failed(DeltaForgeException reason) {
        change(() -> failure = reason);
    }

    /** Writing works; returns whether it did not before. */
    boolean recovered() {
        lock.lock();
        try {
            boolean failing = failure != null;
            failure = null;
            return failing;
        } finally {
            lock.unlock();
        }
    }

    boolean isFailing() {
        return look(() -> failure != null);
    }

    /** Whether there is a failure, and nothing left that it would keep from being written. */
    boolean isOver() {
        return look(() -> failure != null && pending.isEmpty() && joins.isEmpty() && !unsynced);
    }

    /** Waits before the next try; less when room is made meanwhile. */
    void pause(long nanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = nanos;
            while (left > 0 && !closing && !roomMade) {
                left = changed.awaitNanos(left);
            }
            roomMade = false;
        } finally {
            lock.unlock();
        }
    }

    /** Nothing is written any more. */
    void end() {
        change(() -> {
            ended = true;
            drop();
        });
    }
}
