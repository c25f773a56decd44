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
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
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

    /** What is to be saved. */
    private record Moves(Map<String, Progress> acknowledged, Map<String, SourcePosition> spooled) {}

    private final PipelineCheckpoints checkpoints;
    private final PositionOrder order;
    private final CommitListener listener;
    private final Thread thread;
    private final ReentrantLock lock = new ReentrantLock();
    private final Condition changed = lock.newCondition();
    private final Map<String, Progress> moved = new HashMap<>();
    private final Map<String, Progress> saved = new LinkedHashMap<>();
    private final Map<String, SourcePosition> spooled = new HashMap<>();
    private final Map<String, SourcePosition> savedSpooled = new HashMap<>();
    private final Set<String> detached = new HashSet<>();
    private final Map<String, Instant> savedAt = new HashMap<>();
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
        this.order = requireNonNull(order, "order is null");
        this.listener = requireNonNull(listener, "listener is null");
        known.forEach((sink, position) -> {
            saved.put(sink, new Progress(0, position.cursor()));
            position.spooled().ifPresent(end -> savedSpooled.put(sink, end));
            if (position.detached()) {
                detached.add(sink);
            }
        });
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
     * Takes note that the spool has, for good, everything up to a position that a sink does not hold. Never blocks on storage.
     *
     * @param sinks the sinks' ids
     * @param end the position
     */
    public void spooled(Set<String> sinks, SourcePosition end) {
        lock.lock();
        try {
            sinks.forEach(sink -> spooled.put(sink, end));
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
            detached.add(sink);
            spooled.remove(sink);
            savedSpooled.remove(sink);
            Progress last = moved.remove(sink);
            if (last != null) {
                saved.put(sink, last);
            }
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
     */
    public void attach(String sink, SourcePosition cursor) {
        checkpoints.attach(sink, cursor);
        lock.lock();
        try {
            detached.remove(sink);
            saved.put(sink, new Progress(0, cursor));
        } finally {
            lock.unlock();
        }
    }

    /**
     * Forgets a sink that is no longer one of the pipeline's. Blocks on storage.
     *
     * @param sink the sink's id
     */
    public void forget(String sink) {
        lock.lock();
        try {
            List.of(moved, saved).forEach(map -> map.remove(sink));
            spooled.remove(sink);
            savedSpooled.remove(sink);
            detached.remove(sink);
            released = false;
            changed.signalAll();
        } finally {
            lock.unlock();
        }
        checkpoints.forget(sink);
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
                    if (!detached.contains(sink) && certainlyCovers(progress.end(), candidate.end())) {
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
            Moves moves = awaitMoved();
            while (moves != null) {
                SAVING.pass();
                if (save(moves)) {
                    SAVED.pass();
                    smallestSaved().ifPresent(listener::releasable);
                    RELEASED.pass();
                    moves = awaitMoved();
                } else {
                    moves = backOff(moves);
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

    private Moves awaitMoved() throws InterruptedException {
        lock.lockInterruptibly();
        try {
            saving = false;
            changed.signalAll();
            while (moved.isEmpty() && spooled.isEmpty() && released) {
                if (closing) {
                    return null;
                }
                changed.await();
            }
            saving = true;
            released = true;
            return takeMoved();
        } finally {
            lock.unlock();
        }
    }

    private Moves takeMoved() {
        Moves moves = new Moves(new HashMap<>(moved), new HashMap<>(spooled));
        moved.clear();
        spooled.clear();
        return moves;
    }

    private boolean save(Moves moves) {
        Map<String, SourcePosition> positions = new HashMap<>();
        moves.acknowledged().forEach((sink, progress) -> positions.put(sink, progress.end()));
        long start = System.nanoTime();
        try {
            checkpoints.save(positions, moves.spooled());
        } catch (DeltaForgeException e) {
            if (e.kind() != ErrorKind.RETRIABLE) {
                throw e;
            }
            listener.storage(e);
            return false;
        }
        Map<String, Long> sequences = new HashMap<>();
        lock.lock();
        try {
            Instant now = Instant.now();
            moves.acknowledged().forEach((sink, progress) -> {
                // It may have been forgotten, or given up, meanwhile.
                if (saved.containsKey(sink) && !detached.contains(sink)) {
                    saved.put(sink, progress);
                    savedAt.put(sink, now);
                    sequences.put(sink, progress.sequence());
                }
            });
            moves.spooled().forEach((sink, end) -> {
                if (saved.containsKey(sink) && !detached.contains(sink)) {
                    savedSpooled.put(sink, end);
                }
            });
        } finally {
            lock.unlock();
        }
        listener.saved(sequences, System.nanoTime() - start);
        listener.storage(null);
        return true;
    }

    /** Waits a little and adds what has moved meanwhile; null when it is time to give up. */
    private Moves backOff(Moves failed) throws InterruptedException {
        lock.lockInterruptibly();
        try {
            long left = RETRY_NANOS;
            while (left > 0 && !closing) {
                left = changed.awaitNanos(left);
            }
            if (closing) {
                return null;
            }
            Moves newer = takeMoved();
            failed.acknowledged().putAll(newer.acknowledged());
            failed.spooled().putAll(newer.spooled());
            return failed;
        } finally {
            lock.unlock();
        }
    }

    /** Where a restart would begin to read; empty when every sink was given up. */
    private Optional<SourcePosition> smallestSaved() {
        lock.lock();
        try {
            List<SourcePosition> needed = new ArrayList<>();
            saved.forEach((sink, progress) -> {
                if (!detached.contains(sink)) {
                    needed.add(SinkPosition.further(progress.end(), savedSpooled.get(sink), order));
                }
            });
            return needed.isEmpty() ? Optional.empty() : Optional.of(order.restart(needed));
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
            while ((!moved.isEmpty() || !spooled.isEmpty() || saving) && !dead && left > 0) {
                left = changed.awaitNanos(left);
            }
            return moved.isEmpty() && spooled.isEmpty() && !saving;
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
