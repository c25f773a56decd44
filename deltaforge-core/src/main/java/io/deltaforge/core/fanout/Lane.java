package io.deltaforge.core.fanout;

import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.sink.Sink;
import io.deltaforge.api.sink.TransactionalSink;
import io.deltaforge.api.source.PositionOrder;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One sink's ordered way through the engine: its thread, its batches, its tries. After a failure nothing more is handed
 * over; the sink is closed, made anew, and given everything again from the first batch that it has not acknowledged. Batches
 * come from the window as they are read; while the sink is behind they come from the spool.
 */
final class Lane implements Runnable {

    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

    /** Gives a lane that has read everything from the spool its batches from the window again. */
    interface Rejoin {

        /** Returns whether it does from now on; {@link LaneQueue#toWindow} was called then. */
        boolean rejoin(Lane lane);
    }

    private final LaneSpec spec;
    private final boolean awaited;
    private final PositionOrder order;
    private final LaneQueue queue;
    private final SkipFilter skip;
    private final Thread thread;

    /** What the sink was given last, without its events: what is inserted stands behind it. Confined to the lane's thread. */
    private EventBatch handedOver;

    /** How far the sink said that it is when it was opened; null for one that stores none. Confined to the lane's thread. */
    private SourcePosition settled;

    private volatile long busySince;

    Lane(LaneSpec spec, boolean awaited, PositionOrder order, LaneListener listener, Rejoin rejoin) {
        this.spec = spec;
        this.awaited = awaited;
        this.order = order;
        this.queue = new LaneQueue(spec, awaited, order, listener, () -> rejoin.rejoin(this));
        this.skip = new SkipFilter(order, spec.start().cursor());
        this.thread = new Thread(this, "df-" + spec.pipeline() + "-sink-" + spec.sink());
    }

    LaneQueue queue() {
        return queue;
    }

    void start() {
        thread.start();
    }

    String sink() {
        return spec.sink();
    }

    boolean isRequired() {
        return spec.required();
    }

    /** Whether a batch counts as delivered only once this sink has it, too. */
    boolean isAwaited() {
        return awaited;
    }

    /** Interrupts a sink that has taken too long. */
    void checkDeadline(long now) {
        if (spec.deadlineNanos() > 0) {
            queue.checkDeadline(now, () -> busySince, () -> {
                busySince = now;
                thread.interrupt();
            });
        }
    }

    /** Asks the lane to end now. */
    void close() {
        queue.close();
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
            while (queue.awaitWanted()) {
                DeltaForgeException reason = deliverWithOneSink();
                if (reason == null) {
                    continue;
                }
                if (reason.kind() == ErrorKind.RETRIABLE) {
                    queue.backOff(reason);
                } else if (!queue.fail(reason)) {
                    return;
                }
            }
            queue.end();
        } catch (InterruptedException e) {
            queue.end();
        } catch (Throwable e) {
            queue.failed(LaneFailures.unexpected(e));
        }
    }

    /** Returns why it ended; null when it was asked to. */
    private DeltaForgeException deliverWithOneSink() throws InterruptedException {
        Sink sink = null;
        try {
            busySince = System.nanoTime();
            sink = spec.sinks().get();
            sink.open();
            boolean transactional = sink instanceof TransactionalSink;
            if (sink instanceof TransactionalSink holder) {
                SourcePosition held =
                        holder.committedPosition().map(order::parse).orElse(null);
                settled = spec.witness().settle(held, queue.reached());
                skip.restart(settled);
                queue.goOnAt(settled);
                handedOver = new EventBatch(0, List.of(), settled);
            } else {
                spec.witness().withoutPositions();
                settled = null;
                handedOver = new EventBatch(0, List.of(), queue.reached());
            }
            busySince = 0;
            queue.running();
            pump(sink, transactional);
            return null;
        } catch (Throwable e) {
            busySince = 0;
            if (queue.isClosing()) {
                return null;
            }
            // The watch interrupts under the lock, so it has done so by now or never will.
            Thread.interrupted();
            DeltaForgeException reason = queue.reason(e);
            queue.settle();
            return reason;
        } finally {
            closeQuietly(sink);
            queue.rewind();
        }
    }

    private void pump(Sink sink, boolean transactional) throws InterruptedException {
        while (true) {
            InFlightBatches.Entry entry = queue.awaitNext();
            if (entry == null) {
                return;
            }
            if (entry.insertion() != null) {
                entry.remaining(
                        handedOver.withEvents(List.copyOf(entry.insertion().events())));
                handOver(sink, entry, entry.remaining().isEmpty());
                continue;
            }
            queue.skipAnew().ifPresent(reached -> skip.restart(furtherThan(reached)));
            if (skip.holds(entry.shared().batch())) {
                entry.markHeld();
            }
            // An empty batch moves the position of a sink that stores it, but never back.
            boolean nothingToStore = !transactional || entry.held();
            EventBatch remaining = skip.apply(entry.remaining());
            entry.remaining(remaining);
            boolean nothingToDo = remaining.isEmpty() && nothingToStore;
            if (!nothingToDo) {
                handedOver = remaining.withEvents(List.of());
            }
            handOver(sink, entry, nothingToDo);
        }
    }

    /** A sink that stores positions may hold more than it has acknowledged. */
    private SourcePosition furtherThan(SourcePosition reached) {
        return settled == null || order.covers(reached, settled) ? reached : settled;
    }

    private void handOver(Sink sink, InFlightBatches.Entry entry, boolean nothingToDo) {
        int attempt = queue.attempt();
        if (nothingToDo) {
            queue.complete(entry, attempt, null);
            return;
        }
        long now = System.nanoTime();
        entry.deliveredAt(now);
        busySince = now;
        sink.deliver(entry.remaining()).whenComplete((done, error) -> queue.complete(entry, attempt, error));
        busySince = 0;
    }

    private void closeQuietly(Sink sink) {
        if (sink == null) {
            return;
        }
        busySince = System.nanoTime();
        try {
            sink.close();
        } catch (RuntimeException e) {
            LOG.warn("Pipeline {}, sink {}: closing failed: {}", spec.pipeline(), spec.sink(), e.toString());
        } finally {
            busySince = 0;
            if (!queue.isClosing()) {
                Thread.interrupted();
            }
        }
    }
}
