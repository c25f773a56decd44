package io.deltaforge.core.stored;

import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.event.Transaction;
import io.deltaforge.api.source.PositionOrder;
import java.util.Arrays;

/** A transaction of a restored run: knows the positions behind the events that the run has of it. Filled by one thread. */
final class RunTransaction implements Transaction {

    private final StoredTransaction head;
    private final PositionOrder order;
    private long[] ordinals = new long[16];
    private byte[][] positions = new byte[16][];
    private int size;

    RunTransaction(StoredTransaction head, PositionOrder order) {
        this.head = head;
        this.order = order;
    }

    /** Takes note of the position behind an event; ordinals never go back. */
    void behind(long ordinal, byte[] position) {
        if (size > 0 && ordinal <= ordinals[size - 1]) {
            if (ordinal < ordinals[size - 1]) {
                throw new IllegalArgumentException(
                        "event " + ordinal + " of transaction " + head.id() + " behind event " + ordinals[size - 1]);
            }
            return;
        }
        if (size == ordinals.length) {
            ordinals = Arrays.copyOf(ordinals, size * 2);
            positions = Arrays.copyOf(positions, size * 2);
        }
        ordinals[size] = ordinal;
        positions[size++] = position;
    }

    @Override
    public String connector() {
        return head.connector();
    }

    @Override
    public String id() {
        return head.id();
    }

    @Override
    public long commitMicros() {
        return head.commitMicros();
    }

    @Override
    public long hashHigh() {
        return head.hashHigh();
    }

    @Override
    public long hashLow() {
        return head.hashLow();
    }

    @Override
    public SourcePosition positionAfter(long ordinal) {
        int at = Arrays.binarySearch(ordinals, 0, size, ordinal);
        if (at < 0) {
            throw new IllegalArgumentException("nothing was kept of event " + ordinal + " of transaction " + head.id());
        }
        return order.parse(positions[at]);
    }

    @Override
    public void describe(SourceFields fields) {
        head.describe(fields);
    }

    @Override
    public String toString() {
        return "transaction " + id();
    }
}
