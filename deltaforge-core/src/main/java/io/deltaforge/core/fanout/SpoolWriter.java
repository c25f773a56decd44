package io.deltaforge.core.fanout;

import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.source.PositionOrder;
import io.deltaforge.core.spool.SpoolLog;
import io.deltaforge.core.spool.SpoolReader;
import java.io.IOException;
import java.nio.channels.ClosedChannelException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Writes batches to the spool, on a thread of its own, in the order in which its {@link SpoolQueue} has them. From the moment on
 * in which the first lane falls behind until no lane needs anything of the spool any more it is given every batch, so that the
 * spool has no gap. What others may call is safe from any thread.
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

    private static final long FLUSH_NANOS = TimeUnit.SECONDS.toNanos(5);
    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);
    private static final long CLOSE_MILLIS = 10_000;

    private final SpoolLog log;
    private final SpoolRoom room;
    private final SpoolQueue queue;
    private final Listener listener;
    private final Thread thread;

    /**
     * Held while the spool is changed, so that it is cleared before or after a change, never between. Guards the filter and the
     * position behind it, too. Taken before the queue's lock.
     */
    private final ReentrantLock disk = new ReentrantLock();

    private final SkipFilter skip;
    private SourcePosition before;

    SpoolWriter(String pipeline, SpoolSpec spec, PositionOrder order, Listener listener) {
        this.log = spec.log();
        this.room = new SpoolRoom(spec);
        this.queue = new SpoolQueue(log.firstSequence(), log.lastSequence());
        this.listener = listener;
        this.skip = new SkipFilter(order, log.end().orElse(null));
        this.thread = new Thread(this::run, "df-" + pipeline + "-spool");
    }

    void start() {
        thread.start();
    }

    /** What it writes. */
    SpoolQueue queue() {
        return queue;
    }

    /** Takes what every lane has out of the spool; returns what deletes it, which blocks. */
    List<Runnable> takeUpTo(long sequence) {
        List<Runnable> deletions = log.takeUpTo(sequence);
        if (!deletions.isEmpty()) {
            queue.roomMade(log.firstSequence());
        }
        return deletions;
    }

    /** Forgets everything, what is waiting to be written too; returns what deletes the files, which blocks. */
    List<Runnable> clear() {
        disk.lock();
        try {
            queue.clear();
            skip.restart(null);
            return log.takeAll();
        } finally {
            disk.unlock();
        }
    }

    /**
     * Makes everything that was given so far durable. Blocks on the disk.
     *
     * @return the position that it ends at; empty when there is nothing
     * @throws CheckpointException {@code RETRIABLE} when that is not certain
     */
    Optional<SourcePosition> makeDurable() {
        try {
            if (!queue.flush(FLUSH_NANOS)) {
                throw storage("not within " + TimeUnit.NANOSECONDS.toSeconds(FLUSH_NANOS) + " s", null);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw storage("interrupted", e);
        }
        disk.lock();
        try {
            log.sync();
            return log.end();
        } catch (IOException e) {
            throw storage(e.toString(), e);
        } finally {
            disk.unlock();
        }
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

    private void run() {
        try {
            while (!queue.isClosing()) {
                try {
                    step();
                } catch (IOException e) {
                    waitAfter(storage(e.toString(), e));
                } catch (DeltaForgeException e) {
                    // That a sink was given up could not be written down, for one.
                    if (e.kind() != ErrorKind.RETRIABLE) {
                        throw e;
                    }
                    waitAfter(e);
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            failed(new CheckpointException(ErrorKind.FATAL, "UNEXPECTED", "the spool failed: " + e, e));
        } finally {
            queue.end();
        }
    }

    private static CheckpointException storage(String why, Exception cause) {
        return new CheckpointException(
                ErrorKind.RETRIABLE,
                "SPOOL_STORAGE",
                "the spool cannot be written: " + why,
                "make room on the disk, or mend it; nothing is lost meanwhile, and it goes on by itself",
                cause);
    }

    private void waitAfter(DeltaForgeException reason) throws InterruptedException {
        failed(reason);
        queue.pause(RETRY_NANOS);
    }

    private void step() throws IOException, InterruptedException {
        SpoolQueue.Work work = queue.awaitWork();
        if (work == null) {
            return;
        }
        try {
            if (work.join() != null) {
                join(work);
            } else if (work.batch() != null) {
                if (!hasRoom()) {
                    return;
                }
                write(work);
            }
            if (queue.isSyncDue()) {
                sync();
            }
            if (queue.isOver()) {
                recovered();
            }
        } finally {
            queue.done();
        }
    }

    private void join(SpoolQueue.Work work) throws IOException {
        SpoolQueue.Join join = work.join();
        disk.lock();
        try {
            if (queue.isNext(work)) {
                if (join.begin() != null) {
                    before = join.begin();
                }
                putInFront(join.front());
                queue.joined(join);
                join.front().forEach(SharedBatch::release);
            }
        } finally {
            disk.unlock();
        }
        recovered();
        listener.written();
    }

    private void putInFront(List<SharedBatch> batches) throws IOException {
        List<EventBatch> front = batches.stream().map(SharedBatch::batch).toList();
        if (front.isEmpty()) {
            return;
        }
        SourcePosition start = batches.get(0).start();
        if (front.get(front.size() - 1).sequence() < log.firstSequence()) {
            log.prepend(front, start);
            return;
        }
        for (EventBatch batch : front) {
            // Some may have been written by an earlier try.
            if (log.isEmpty() || batch.sequence() > log.lastSequence()) {
                log.append(batch, start);
            }
        }
    }

    private void write(SpoolQueue.Work work) throws IOException {
        EventBatch batch = work.batch().batch();
        disk.lock();
        try {
            if (!queue.isNext(work)) {
                return;
            }
            if (skip.holds(batch)) {
                skip.passed(batch);
                queue.skipped();
            } else {
                log.append(skip.rest(batch), before);
                // Not before: when it cannot be written, the next try is to leave out the same.
                skip.passed(batch);
                queue.wrote(batch);
            }
        } finally {
            disk.unlock();
        }
        work.batch().release();
        recovered();
        listener.written();
    }

    private void sync() throws IOException {
        try {
            log.sync();
        } catch (ClosedChannelException e) {
            // Everything was cleared meanwhile.
            return;
        }
        queue.synced();
        Optional<SourcePosition> end = log.end();
        if (end.isPresent()) {
            listener.synced(queue.covered(), end.get());
        }
    }

    /** Waits a moment when there is none. */
    private boolean hasRoom() throws IOException, InterruptedException {
        DeltaForgeException full = room.lack(queue.isFailing());
        if (full == null) {
            return true;
        }
        if (!listener.makeRoom(full)) {
            failed(full);
            if (queue.isUnsynced()) {
                sync();
            }
            queue.pause(RETRY_NANOS);
        }
        return false;
    }

    private void failed(DeltaForgeException reason) {
        queue.failed(reason);
        listener.storage(reason);
        listener.written();
    }

    private void recovered() {
        if (queue.recovered()) {
            listener.storage(null);
        }
    }

    /** Ends; what is not written comes from the source again. */
    @Override
    public void close() {
        queue.close();
        try {
            thread.join(CLOSE_MILLIS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        log.close();
    }
}
