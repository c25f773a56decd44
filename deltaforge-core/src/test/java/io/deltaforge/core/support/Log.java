package io.deltaforge.core.support;

import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.LogicalType;
import io.deltaforge.api.event.Operation;
import io.deltaforge.api.event.RowValues;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.event.TableSchema;
import io.deltaforge.api.event.Transaction;
import io.deltaforge.api.source.PositionOrder;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;

/** A log with whole numbers for positions: transaction {@code n} ends at {@code (n, END)}. */
public final class Log {

    public static final TableSchema ORDERS = table("orders");
    public static final TableSchema AUDIT = table("audit");
    private static final long END = Long.MAX_VALUE;

    private Log() {}

    private static TableSchema table(String name) {
        List<Column> columns = List.of(
                Column.of("id", 0, LogicalType.INTEGER, "bigint"), Column.of("note", 1, LogicalType.TEXT, "text"));
        return new TableSchema("shop", "public", name, columns, columns.subList(0, 1));
    }

    /** Where an event or a transaction ends. */
    public record Position(long transaction, long ordinal) implements SourcePosition {
        @Override
        public byte[] toBytes() {
            return ByteBuffer.allocate(16).putLong(transaction).putLong(ordinal).array();
        }

        @Override
        public String toString() {
            return transaction + (ordinal == END ? "" : "+" + ordinal);
        }
    }

    /** Orders positions by transaction, then by ordinal. */
    public static final class Order implements PositionOrder {
        private static final Comparator<Position> COMPARATOR =
                Comparator.comparingLong(Position::transaction).thenComparingLong(Position::ordinal);

        @Override
        public SourcePosition parse(byte[] bytes) {
            ByteBuffer buffer = ByteBuffer.wrap(bytes);
            return new Position(buffer.getLong(), buffer.getLong());
        }

        @Override
        public boolean covers(SourcePosition cursor, SourcePosition position) {
            return COMPARATOR.compare((Position) cursor, (Position) position) >= 0;
        }

        @Override
        public SourcePosition restart(Collection<SourcePosition> cursors) {
            return cursors.stream().map(Position.class::cast).min(COMPARATOR).orElseThrow();
        }
    }

    /** One transaction of the log. */
    public record Tx(long number) implements Transaction {
        @Override
        public String connector() {
            return "test";
        }

        @Override
        public String id() {
            return "tx" + number;
        }

        @Override
        public long commitMicros() {
            return number * 1_000;
        }

        @Override
        public long hashHigh() {
            return number;
        }

        @Override
        public long hashLow() {
            return 0;
        }

        @Override
        public SourcePosition positionAfter(long ordinal) {
            return new Position(number, ordinal);
        }

        @Override
        public void describe(SourceFields fields) {
            fields.number("number", number);
        }
    }

    public static Position end(long transaction) {
        return new Position(transaction, END);
    }

    public static Position at(long transaction, long ordinal) {
        return new Position(transaction, ordinal);
    }

    public static ChangeEvent insert(Tx transaction, long ordinal) {
        return insert(transaction, ordinal, "note");
    }

    public static ChangeEvent insert(Tx transaction, long ordinal, String note) {
        RowValues row = RowValues.of(ORDERS, transaction.number() * 1_000 + ordinal, note);
        return new ChangeEvent(Operation.CREATE, ORDERS, null, row, transaction, ordinal);
    }

    /** Writes a row, which says in which change. */
    public static ChangeEvent write(Tx transaction, long ordinal, long id) {
        RowValues row = RowValues.of(ORDERS, id, transaction.id() + "#" + ordinal);
        return new ChangeEvent(Operation.CREATE, ORDERS, null, row, transaction, ordinal);
    }

    /** Names an event by transaction and ordinal. */
    public static String name(ChangeEvent event) {
        return event.transaction().id() + "#" + event.ordinal()
                + (event.childNumber() == 0 ? "" : "." + event.childNumber())
                + (event.isTransactionEnd() ? "!" : "");
    }
}
