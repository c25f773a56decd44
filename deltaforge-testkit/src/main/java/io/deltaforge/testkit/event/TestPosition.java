package io.deltaforge.testkit.event;

import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.source.PositionOrder;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Comparator;

/** Where an event or a transaction ends: the transaction's number, and the event's ordinal or {@link #END}. */
record TestPosition(long transaction, long ordinal) implements SourcePosition, Comparable<TestPosition> {

    static final long END = Long.MAX_VALUE;
    static final PositionOrder ORDER = new Order();

    private static final Comparator<TestPosition> COMPARATOR =
            Comparator.comparingLong(TestPosition::transaction).thenComparingLong(TestPosition::ordinal);

    @Override
    public int compareTo(TestPosition other) {
        return COMPARATOR.compare(this, other);
    }

    @Override
    public byte[] toBytes() {
        return ByteBuffer.allocate(2 * Long.BYTES)
                .putLong(transaction)
                .putLong(ordinal)
                .array();
    }

    @Override
    public String toString() {
        return transaction + (ordinal == END ? "" : "+" + ordinal);
    }

    private static final class Order implements PositionOrder {

        @Override
        public SourcePosition parse(byte[] bytes) {
            if (bytes.length != 2 * Long.BYTES) {
                throw new SourceException(
                        ErrorKind.HELD, "POSITION", "a position has 16 bytes, got " + bytes.length, null);
            }
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            return new TestPosition(buffer.getLong(), buffer.getLong());
        }

        @Override
        public boolean covers(SourcePosition cursor, SourcePosition position) {
            return ((TestPosition) cursor).compareTo((TestPosition) position) >= 0;
        }

        @Override
        public SourcePosition restart(Collection<SourcePosition> cursors) {
            return cursors.stream()
                    .map(TestPosition.class::cast)
                    .min(COMPARATOR)
                    .orElseThrow();
        }
    }
}
