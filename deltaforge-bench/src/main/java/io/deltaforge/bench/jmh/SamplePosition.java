package io.deltaforge.bench.jmh;

import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.source.PositionOrder;
import java.nio.ByteBuffer;
import java.util.Collection;

/** A place in the sample log: the end of a numbered transaction. */
record SamplePosition(long transaction) implements SourcePosition {

    /** Orders the places by their numbers. */
    static final PositionOrder ORDER = new PositionOrder() {
        @Override
        public SourcePosition parse(byte[] bytes) {
            return new SamplePosition(ByteBuffer.wrap(bytes).getLong());
        }

        @Override
        public boolean covers(SourcePosition cursor, SourcePosition position) {
            return ((SamplePosition) cursor).transaction >= ((SamplePosition) position).transaction;
        }

        @Override
        public SourcePosition restart(Collection<SourcePosition> cursors) {
            return cursors.stream()
                    .map(SamplePosition.class::cast)
                    .reduce((left, right) -> left.transaction <= right.transaction ? left : right)
                    .orElseThrow();
        }
    };

    @Override
    public byte[] toBytes() {
        return ByteBuffer.allocate(Long.BYTES).putLong(transaction).array();
    }

    @Override
    public String toString() {
        return String.valueOf(transaction);
    }
}
