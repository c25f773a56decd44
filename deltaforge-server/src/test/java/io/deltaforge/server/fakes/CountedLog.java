package io.deltaforge.server.fakes;

import io.deltaforge.api.config.ConfigField;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Settings;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.source.Attachment;
import io.deltaforge.api.source.EventReceiver;
import io.deltaforge.api.source.PositionOrder;
import io.deltaforge.api.source.Source;
import io.deltaforge.api.source.SourceContext;
import io.deltaforge.api.source.SourceFactory;
import io.deltaforge.api.source.SourceIdentity;
import io.deltaforge.testkit.event.Events;
import io.deltaforge.testkit.event.TransactionBuilder;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;

/** A log that counts: transaction {@code n} inserts the rows {@code n * 1000} and following, the same at every reading. */
public final class CountedLog implements SourceFactory {

    @Override
    public String type() {
        return "counted";
    }

    @Override
    public ConfigSpec config() {
        return ConfigSpec.of(
                "A log that counts.",
                ConfigField.secret("dsn", "Where it is not.").withRequired(),
                ConfigField.integer("transactions", "How many there are.")
                        .withDefault(1_000_000_000)
                        .withRange(0, Long.MAX_VALUE),
                ConfigField.integer("fail_at", "The transaction that cannot be read.")
                        .withDefault(-1),
                ConfigField.texts("tables", "Patterns."));
    }

    @Override
    public Source create(Settings settings, SourceContext context) {
        return new Reader(
                settings.integer("transactions"),
                settings.integer("fail_at"),
                settings.secret("dsn").orElseThrow().reveal().length());
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
            return Events.endOf(0);
        }

        @Override
        public PositionOrder positions() {
            return Events.order();
        }

        @Override
        public void run(SourcePosition from, EventReceiver receiver) throws InterruptedException {
            PositionOrder order = positions();
            long next = 1;
            while (order.covers(from, Events.endOf(next))) {
                next++;
            }
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
                TransactionBuilder transaction = Events.transaction(next);
                for (int ordinal = 0; ordinal < EVENTS; ordinal++) {
                    transaction.create(Events.ORDERS, next * 1_000 + ordinal, "counted");
                }
                transaction.events().stream()
                        .filter(event -> !order.covers(from, event.position()))
                        .forEach(receiver::event);
                receiver.commit(Events.endOf(next));
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
