package io.deltaforge.source.postgres;

import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.Operation;
import io.deltaforge.api.event.Row;
import io.deltaforge.api.event.TableSchema;
import io.deltaforge.api.source.EventReceiver;
import io.deltaforge.source.postgres.pgoutput.PgOutputDecoder;
import io.deltaforge.source.postgres.pgoutput.ReplicationMessages;
import io.deltaforge.source.postgres.position.PostgresPosition;
import io.deltaforge.source.postgres.position.TimelineHistory;
import java.nio.ByteBuffer;
import java.util.List;

/**
 * Turns messages into events with positions, and leaves out what lies before the place to start from. Ordinals count every
 * change that the server sends, captured or not, so that another choice of tables does not change an event's id. Outlives the
 * stream: when that has to be opened again, {@link #resume} goes on behind the last event. Confined to the reader thread.
 */
final class TransactionReader implements ReplicationMessages {

    private static final long NOTHING = -1;
    private static final long EVERYTHING = Long.MAX_VALUE;

    private final EventReceiver receiver;
    private final String pipeline;
    private final long systemIdentifier;
    private final SourceMetrics metrics;
    private final SentTables sentTables;

    private TimelineHistory history;
    private PgOutputDecoder decoder;
    private boolean binary;
    /** Where the stream is to go on; null once it has. */
    private PostgresPosition from;

    private PostgresPosition lastEnd;
    private PostgresPosition logEnd;
    private PostgresTransaction transaction;
    private TransactionDigest digest;
    private boolean open;
    private long nextOrdinal;
    /** Changes of the open transaction up to this ordinal were handed over before, and are only compared. */
    private long skipThrough = NOTHING;
    /** The ordinal of the change being decoded. */
    private long ordinal;

    private boolean decoding;
    private ByteBuffer truncation;

    TransactionReader(
            EventReceiver receiver,
            String pipeline,
            long systemIdentifier,
            SourceMetrics metrics,
            SentTables sentTables) {
        this.receiver = receiver;
        this.pipeline = pipeline;
        this.systemIdentifier = systemIdentifier;
        this.metrics = metrics;
        this.sentTables = sentTables;
    }

    /** Begins a stream that starts at a place or before. */
    void resume(PostgresPosition start, TimelineHistory timelines, PgOutputDecoder newDecoder, boolean binaryStream) {
        from = start;
        history = timelines;
        decoder = newDecoder;
        binary = binaryStream;
        lastEnd = start;
        open = false;
        skipThrough = NOTHING;
        sentTables.forget();
    }

    /** Returns the place behind everything that was handed over; nothing may be read any more before {@link #resume}. */
    PostgresPosition handedOver() {
        if (!open || skipThrough == EVERYTHING) {
            return lastEnd;
        }
        if (decoding) {
            nextOrdinal--;
            digest.undo();
            transaction.digested(nextOrdinal - 1);
            decoding = false;
        }
        if (nextOrdinal - 1 <= skipThrough) {
            return from != null ? from : lastEnd;
        }
        return (PostgresPosition) transaction.positionAfter(nextOrdinal - 1);
    }

    /** Takes one message from the server. */
    void message(ByteBuffer message) {
        metrics.message(message.remaining());
        switch (message.get(message.position())) {
            case 'I', 'U', 'D' -> {
                if (next(message)) {
                    decoding = true;
                    decoder.decode(message, this);
                    decoding = false;
                }
            }
            case 'T' -> truncated(message);
            case 'R' -> {
                sentTables.relation(message);
                decoder.decode(message, this);
            }
            default -> decoder.decode(message, this);
        }
    }

    /** Counts a change; returns whether it is to be handed over. */
    private boolean next(ByteBuffer message) {
        if (!open) {
            throw new SourceException(
                    ErrorKind.FATAL, "MALFORMED_MESSAGE", "the server sent a change outside of a transaction", null);
        }
        ordinal = nextOrdinal++;
        digest.add(message);
        transaction.digested(ordinal);
        if (ordinal > skipThrough) {
            return true;
        }
        if (ordinal == skipThrough) {
            compareSkipped();
        }
        return false;
    }

    private void compareSkipped() {
        long expected = from.digest();
        if (expected == 0 || !TransactionDigest.match(expected, digest.value(binary))) {
            throw differs("its first " + (ordinal + 1) + " changes are not those that were delivered");
        }
        lastEnd = from;
        from = null;
    }

