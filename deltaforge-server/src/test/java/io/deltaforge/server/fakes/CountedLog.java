package io.deltaforge.server.fakes;

import io.deltaforge.api.config.ConfigField;
import io.deltaforge.api.config.ConfigField.Type;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Settings;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.LogicalType;
import io.deltaforge.api.event.Operation;
import io.deltaforge.api.event.RowValues;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.event.TableSchema;
import io.deltaforge.api.event.Transaction;
import io.deltaforge.api.source.Attachment;
import io.deltaforge.api.source.EventReceiver;
import io.deltaforge.api.source.PositionOrder;
import io.deltaforge.api.source.Source;
import io.deltaforge.api.source.SourceContext;
import io.deltaforge.api.source.SourceFactory;
import io.deltaforge.api.source.SourceIdentity;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A log that counts: transaction {@code n} inserts the rows {@code n * 1000} and following, the same at every reading. */
public final class CountedLog implements SourceFactory {

    private static final long END = Long.MAX_VALUE;
    private static final List<Column> COLUMNS = List.of(Column.of("id", 0, LogicalType.INTEGER, "bigint"));
    private static final TableSchema TABLE = new TableSchema("shop", "public", "orders", COLUMNS, COLUMNS);

    @Override
    public String type() {
        return "counted";
    }

    @Override
    public ConfigSpec config() {
        return ConfigSpec.of(
                "A log that counts.",
                ConfigField.required("dsn", Type.SECRET, "Where it is not."),
                ConfigField.optional("transactions", Type.INTEGER, "1000000000", "How many there are.")
                        .between(0, Long.MAX_VALUE),
                ConfigField.optional("fail_at", Type.INTEGER, "-1", "The transaction that cannot be read."),
                ConfigField.optional("tables", Type.STRING_LIST, null, "Patterns."));
    }

    @Override
    public Source create(Settings settings, SourceContext context) {
        return new Reader(
                settings.integer("transactions"),
                settings.integer("fail_at"),
                settings.secret("dsn").orElseThrow().reveal().length());
    }

    private record Position(long transaction, long ordinal) implements SourcePosition {
        @Override
        public byte[] toBytes() {
            return ByteBuffer.allocate(16).putLong(transaction).putLong(ordinal).array();
        }
    }

    private record Tx(long number) implements Transaction {
        @Override
        public String connector() {
            return "counted";
        }

        @Override
        public String id() {
            return Long.toString(number);
        }

        @Override
        public long commitMicros() {
            return number;
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

    private static final class Order implements PositionOrder {
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

    private static final class Reader implements Source {
        private static final int EVENTS = 3;
        /** So that ledgers of logs without an end stay small enough to be read whole. */
        private static final long PACE_NANOS = 200_000;

        private final long transactions;
        private final long failAt;
        private final int identity;
        private volatile boolean stopped;

        Reader(long transactions, long failAt, int identity) {
            this.transactions = transactions;
            this.failAt = failAt;
            this.identity = identity;
        }

        @Override
        public SourceIdentity open() {
            return new SourceIdentity("counted-" + identity, "a log that counts");
        }

        @Override
        public SourcePosition attach(Attachment attachment) {
            return new Position(0, END);
        }

        @Override
        public PositionOrder positions() {
            return new Order();
        }

        @Override
        public void run(SourcePosition from, EventReceiver receiver) throws InterruptedException {
            PositionOrder order = positions();
            long next = ((Position) from).transaction();
            while (!stopped) {
                if (!receiver.awaitRoom(TimeUnit.MILLISECONDS.toNanos(1))) {
                    continue;
                }
                if (next > transactions) {
                    receiver.idle(null);
                    LockSupport.parkNanos(100_000);
                    continue;
                }
                if (next == failAt) {
                    throw new SourceException(
                            ErrorKind.HELD, "LOG_GONE", "transaction " + next + " is gone", "snapshot again", null);
                }
                Tx tx = new Tx(next);
                for (int ordinal = 0; next > 0 && ordinal < EVENTS; ordinal++) {
                    if (!order.covers(from, tx.positionAfter(ordinal))) {
                        RowValues row = RowValues.of(TABLE, next * 1_000 + ordinal);
                        receiver.event(new ChangeEvent(Operation.CREATE, TABLE, null, row, tx, ordinal));
                    }
                }
                receiver.commit(new Position(next, END));
                next++;
                LockSupport.parkNanos(PACE_NANOS);
            }
        }

        @Override
        public void release(SourcePosition upTo) {}

        @Override
        public void stop() {
            stopped = true;
        }

        @Override
        public void close() {
            stopped = true;
        }
    }
}
