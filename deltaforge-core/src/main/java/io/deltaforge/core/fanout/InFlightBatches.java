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
        private EventBatch remaining;
        private boolean acknowledged;
        private boolean held;
        private long deliveredAt;

        Entry(SharedBatch shared) {
            this.shared = shared;
            this.remaining = shared.batch();
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

        /** Whether the sink had everything up to the batch's end before: it says nothing new of how far the sink has come. */
        boolean held() {
            return held;
        }

        void markHeld() {
            held = true;
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

    void add(SharedBatch shared) {
        waiting.add(new Entry(shared));
    }

    int size() {
        return underWay.size() + waiting.size();
    }

    int underWay() {
        return underWay.size();
    }

    boolean hasWaiting() {
        return !waiting.isEmpty();
    }

    /** Takes the first batch that is not under way, and counts it as under way. */
    Entry next() {
        Entry entry = waiting.remove();
        underWay.add(entry);
        return entry;
    }

    void acknowledge(Entry entry) {
        entry.acknowledged = true;
    }

    /** Takes the first batch if it is acknowledged; null when the acknowledged prefix ends here. */
    Entry pollAcknowledged() {
        Entry first = underWay.peek();
        return first != null && first.acknowledged ? underWay.poll() : null;
    }

    /** Counts nothing as under way any more: all that is not part of the acknowledged prefix is delivered again. */
    void rewind() {
        for (Iterator<Entry> last = underWay.descendingIterator(); last.hasNext(); ) {
            Entry entry = last.next();
            entry.acknowledged = false;
            waiting.addFirst(entry);
        }
        underWay.clear();
    }

    /** Takes everything out. */
    List<Entry> clear() {
        List<Entry> all = new ArrayList<>(underWay);
        all.addAll(waiting);
        underWay.clear();
        waiting.clear();
        return all;
    }
}
