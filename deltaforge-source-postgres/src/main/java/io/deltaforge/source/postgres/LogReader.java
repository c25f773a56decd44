package io.deltaforge.source.postgres;

import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.api.source.EventReceiver;
import java.nio.ByteBuffer;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.LongSupplier;

/**
 * Reads one stream: takes messages while there is room for them, and between them keeps the server informed, carries out
 * releases and makes sure that this instance still owns the slot. The reader thread does all of it, so nothing here waits for
 * long.
 */
final class LogReader {

    private static final int MESSAGES_PER_ROUND = 64;
    private static final long ROOM_NANOS = TimeUnit.MILLISECONDS.toNanos(20);
    private static final long RELEASE_NANOS = TimeUnit.MILLISECONDS.toNanos(100);
    private static final long OWNERSHIP_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final ReplicationSession session;
    private final TransactionReader transactions;
    private final EventReceiver receiver;
    private final BooleanSupplier owned;
    private final LongSupplier releasable;
    private final long statusNanos;

    private long lastStatus = System.nanoTime();
    private long lastOwned = lastStatus;
    private long released;

    LogReader(
            ReplicationSession session,
            TransactionReader transactions,
            EventReceiver receiver,
            BooleanSupplier owned,
            LongSupplier releasable,
            long statusNanos) {
        this.session = session;
        this.transactions = transactions;
        this.receiver = receiver;
        this.owned = owned;
        this.releasable = releasable;
        this.statusNanos = statusNanos;
    }

    /** Reads until told to stop. */
    void read(BooleanSupplier stopping) throws InterruptedException {
        while (!stopping.getAsBoolean()) {
            if (receiver.awaitRoom(0)) {
                readRound();
            } else {
                receiver.awaitRoom(ROOM_NANOS);
            }
            keepUp(System.nanoTime());
        }
    }

    private void readRound() throws InterruptedException {
        for (int i = 0; i < MESSAGES_PER_ROUND; i++) {
            ByteBuffer message = session.readPending();
            if (message == null) {
                transactions.idle(session.received());
                return;
            }
            transactions.message(message);
            if (!receiver.awaitRoom(0)) {
                return;
            }
        }
    }

    private void keepUp(long now) {
        long upTo = releasable.getAsLong();
        boolean toRelease = upTo != released && now - lastStatus >= RELEASE_NANOS;
        if (toRelease) {
            session.release(upTo);
            released = upTo;
            lastStatus = now;
        } else if (now - lastStatus >= statusNanos) {
            // The driver sends one too, but only while it is asked to read.
            session.sendStatus();
            lastStatus = now;
        }
        if (now - lastOwned >= OWNERSHIP_NANOS) {
            lastOwned = now;
            if (!owned.getAsBoolean()) {
                throw new SourceException(
                        ErrorKind.RETRIABLE,
                        "OWNERSHIP_LOST",
                        "the session that holds the lock of this instance is lost; another instance may own the slot"
                                + " now",
                        null);
            }
        }
    }
}
