package io.deltaforge.testkit.mutant;

import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.event.Transaction;
import io.deltaforge.api.source.EventReceiver;
import io.deltaforge.api.source.PositionOrder;
import java.util.Collection;

/** Parts of a source that pass everything on, to be broken in one place. */
final class SourceParts {

    private SourceParts() {}

    /** A receiver that passes everything on. */
    static class Through implements EventReceiver {
        final EventReceiver receiver;

        Through(EventReceiver receiver) {
            this.receiver = receiver;
        }

        @Override
        public boolean awaitRoom(long timeoutNanos) throws InterruptedException {
            return receiver.awaitRoom(timeoutNanos);
        }

        @Override
        public void event(ChangeEvent event) {
            receiver.event(event);
        }

        @Override
        public void commit(SourcePosition end) {
            receiver.commit(end);
        }

        @Override
        public void idle(SourcePosition logEnd) {
            receiver.idle(logEnd);
        }
    }

    /** A transaction that is named otherwise. */
    record Renamed(Transaction original, long low) implements Transaction {
        @Override
        public String connector() {
            return original.connector();
        }

        @Override
        public String id() {
            return original.id();
        }

        @Override
        public long commitMicros() {
            return original.commitMicros();
        }

        @Override
        public long hashHigh() {
            return original.hashHigh();
        }

        @Override
        public long hashLow() {
            return low;
        }

        @Override
        public SourcePosition positionAfter(long ordinal) {
            return original.positionAfter(ordinal);
        }

        @Override
        public void describe(SourceFields fields) {
            original.describe(fields);
        }
    }

    /** An order that passes every question on. */
    static class Order implements PositionOrder {
        final PositionOrder order;

        Order(PositionOrder order) {
            this.order = order;
        }

        @Override
        public SourcePosition parse(byte[] bytes) {
            return order.parse(bytes);
        }

        @Override
        public boolean covers(SourcePosition cursor, SourcePosition position) {
            return order.covers(cursor, position);
        }

        @Override
        public SourcePosition restart(Collection<SourcePosition> cursors) {
            return order.restart(cursors);
        }
    }
}
