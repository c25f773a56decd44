package io.deltaforge.core.fanout;

import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.source.PositionOrder;
import io.deltaforge.core.spool.SpoolLimits;
import io.deltaforge.core.spool.SpoolLog;
import io.deltaforge.core.spool.SpoolReader;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Writes batches to the spool, on a thread of its own, in the order in which they are given. From the moment on in which the
 * first lane falls behind until no lane needs anything of the spool any more it is given every batch, so that the spool has no
 * gap. Safe from any thread.
 */
final class SpoolWriter implements AutoCloseable {

    /** Hears what becomes of the spool. Called on the writer's thread. */
    interface Listener {

        /** More can be read, or there is no use in waiting for it. */
        void written();

        /** Everything that some sinks miss, up to a position, survives a power cut. */
        void synced(Set<String> sinks, SourcePosition end);

        /** There is no room. Returns whether there may be some now, because somebody gave up. */
        boolean makeRoom(DeltaForgeException full);

        /** Writing fails, or works again. */
        void storage(DeltaForgeException failure);
    }

    private static final long SYNC_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long SYNC_BYTES = 32L << 20;
    private static final long CLOSE_MILLIS = 10_000;

    /** A change of the spool other than a batch more. */
    private interface Change {
        void apply() throws IOException;
    }

    private final SpoolLog log;
    private final SpoolLimits limits;
    private final Listener listener;
    private final SkipFilter skip;
    private final Thread thread;
    /** Held while the spool is changed, so that it is cleared before or after a change, never between; taken before the other. */
    private final ReentrantLock disk = new ReentrantLock();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Deque<SharedBatch> pending = new ArrayDeque<>();
    private final Deque<Change> changes = new ArrayDeque<>();
    /** The sinks that read from the spool, each with the request that made it so. */
    private final Map<String, Object> readers = new HashMap<>();
    /** Those of them for which everything they miss is in the spool, up to what was written last. */
    private final Set<String> covered = new HashSet<>();

    private long firstGiven;
    private SourcePosition before;
    private volatile long written;
    private volatile boolean closing;
    private boolean busy;
    private boolean roomMade;
    private boolean unsynced;
    private long syncedAt;
    private long unsyncedBytes;
    private long lookedAt;
    private DeltaForgeException failure;

    SpoolWriter(String pipeline, SpoolSpec spec, PositionOrder order, Listener listener) {
        this.log = spec.log();
        this.limits = spec.limits();
        this.listener = listener;
        this.skip = new SkipFilter(order, log.end().orElse(null));
        this.written = log.lastSequence();
        this.thread = new Thread(this::run, "df-" + pipeline + "-spool");
    }

    void start() {
        thread.start();
    }

