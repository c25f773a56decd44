package io.deltaforge.core.commit;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.fault.CrashPoint;
import io.deltaforge.api.source.PositionOrder;
import io.deltaforge.core.commit.Moves.Progress;
import java.time.Instant;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.Condition;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Saves how far the lanes have come, and only then lets the source forget its log: durable in the sink, durable in the
 * store, released at the source, in this order. One thread per pipeline; all lanes that moved since the last save share one
 * synced write.
 */
public final class CheckpointCommitter implements AutoCloseable {

    private static final long RETRY_NANOS = TimeUnit.MILLISECONDS.toNanos(500);

    private static final CrashPoint SAVING = new CrashPoint("engine.saving");
    private static final CrashPoint SAVED = new CrashPoint("engine.saved");
    private static final CrashPoint RELEASED = new CrashPoint("engine.released");

    private final PipelineCheckpoints checkpoints;
    private final CommitListener listener;
    private final Thread thread;
    /** Held while positions are written, so that none is written of a sink after it was forgotten; taken before the other. */
    private final ReentrantLock writing = new ReentrantLock();

    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final SavedPositions saved;
    private final Moves moved = Moves.none();
    private final Moves underWay = Moves.none();
    private boolean released = true;
    private boolean saving;
    private boolean closing;
    private boolean dead;

    /**
     * Makes a committer; it does not run yet.
     *
     * @param name the thread's name
     * @param checkpoints where positions go
     * @param order how positions relate
     * @param known where every sink starts
     * @param listener hears what has become durable
     */
    public CheckpointCommitter(
            String name,
            PipelineCheckpoints checkpoints,
            PositionOrder order,
            Map<String, SinkPosition> known,
            CommitListener listener) {
        this.checkpoints = requireNonNull(checkpoints, "checkpoints is null");
        this.saved = new SavedPositions(order, known);
        this.listener = requireNonNull(listener, "listener is null");
        this.thread = new Thread(this::run, name);
    }

    /** Starts the thread. */
    public void start() {
        thread.start();
    }

