package io.deltaforge.core.support;

import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Settings;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.source.Attachment;
import io.deltaforge.api.source.EventReceiver;
import io.deltaforge.api.source.PositionOrder;
import io.deltaforge.api.source.Source;
import io.deltaforge.api.source.SourceContext;
import io.deltaforge.api.source.SourceFactory;
import io.deltaforge.api.source.SourceIdentity;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;

/** A database in memory: transactions of inserts, a slot, and faults on request. */
public final class FakeLog implements SourceFactory {

    private final List<List<ChangeEvent>> transactions = new CopyOnWriteArrayList<>();
    public volatile String identity = "db-1";
    public volatile Log.Position slot;
    public volatile Log.Position oldest = Log.end(0);
    public volatile Log.Position released = Log.end(0);
    public final AtomicInteger failAfterEvents = new AtomicInteger(Integer.MAX_VALUE);
    public volatile SourceException openFailure;
    /** Sees what is about to be released. */
    public volatile Consumer<Log.Position> beforeRelease = upTo -> {};

    public volatile Runnable afterSlotMade = () -> {};

    /** Commits a transaction of so many inserts. */
    public void commit(int events) {
        Log.Tx tx = new Log.Tx(transactions.size() + 1L);
        List<ChangeEvent> changes = new CopyOnWriteArrayList<>();
        for (int i = 0; i < events; i++) {
            changes.add(Log.insert(tx, i));
        }
        transactions.add(changes);
    }

    /** Commits a transaction that writes these rows, one change each. */
    public void commitRows(long... ids) {
        Log.Tx tx = new Log.Tx(transactions.size() + 1L);
        List<ChangeEvent> changes = new CopyOnWriteArrayList<>();
        for (long id : ids) {
            changes.add(Log.write(tx, changes.size(), id));
        }
        transactions.add(changes);
    }

    public int size() {
        return transactions.size();
    }

    @Override
    public String type() {
        return "fake";
    }

    @Override
    public ConfigSpec config() {
        return ConfigSpec.of("A database in memory.");
    }

    @Override
    public Source create(Settings settings, SourceContext context) {
        return new FakeSource();
    }

    private final class FakeSource implements Source {
        private volatile boolean stopped;

        @Override
        public SourceIdentity open() {
            if (openFailure != null) {
                throw openFailure;
            }
            return new SourceIdentity(identity, "fake database " + identity);
        }

        @Override
        public SourcePosition attach(Attachment attachment) {
            if (slot == null && attachment == Attachment.KNOWN) {
                throw new SourceException(ErrorKind.HELD, "SLOT_MISSING", "the slot is gone", null);
            }
            if (slot == null) {
                slot = oldest;
                afterSlotMade.run();
            }
            return slot;
        }

        @Override
        public PositionOrder positions() {
            return new Log.Order();
        }

        @Override
        public void run(SourcePosition from, EventReceiver receiver) throws InterruptedException {
            PositionOrder order = positions();
            int next = 0;
            while (!stopped) {
                if (!receiver.awaitRoom(TimeUnit.MILLISECONDS.toNanos(1))) {
                    continue;
                }
                if (next == transactions.size()) {
                    receiver.idle(null);
                    LockSupport.parkNanos(100_000);
                    continue;
                }
                give(transactions.get(next), next + 1L, from, order, receiver);
                next++;
            }
        }

        private void give(
                List<ChangeEvent> events, long number, SourcePosition from, PositionOrder order, EventReceiver receiver)
                throws InterruptedException {
            if (order.covers(from, Log.end(number))) {
                return;
            }
            for (ChangeEvent event : events) {
                if (order.covers(from, event.position())) {
                    continue;
                }
                if (failAfterEvents.getAndDecrement() == 0) {
                    throw new SourceException(ErrorKind.RETRIABLE, "CONNECTION_LOST", "connection lost", null);
                }
                while (!stopped && !receiver.awaitRoom(TimeUnit.MILLISECONDS.toNanos(1))) {
                    Thread.onSpinWait();
                }
                receiver.event(event);
            }
            receiver.commit(Log.end(number));
        }

        @Override
        public void release(SourcePosition upTo) {
            beforeRelease.accept((Log.Position) upTo);
            released = (Log.Position) upTo;
            slot = released;
        }

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
