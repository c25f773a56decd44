package io.deltaforge.core.commit;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.fault.CrashPoint;
import io.deltaforge.api.source.PositionOrder;
import java.time.Instant;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
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

    /** How far one sink has come. */
    private record Progress(long sequence, SourcePosition end) {}

    private final PipelineCheckpoints checkpoints;
    private final PositionOrder order;
    private final CommitListener listener;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Progress> moved = new HashMap<>();
    private final Map<String, Progress> saved = new LinkedHashMap<>();
    private final Map<String, Instant> savedAt = new HashMap<>();
    private boolean saving;
    private boolean closing;
    private boolean dead;

    /**
     * Makes a committer; it does not run yet.
     *
     * @param name the thread's name
     * @param checkpoints where positions go
     * @param order how positions relate
     * @param cursors where every sink starts
     * @param listener hears what has become durable
     */
    public CheckpointCommitter(
            String name,
            PipelineCheckpoints checkpoints,
            PositionOrder order,
            Map<String, SourcePosition> cursors,
            CommitListener listener) {
        this.checkpoints = requireNonNull(checkpoints, "checkpoints is null");
        this.order = requireNonNull(order, "order is null");
        this.listener = requireNonNull(listener, "listener is null");
        cursors.forEach((sink, position) -> saved.put(sink, new Progress(0, position)));
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
            moved.put(sink, new Progress(sequence, end));
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
            return Optional.ofNullable(saved.get(sink)).map(Progress::end);
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
            return Optional.ofNullable(savedAt.get(sink));
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
            Progress best = null;
            for (Progress candidate : saved.values()) {
                Set<String> holders = new HashSet<>();
                saved.forEach((sink, progress) -> {
                    if (certainlyCovers(progress.end(), candidate.end())) {
                        holders.add(sink);
                    }
                });
                boolean further = best == null || certainlyCovers(candidate.end(), best.end());
                if (further && candidate.sequence() > 0 && policy.isCommitted(saved.keySet(), required, holders)) {
                    best = candidate;
                }
            }
            return Optional.ofNullable(best).map(Progress::end);
        } finally {
            lock.unlock();
        }
    }

    /** What cannot be compared halts the pipeline where it matters; what is reported is only what is certain. */
    private boolean certainlyCovers(SourcePosition cursor, SourcePosition position) {
        try {
            return order.covers(cursor, position);
        } catch (SourceException e) {
            return false;
        }
    }

    private void run() {
        try {
            Map<String, Progress> batch = awaitMoved();
            while (batch != null) {
                SAVING.pass();
                if (save(batch)) {
                    SAVED.pass();
                    listener.releasable(smallestSaved());
                    RELEASED.pass();
                    batch = awaitMoved();
                } else {
                    batch = backOff(batch);
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

    private Map<String, Progress> awaitMoved() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            saving = false;
            changed.signalAll();
            while (moved.isEmpty()) {
                if (closing) {
                    return null;
                }
                changed.await();
            }
            saving = true;
            return takeMoved();
        } finally {
            lock.unlock();
        }
    }

    private Map<String, Progress> takeMoved() {
        Map<String, Progress> batch = new HashMap<>(moved);
        moved.clear();
        return batch;
    }

    private boolean save(Map<String, Progress> batch) {
        Map<String, SourcePosition> positions = new HashMap<>();
        batch.forEach((sink, progress) -> positions.put(sink, progress.end()));
        long start = System.nanoTime();
        try {
            checkpoints.save(positions);
        } catch (DeltaForgeException e) {
            if (e.kind() != ErrorKind.RETRIABLE) {
                throw e;
            }
            listener.storage(e);
            return false;
        }
        lock.lock();
        try {
            saved.putAll(batch);
            Instant now = Instant.now();
            batch.keySet().forEach(sink -> savedAt.put(sink, now));
        } finally {
            lock.unlock();
        }
        listener.saved(System.nanoTime() - start);
        listener.storage(null);
        return true;
    }

    /** Waits a little and adds what has moved meanwhile; null when it is time to give up. */
    private Map<String, Progress> backOff(Map<String, Progress> failed) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = RETRY_NANOS;
            while (left > 0 && !closing) {
                left = changed.awaitNanos(left);
            }
            if (closing) {
                return null;
            }
            Map<String, Progress> batch = new HashMap<>(failed);
            batch.putAll(takeMoved());
            return batch;
        } finally {
            lock.unlock();
        }
    }

    private SourcePosition smallestSaved() {
        lock.lock();
        try {
            return order.restart(saved.values().stream().map(Progress::end).toList());
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