    /** Takes one batch more, which the writer releases. */
    void give(SharedBatch shared) {
        lock.lock();
        try {
            pending.add(shared);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Begins to serve a sink, the first.
     *
     * @param first the number of the first batch that it misses
     * @param start the position that this batch begins at
     * @param batches what the sink misses of what was published so far, in order; they are released
     */
    void begin(String sink, long first, SourcePosition start, List<SharedBatch> batches) {
        lock.lock();
        try {
            pending.addAll(batches);
            firstGiven = first;
            Object request = attach(sink);
            change(() -> {
                before = start;
                cover(sink, request);
            });
        } finally {
            lock.unlock();
        }
    }

    /**
     * Serves one more sink.
     *
     * @param batches what the sink misses of what lies before {@link #first}, in order, maybe nothing; they are released
     */
    void serve(String sink, List<SharedBatch> batches) {
        lock.lock();
        try {
            if (!batches.isEmpty()) {
                firstGiven = batches.get(0).batch().sequence();
            }
            Object request = attach(sink);
            change(() -> {
                putInFront(batches);
                cover(sink, request);
            });
        } finally {
            lock.unlock();
        }
    }

    private void putInFront(List<SharedBatch> batches) throws IOException {
        List<EventBatch> front = batches.stream().map(SharedBatch::batch).toList();
        if (front.isEmpty()) {
            return;
        }
        SourcePosition start = batches.get(0).start();
        if (log.isEmpty()) {
            for (EventBatch batch : front) {
                log.append(batch, start);
            }
        } else {
            log.prepend(front, start);
        }
        unsynced = true;
        batches.forEach(SharedBatch::release);
    }

    private Object attach(String sink) {
        Object request = new Object();
        readers.put(sink, request);
        covered.remove(sink);
        return request;
    }

    private void cover(String sink, Object request) {
        lock.lock();
        try {
            if (readers.get(sink) == request) {
                covered.add(sink);
            }
        } finally {
            lock.unlock();
        }
    }

    /** A sink does not read from the spool any more. */
    void leave(String sink) {
        lock.lock();
        try {
            readers.remove(sink);
            covered.remove(sink);
        } finally {
            lock.unlock();
        }
    }

    /** Takes what every lane has out of the spool; returns what deletes it, which blocks. */
    List<Runnable> takeUpTo(long sequence) {
        List<Runnable> deletions = log.takeUpTo(sequence);
        if (!deletions.isEmpty()) {
            roomMade();
        }
        return deletions;
    }

    private void roomMade() {
        lock.lock();
        try {
            roomMade = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Forgets everything, what is waiting to be written too; returns what deletes the files, which blocks. */
    List<Runnable> clear() {
        disk.lock();
        lock.lock();
        try {
            pending.forEach(SharedBatch::release);
            pending.clear();
            changes.clear();
            skip.restart(null);
            unsynced = false;
            written = 0;
            roomMade();
            return log.takeAll();
        } finally {
            lock.unlock();
            disk.unlock();
        }
    }

    private void change(Change change) {
        lock.lock();
        try {
            changes.add(change);
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** The number from which on every batch is in the spool, or on its way there. */
    long first() {
        lock.lock();
        try {
            // What was begun last counts while what was there before it is not cleared yet.
            return Math.max(firstGiven, log.firstSequence());
        } finally {
            lock.unlock();
        }
    }

    /** The number of the last batch that can be read. */
    long written() {
        return written;
    }

    SpoolReader readerFrom(long sequence) {
        return log.readerFrom(sequence);
    }

    SpoolReader readerBehind(SourcePosition cursor) {
        return log.readerBehind(cursor);
    }

    long bytes() {
        return log.bytes();
    }

    double ageSeconds() {
        return log.ageSeconds();
    }

    /** Says whether everything that a sink misses can be read, as far as it was written. */
    boolean serves(String sink) {
        lock.lock();
        try {
            return covered.contains(sink);
        } finally {
            lock.unlock();
        }
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
            if (written > read || !covered.contains(sink)) {
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

    /** Waits until everything given so far is durable, or cannot be made so, or time is up. */
    void flush(long timeoutNanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = timeoutNanos;
            syncedAt = System.nanoTime() - SYNC_NANOS;
            changed.signalAll();
            while ((!pending.isEmpty() || busy || unsynced) && failure == null && thread.isAlive() && left > 0) {
                left = changed.awaitNanos(left);
            }
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            while (!closing) {
                try {
                    step();
                } catch (IOException e) {
                    failed(new CheckpointException(
                            ErrorKind.RETRIABLE,
                            "SPOOL_STORAGE",
                            "the spool cannot be written: " + e,
                            "make room on the disk, or mend it; nothing is lost meanwhile, and it goes on by itself",
                            e));
                    pause(RETRY_NANOS);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            failed(new CheckpointException(ErrorKind.FATAL, "UNEXPECTED", "the spool failed: " + e, e));
        } finally {
            releaseAll();
        }
    }

    private void step() throws IOException, InterruptedException {
        Change change = null;
        SharedBatch next = null;
        lock.lockInterruptibly();
        try {
            while (changes.isEmpty() && pending.isEmpty() && !isSyncDue() && !isOver() && !closing) {
                if (unsynced) {
                    changed.awaitNanos(Math.max(1, syncedAt + SYNC_NANOS - System.nanoTime()));
                } else {
                    changed.await();
                }
            }
            if (closing) {
                return;
            }
            change = changes.peek();
            next = change == null ? pending.peek() : null;
            busy = change != null || next != null;
        } finally {
            lock.unlock();
        }
        try {
            if (change != null) {
                apply(change);
                recovered();
                listener.written();
            } else if (next != null) {
                if (!hasRoom()) {
                    return;
                }
                write(next);
            }
            if (isSyncDue()) {
                sync();
            }
            if (isOver()) {
                recovered();
            }
        } finally {
            lock.lock();
            try {
                busy = false;
                changed.signalAll();
            } finally {
                lock.unlock();
            }
        }
    }

    /** Whether there is a failure, and nothing left that it would keep from being written. */
    private boolean isOver() {
        lock.lock();
        try {
            return failure != null && pending.isEmpty() && changes.isEmpty() && !unsynced;
        } finally {
            lock.unlock();
        }
    }

    private void apply(Change change) throws IOException {
        disk.lock();
        try {
            if (isNext(changes, change)) {
                change.apply();
                taken(changes);
            }
        } finally {
            disk.unlock();
        }
    }

    private void write(SharedBatch next) throws IOException {
        EventBatch batch = next.batch();
        disk.lock();
        try {
            if (!isNext(pending, next)) {
                return;
            }
            boolean held = skip.holds(batch);
            EventBatch rest = skip.apply(batch);
            if (!held) {
                log.append(rest, before);
                wrote(batch.retainedBytes());
            }
            taken(pending);
        } finally {
            disk.unlock();
        }
        next.release();
        recovered();
        listener.written();
    }

    /** It is not there any more when everything was cleared meanwhile. */
    private <T> boolean isNext(Deque<T> queue, T expected) {
        lock.lock();
        try {
            return queue.peek() == expected;
        } finally {
            lock.unlock();
        }
    }

    private void taken(Deque<?> queue) {
        lock.lock();
        try {
            queue.poll();
        } finally {
            lock.unlock();
        }
    }

    private void wrote(long bytes) {
        lock.lock();
        try {
            written = log.lastSequence();
            unsynced = true;
            unsyncedBytes += bytes;
        } finally {
            lock.unlock();
        }
    }

    private boolean isSyncDue() {
        return unsynced && (unsyncedBytes >= SYNC_BYTES || System.nanoTime() - syncedAt >= SYNC_NANOS);
    }

    private void sync() throws IOException {
        try {
            log.sync();
        } catch (ClosedChannelException e) {
            // Everything was cleared meanwhile.
            return;
        }
        lock.lock();
        try {
            unsynced = false;
            unsyncedBytes = 0;
            syncedAt = System.nanoTime();
        } finally {
            lock.unlock();
        }
        Optional<SourcePosition> end = log.end();
        if (end.isPresent()) {
            listener.synced(covered(), end.get());
        }
    }

    private Set<String> covered() {
        lock.lock();
        try {
            return Set.copyOf(covered);
        } finally {
            lock.unlock();
        }
    }

    /** Waits a moment when there is none. */
    private boolean hasRoom() throws IOException, InterruptedException {
        long now = System.nanoTime();
        if (failure == null && now - lookedAt < LOOK_NANOS && log.bytes() < limits.maxBytes()) {
            return true;
        }
        lookedAt = now;
        DeltaForgeException full = full();
        if (full == null) {
            return true;
        }
        if (!listener.makeRoom(full)) {
            failed(full);
            if (unsynced) {
                sync();
            }
            pause(RETRY_NANOS);
        }
        return false;
    }

    private DeltaForgeException full() throws IOException {
        long bytes = log.bytes();
        if (bytes >= limits.maxBytes()) {
            return full(bytes + " bytes, and spool.max_bytes is " + limits.maxBytes());
        }
        double age = log.ageSeconds();
        if (limits.maxAgeSecs() > 0 && age >= limits.maxAgeSecs()) {
            return full(
                    "a batch that is " + Math.round(age) + " s old, and spool.max_age_secs is " + limits.maxAgeSecs());
        }
        long free = log.freeDisk();
        if (free < limits.minFreeDisk()) {
            return full(free + " bytes left on its disk, and spool.min_free_disk is " + limits.minFreeDisk());
        }
        return null;
    }

    private static DeltaForgeException full(String why) {
        return new CheckpointException(
                ErrorKind.RETRIABLE,
                "SPOOL_FULL",
                "the spool is full: it has " + why,
                "bring back the sink that is behind, or give the spool more room; the source waits meanwhile, nothing is"
                        + " lost, and it goes on by itself",
                null);
    }

    private void failed(DeltaForgeException reason) {
        lock.lock();
        try {
            failure = reason;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        listener.storage(reason);
        listener.written();
    }

    private void recovered() {
        if (failure != null) {
            lock.lock();
            try {
                failure = null;
            } finally {
                lock.unlock();
            }
            listener.storage(null);
        }
    }

    private void pause(long nanos) throws InterruptedException {
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

    private void releaseAll() {
        lock.lock();
        try {
            pending.forEach(SharedBatch::release);
            pending.clear();
        } finally {
            lock.unlock();
        }
    }

    /** Ends; what is not written comes from the source again. */
    @Override
    public void close() {
        lock.lock();
        try {
            closing = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        log.close();
    }
}