    /**
     * Takes note that a sink holds everything up to a position. Never blocks on storage.
     *
     * @param sink the sink's id
     * @param sequence the number of the batch that ends there
     * @param end the position
     */
    public void advanced(String sink, long sequence, SourcePosition end) {
        lock.lock();
        try {
            moved.acknowledged().put(sink, new Progress(sequence, end));
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Takes note that the spool has, for good, everything up to a position that a sink does not hold. Never blocks on storage.
     *
     * @param sinks the sinks' ids
     * @param end the position
     */
    public void spooled(Set<String> sinks, SourcePosition end) {
        lock.lock();
        try {
            sinks.forEach(sink -> moved.spooled().put(sink, end));
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Writes down that a sink was given up. Blocks on storage.
     *
     * @param sink the sink's id
     */
    public void detach(String sink) {
        checkpoints.detach(sink);
        lock.lock();
        try {
            saved.detach(sink, moved.acknowledged().get(sink));
            moved.remove(sink);
            // The log may be released further now.
            released = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Writes down where a sink begins that is new, or was given up. Blocks on storage.
     *
     * @param sink the sink's id
     * @param cursor where
     * @param alreadySpooled how far the spool has, for good, what the sink misses, if it has anything
     */
    public void attach(String sink, SourcePosition cursor, Optional<SourcePosition> alreadySpooled) {
        writing.lock();
        try {
            checkpoints.attach(sink, cursor, alreadySpooled);
            lock.lock();
            try {
                underWay.remove(sink);
                saved.attach(sink, cursor, alreadySpooled);
            } finally {
                lock.unlock();
            }
        } finally {
            writing.unlock();
        }
    }

    /**
     * Forgets a sink that is no longer one of the pipeline's. Blocks on storage.
     *
     * @param sink the sink's id
     */
    public void forget(String sink) {
        writing.lock();
        try {
            drop(sink);
            checkpoints.forget(sink);
        } finally {
            writing.unlock();
        }
    }

    private void drop(String sink) {
        lock.lock();
        try {
            moved.remove(sink);
            underWay.remove(sink);
            saved.forget(sink);
            released = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns the saved position of a sink.
     *
     * @param sink the sink's id
     * @return the position, or empty for an unknown sink
     */
    public Optional<SourcePosition> saved(String sink) {
        lock.lock();
        try {
            return saved.cursor(sink);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns when the position of a sink was saved.
     *
     * @param sink the sink's id
     * @return when, or empty when it was not in this run
     */
    public Optional<Instant> savedAt(String sink) {
        lock.lock();
        try {
            return saved.savedAt(sink);
        } finally {
            lock.unlock();
        }
    }

    /**
     * Returns the furthest position that a policy counts as committed: durable in the sinks that it asks for, and saved.
     *
     * @param policy the policy
     * @param required the required sinks
     * @return the position, or empty when nothing was committed in this run
     */
    public Optional<SourcePosition> committed(CommitPolicy policy, Set<String> required) {
        lock.lock();
        try {
            return saved.committed(policy, required);
        } finally {
            lock.unlock();
        }
    }

    private void run() {
        try {
            boolean more = awaitMoved();
            while (more) {
                SAVING.pass();
                if (save()) {
                    SAVED.pass();
                    needed().ifPresent(listener::releasable);
                    RELEASED.pass();
                    more = awaitMoved();
                } else {
                    more = backOff();
                }
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        } catch (Throwable e) {
            listener.storage(classified(e));
        } finally {
            noteDeath();
        }
    }

    /** What the store or the source's order has classified stays as it is: a halt is not a breakdown. */
    private static DeltaForgeException classified(Throwable error) {
        return error instanceof DeltaForgeException known && known.kind() != ErrorKind.RETRIABLE
                ? known
                : new CheckpointException(ErrorKind.FATAL, "UNEXPECTED", "saving positions failed: " + error, error);
    }

    private void noteDeath() {
        lock.lock();
        try {
            dead = true;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
    }

    /** Waits for something to save; returns false when it is time to end. */
    private boolean awaitMoved() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            saving = false;
            changed.signalAll();
            while (moved.isEmpty() && released) {
                if (closing) {
                    return false;
                }
                changed.await();
            }
            saving = true;
            released = true;
            underWay.take(moved);
            return true;
        } finally {
            lock.unlock();
        }
    }

    private boolean save() {
        long start = System.nanoTime();
        Map<String, Long> sequences;
        // Given back before anybody is told: whoever adds a sink keeps others from listening meanwhile.
        writing.lock();
        try {
            sequences = write();
        } catch (DeltaForgeException e) {
            if (e.kind() != ErrorKind.RETRIABLE) {
                throw e;
            }
            listener.storage(e);
            return false;
        } finally {
            writing.unlock();
        }
        listener.saved(sequences, System.nanoTime() - start);
        listener.storage(null);
        return true;
    }

    /** Writes what is under way; returns the numbers of the batches that are saved by it. */
    private Map<String, Long> write() {
        Map<String, SourcePosition> cursors;
        Map<String, SourcePosition> ends;
        lock.lock();
        try {
            // It may have been forgotten meanwhile.
            underWay.retain(saved.sinks());
            cursors = underWay.cursors();
            ends = Map.copyOf(underWay.spooled());
        } finally {
            lock.unlock();
        }
        checkpoints.save(cursors, ends);
        lock.lock();
        try {
            Map<String, Long> sequences = saved.advance(underWay);
            underWay.clear();
            return sequences;
        } finally {
            lock.unlock();
        }
    }

    /** Waits a little and adds what has moved meanwhile; returns false when it is time to give up. */
    private boolean backOff() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = RETRY_NANOS;
            while (left > 0 && !closing) {
                left = changed.awaitNanos(left);
            }
            underWay.take(moved);
            return !closing;
        } finally {
            lock.unlock();
        }
    }

    private Optional<SourcePosition> needed() {
        lock.lock();
        try {
            return saved.needed();
        } finally {
            lock.unlock();
        }
    }

    /**
     * Waits until everything noted so far is saved.
     *
     * @param timeoutNanos how long to wait at most
     * @return whether it is
     * @throws InterruptedException when the thread is interrupted
     */
    public boolean awaitSaved(long timeoutNanos) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = timeoutNanos;
            while ((!moved.isEmpty() || saving) && !dead && left > 0) {
                left = changed.awaitNanos(left);
            }
            return moved.isEmpty() && !saving;
        } finally {
            lock.unlock();
        }
    }

    /** Saves what is left, once, and ends. */
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
            thread.join(TimeUnit.SECONDS.toMillis(10));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
