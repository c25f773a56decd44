package io.deltaforge.core.fanout;

import io.deltaforge.api.event.EventBatch;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.Iterator;
import java.util.List;

/**
 * The batches that one sink has not acknowledged as a prefix, in order: those under way, and those waiting behind them.
 * The only place that knows how far a sink has come. Not thread-safe: guarded by its lane's lock.
 */
final class InFlightBatches {

    /** One batch and what is known of its delivery. */
    static final class Entry {
        private final SharedBatch shared;
        private final Insertion insertion;
        private EventBatch remaining;
        private boolean acknowledged;
        private boolean failed;
        private boolean held;
        private long deliveredAt;

        Entry(SharedBatch shared, EventBatch remaining, boolean held) {
            this.shared = shared;
            this.insertion = null;
            this.remaining = remaining;
            this.held = held;
        }

        Entry(Insertion insertion) {
            this.shared = null;
            this.insertion = insertion;
        }

        /** What is delivered besides the log; null for a batch of the log. */
        Insertion insertion() {
            return insertion;
        }

        /** The lane is done with it, for good. */
        void release() {
            if (insertion == null) {
                shared.release();
            } else {
                insertion.abandoned();
            }
        }

        /** Whether the sink, or the spool for it, had everything up to the batch's end before: it says nothing new. */
        boolean held() {
            return held;
        }

        void markHeld() {
            held = true;
        }

        SharedBatch shared() {
            return shared;
        }

        /** What of the batch the sink does not hold yet. */
        EventBatch remaining() {
            return remaining;
        }

        void remaining(EventBatch batch) {
            remaining = batch;
        }

        long deliveredAt() {
            return deliveredAt;
        }

        void deliveredAt(long nanos) {
            deliveredAt = nanos;
        }
    }

    private final Deque<Entry> underWay = new ArrayDeque<>();
    private final Deque<Entry> waiting = new ArrayDeque<>();
    private final Deque<Entry> insertions = new ArrayDeque<>();

    private long events;

    /** Takes what is to be delivered besides the log: next, so that it does not wait for all that is in front of it. */
    void insert(Insertion insertion) {
        insertions.add(new Entry(insertion));
    }

    /** Takes out every insertion. */
    List<Entry> clearInsertions() {
        List<Entry> all = new ArrayList<>(insertions);
        underWay.stream().filter(entry -> entry.insertion != null).forEach(all::add);
        insertions.clear();
        underWay.removeAll(all);
        return all;
    }

    void add(SharedBatch shared, EventBatch remaining, boolean held) {
        waiting.add(new Entry(shared, remaining, held));
        events += shared.batch().size();
    }

    /** How many events the sink has not acknowledged, of those that are here. */
    long events() {
        return events;
    }

    /** Every batch that is under way, in order. */
    List<SharedBatch> allUnderWay() {
        return underWay.stream()
                .filter(entry -> entry.insertion == null)
                .map(Entry::shared)
                .toList();
    }

    /** The batch that is under way for longest; null when none is. */
    Entry oldest() {
        return underWay.peek();
    }

    /** Takes out what is not under way. */
    List<SharedBatch> takeWaiting() {
        List<SharedBatch> taken = new ArrayList<>(waiting.size());
        for (Entry entry : waiting) {
            taken.add(entry.shared);
            events -= entry.shared.batch().size();
        }
        waiting.clear();
        return taken;
    }

    int size() {
        return underWay.size() + waiting.size() + insertions.size();
    }

    int underWay() {
        return underWay.size();
    }

    /** Whether there is something to hand over. While an insertion is under way the log waits: what fails there would undo it. */
    boolean hasWaiting() {
        return !insertions.isEmpty() || !waiting.isEmpty() && !hasInsertionUnderWay();
    }

    private boolean hasInsertionUnderWay() {
        for (Entry entry : underWay) {
            if (entry.insertion != null) {
                return true;
            }
        }
        return false;
    }

    /** Takes the first batch that is not under way, and counts it as under way. */
    Entry next() {
        Entry entry = insertions.isEmpty() ? waiting.remove() : insertions.remove();
        underWay.add(entry);
        return entry;
    }

    /** Whether the outcome of anything under way is not known yet. */
    boolean isOpen() {
        for (Entry entry : underWay) {
            if (!entry.acknowledged && !entry.failed) {
                return true;
            }
        }
        return false;
    }

    void fail(Entry entry) {
        entry.failed = true;
    }

    void acknowledge(Entry entry) {
        entry.acknowledged = true;
    }

    /** Takes the first batch if it is acknowledged; null when the acknowledged prefix ends here. */
    Entry pollAcknowledged() {
        Entry first = underWay.peek();
        if (first == null || !first.acknowledged) {
            return null;
        }
        events -= first.insertion == null ? first.shared.batch().size() : 0;
        return underWay.poll();
    }

    /** Counts nothing as under way any more: all that is not part of the acknowledged prefix is delivered again. */
    void rewind() {
        for (Iterator<Entry> last = underWay.descendingIterator(); last.hasNext(); ) {
            Entry entry = last.next();
            entry.acknowledged = false;
            entry.failed = false;
            // Else the next try would seem to have begun with this one, and to take too long.
            entry.deliveredAt = 0;
            (entry.insertion == null ? waiting : insertions).addFirst(entry);
        }
        underWay.clear();
    }

    /** Takes everything out. */
    List<Entry> clear() {
        List<Entry> all = new ArrayList<>(underWay);
        all.addAll(waiting);
        all.addAll(insertions);
        underWay.clear();
        waiting.clear();
        insertions.clear();
        events = 0;
        return all;
    }
}