    private SourceException differs(String how) {
        return new SourceException(
                ErrorKind.HELD,
                "TRANSACTION_DIFFERS",
                "the transaction differs from what was delivered: the sinks are inside of it at "
                        + (from != null ? from : lastEnd) + ", and now " + how,
                "undo the change of the publication, its row filters or column lists; to go on without, end DeltaForge"
                        + " and start from what the slot holds, which repeats events: deltaforge checkpoint reset --config"
                        + " FILE "
                        + pipeline,
                null);
    }

    @Override
    public void begin(long finalLsn, long commitMicros, int xid) {
        if (transaction == null || transaction.commitLsn() != finalLsn) {
            transaction = new PostgresTransaction(
                    systemIdentifier, history.timelineOf(finalLsn), finalLsn, commitMicros, xid);
        }
        digest = transaction.startDigest(binary);
        nextOrdinal = 0;
        open = true;
        skipThrough = from == null ? NOTHING : skipThrough(finalLsn);
    }

    private long skipThrough(long finalLsn) {
        int relation = Long.compareUnsigned(finalLsn, from.lsn());
        if (relation < 0) {
            return EVERYTHING;
        }
        if (from.isBoundary()) {
            from = null;
            return NOTHING;
        }
        if (relation > 0) {
            throw differs("the server does not send it any more");
        }
        return from.ordinal();
    }

    @Override
    public void commit(long commitLsn, long endLsn, long commitMicros) {
        open = false;
        if (skipThrough == EVERYTHING) {
            return;
        }
        if (nextOrdinal <= skipThrough) {
            throw differs("it has " + nextOrdinal + " changes");
        }
        lastEnd = PostgresPosition.boundary(history.timelineOf(endLsn - 1), endLsn);
        receiver.commit(lastEnd);
    }

    /**
     * Says that nothing is waiting to be read.
     *
     * @param received the LSN up to which the server says it has sent everything that is to be sent
     */
    void idle(long received) {
        metrics.drained();
        receiver.idle(open ? null : logEnd(received));
    }

    private PostgresPosition logEnd(long received) {
        if (from != null && !from.isBoundary() && Long.compareUnsigned(received, from.lsn()) > 0) {
            throw differs("the server does not send it any more");
        }
        if (Long.compareUnsigned(received, lastEnd.lsn()) <= 0) {
            return null;
        }
        if (logEnd == null || logEnd.lsn() != received) {
            logEnd = PostgresPosition.boundary(history.timelineOf(received - 1), received);
        }
        return logEnd;
    }

    @Override
    public void insert(TableSchema table, Row after) {
        give(new ChangeEvent(Operation.CREATE, table, null, after, transaction, ordinal));
    }

    @Override
    public void update(TableSchema table, Row before, Row after, boolean keyChanged) {
        ChangeEvent change = new ChangeEvent(Operation.UPDATE, table, before, after, transaction, ordinal);
        if (keyChanged) {
            // Whoever keeps the newest row per key must be told that the old key is gone.
            give(change.child(1, Operation.DELETE, before, null));
            give(change.child(2, Operation.CREATE, null, after));
        } else {
            give(change);
        }
    }

    @Override
    public void delete(TableSchema table, Row before) {
        give(new ChangeEvent(Operation.DELETE, table, before, null, transaction, ordinal));
    }

    private void truncated(ByteBuffer message) {
        if (sentTables.capturedIn(message) > 0) {
            truncation = message;
            decoder.decode(message, this);
        } else {
            for (int i = sentTables.countIn(message); i > 0; i--) {
                next(message);
            }
        }
    }

    @Override
    public void truncate(List<TableSchema> tables, boolean cascade, boolean restartIdentity) {
        int captured = 0;
        for (int i = 0; i < sentTables.countIn(truncation); i++) {
            boolean wanted = sentTables.isCaptured(truncation, i);
            if (next(truncation) && wanted) {
                give(new ChangeEvent(Operation.TRUNCATE, tables.get(captured), null, null, transaction, ordinal));
            }
            captured += wanted ? 1 : 0;
        }
    }

    private void give(ChangeEvent event) {
        receiver.event(event);
    }
}
