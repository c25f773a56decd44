package io.deltaforge.testkit.sample;

import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.source.PositionOrder;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Comparator;

/** Just after an event of a transaction, or after all of it. */
record JournalPosition(long transaction, long ordinal) implements SourcePosition {

    static final PositionOrder ORDER = new Order();
    private static final long END = Long.MAX_VALUE;
    private static final int BYTES = 2 * Long.BYTES;

    static JournalPosition endOf(long transaction) {
        return new JournalPosition(transaction, END);
    }

    /** The last transaction of which nothing is needed any more by whoever has come this far. */
    long lastComplete() {
        return ordinal == END ? transaction : transaction - 1;
    }

    @Override
    public byte[] toBytes() {
        return ByteBuffer.allocate(BYTES).putLong(transaction).putLong(ordinal).array();
    }

    private static final class Order implements PositionOrder {

        private static final Comparator<JournalPosition> COMPARATOR =
                Comparator.comparingLong(JournalPosition::transaction).thenComparingLong(JournalPosition::ordinal);

        @Override
        public SourcePosition parse(byte[] bytes) {
            if (bytes.length != BYTES) {
                throw new SourceException(
                        ErrorKind.HELD,
                        "POSITION_UNREADABLE",
                        "a stored position has " + bytes.length + " bytes, expected " + BYTES,
                        null);
            }
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            return new JournalPosition(buffer.getLong(), buffer.getLong());
        }

        @Override
        public boolean covers(SourcePosition cursor, SourcePosition position) {
            return COMPARATOR.compare((JournalPosition) cursor, (JournalPosition) position) >= 0;
        }

        @Override
        public SourcePosition restart(Collection<SourcePosition> cursors) {
            return cursors.stream()
                    .map(JournalPosition.class::cast)
                    .min(COMPARATOR)
                    .orElseThrow();
        }
    }
}
