package io.deltaforge.core.batch;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.source.EventReceiver;
import io.deltaforge.core.batch.BatchCut.Trigger;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.function.LongSupplier;

/**
 * Groups events into batches. A batch ends at a commit: as soon as the source is drained and a sink is free, or when one of
 * the limits is reached. A transaction above the split limit is cut between two ordinals, so that memory stays bounded.
 * Confined to the reader thread.
 */
public final class BatchAssembler implements EventReceiver {

    private static final long KEEP_ALIVE_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final BatchLimits limits;
    private final BatchOutput output;
    private final LongSupplier nanoClock;
    private final long maxWaitNanos;

    private List<ChangeEvent> events = new ArrayList<>();
    private long bytes;
    private int committedEvents;
    private long committedBytes;
    private SourcePosition committedEnd;
    private boolean waiting;
    private long waitingSince;
    private SourcePosition cut;
    private long cutOrdinal;
    private SourcePosition lastKeepAlive;
    private long lastKeepAliveAt;

    /**
     * Makes an assembler.
     *
     * @param limits the bounds of batches
     * @param output takes the batches
     * @param nanoClock a clock that only moves forward, in nanoseconds
     */
    public BatchAssembler(BatchLimits limits, BatchOutput output, LongSupplier nanoClock) {
        this.limits = requireNonNull(limits, "limits is null");
        this.output = requireNonNull(output, "output is null");
        this.nanoClock = requireNonNull(nanoClock, "nanoClock is null");
        this.maxWaitNanos = TimeUnit.MILLISECONDS.toNanos(limits.maxMs());
        this.lastKeepAliveAt = nanoClock.getAsLong() - KEEP_ALIVE_NANOS;
    }

    /** Forgets what was not given on: the source begins again behind the last batch. */
    public void reset() {
        events = new ArrayList<>();
        bytes = 0;
        cut = null;
        forgetCommitted();
    }

    @Override
    public boolean awaitRoom(long timeoutNanos) throws InterruptedException {
        return output.awaitRoom(events.size(), bytes, timeoutNanos);
    }

    @Override
    public void event(ChangeEvent event) {
        if (cut != null && event.ordinal() != cutOrdinal) {
            flushOpenTransaction();
        }
        if (committedEvents > 0 && (events.size() >= limits.maxEvents() || bytes >= limits.maxBytes())) {
            flushCommitted(Trigger.LIMITS);
        }
        events.add(event);
        bytes += event.retainedBytes();
        int openEvents = events.size() - committedEvents;
        if (openEvents >= limits.cutEvents() || bytes - committedBytes >= limits.cutBytes()) {
            // The source can describe only its latest event in full, so the place to cut at is asked for now, and used
            // once it is certain that the transaction goes on behind it.
            cut = event.position();
            cutOrdinal = event.ordinal();
        }
    }

    @Override
    public void commit(SourcePosition end) {
        cut = null;
        committedEvents = events.size();
        committedBytes = bytes;
        committedEnd = end;
        if (committedEvents >= limits.maxEvents() || committedBytes >= limits.maxBytes()) {
            flushCommitted(Trigger.LIMITS);
            return;
        }
        long now = nanoClock.getAsLong();
        if (!waiting) {
            waiting = true;
            waitingSince = now;
        } else if (now - waitingSince >= maxWaitNanos) {
            flushCommitted(Trigger.TIMER);
        }
    }

    @Override
    public void idle(SourcePosition logEnd) {
        if (committedEnd != null) {
            boolean empty = committedEvents == 0;
            long now = nanoClock.getAsLong();
            // A transaction without events moves the position only; it need not hurry.
            if (!empty && output.isSinkFree()) {
                flushCommitted(Trigger.DRAINED);
            } else if (now - waitingSince >= maxWaitNanos) {
                flushCommitted(Trigger.TIMER);
            }
        } else if (logEnd != null && events.isEmpty()) {
            keepAlive(logEnd);
        }
        if (events.isEmpty()) {
            output.drained();
        }
    }

    private void keepAlive(SourcePosition logEnd) {
        long now = nanoClock.getAsLong();
        if (now - lastKeepAliveAt >= KEEP_ALIVE_NANOS && !logEnd.equals(lastKeepAlive)) {
            lastKeepAlive = logEnd;
            lastKeepAliveAt = now;
            output.batch(new BatchCut(List.of(), logEnd, true, Trigger.TIMER, now));
        }
    }

    private void flushCommitted(Trigger trigger) {
        List<ChangeEvent> batch = events;
        long rest = bytes - committedBytes;
        if (committedEvents == events.size()) {
            events = new ArrayList<>(Math.min(batch.size() + 16, limits.maxEvents() + 16));
        } else {
            events = new ArrayList<>(batch.subList(committedEvents, batch.size()));
            batch = batch.subList(0, committedEvents);
        }
        bytes = rest;
        SourcePosition end = committedEnd;
        long openedAt = waiting ? waitingSince : nanoClock.getAsLong();
        forgetCommitted();
        output.batch(new BatchCut(batch, end, true, trigger, openedAt));
    }

    private void flushOpenTransaction() {
        if (committedEnd != null) {
            flushCommitted(Trigger.LIMITS);
        }
        List<ChangeEvent> batch = events;
        SourcePosition end = cut;
        events = new ArrayList<>();
        bytes = 0;
        cut = null;
        output.batch(new BatchCut(batch, end, false, Trigger.LIMITS, nanoClock.getAsLong()));
    }

    private void forgetCommitted() {
        committedEvents = 0;
        committedBytes = 0;
        committedEnd = null;
        waiting = false;
    }
}
