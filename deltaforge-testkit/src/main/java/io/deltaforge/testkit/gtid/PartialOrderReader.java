package io.deltaforge.testkit.gtid;

import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.Operation;
import io.deltaforge.api.event.RowValues;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.event.TableSchema;
import io.deltaforge.api.source.Attachment;
import io.deltaforge.api.source.EventReceiver;
import io.deltaforge.api.source.PositionOrder;
import io.deltaforge.api.source.Source;
import io.deltaforge.api.source.SourceIdentity;
import io.deltaforge.testkit.event.Events;
import io.deltaforge.testkit.gtid.GtidPosition.InLog;
import io.deltaforge.testkit.gtid.GtidPosition.InSnapshot;
import io.deltaforge.testkit.source.RowChange;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import java.util.concurrent.locks.LockSupport;

/** Reads a snapshot, where one is wanted, and then the log. */
final class PartialOrderReader implements Source {

    private static final long ROOM_NANOS = TimeUnit.MILLISECONDS.toNanos(1);
    private static final long IDLE_NANOS = TimeUnit.MICROSECONDS.toNanos(200);

    private final PartialOrderDatabase database;
    private final boolean withSnapshot;
    private final Map<String, TableSchema> schemas = new HashMap<>();
    private final AtomicReference<GtidPosition> toRelease = new AtomicReference<>();
    private volatile boolean stopped;
    private int connection;

    PartialOrderReader(PartialOrderDatabase database, boolean withSnapshot) {
        this.database = database;
        this.withSnapshot = withSnapshot;
    }

    @Override
    public SourceIdentity open() {
        connection = database.connect(this);
        return new SourceIdentity(database.name(), "fake database " + database.name());
    }

    @Override
    public SourcePosition attach(Attachment attachment) {
        return database.attach(attachment == Attachment.NEW, withSnapshot);
    }

    @Override
    public PositionOrder positions() {
        return GtidOrder.INSTANCE;
    }

    @Override
    public void run(SourcePosition from, EventReceiver receiver) throws InterruptedException {
        try {
            InLog log = from instanceof InSnapshot cursor ? readSnapshot(cursor, receiver) : (InLog) from;
            if (log != null) {
                readLog(log, receiver);
            }
        } finally {
            releaseNow();
        }
    }

    /** Returns where the log begins behind the snapshot; null when stopped before. */
    private InLog readSnapshot(InSnapshot from, EventReceiver receiver) throws InterruptedException {
        Snapshot snapshot = database.snapshotOf(from);
        InLog behind = InLog.after(snapshot.id(), snapshot.executed());
        List<Snapshot.Chunk> chunks = snapshot.chunks();
        for (int i = 0; i < chunks.size(); i++) {
            Snapshot.Chunk chunk = chunks.get(i);
            InSnapshot end = new InSnapshot(
                    snapshot.id(), snapshot.executed(), chunk.table(), chunk.number(), InSnapshot.CHUNK_END);
            boolean last = i == chunks.size() - 1;
            if (last || !from.isAtOrBehind(end)) {
                if (!readChunk(snapshot, chunk, from, receiver)) {
                    return null;
                }
                receiver.commit(last ? behind : end);
            }
        }
        if (chunks.isEmpty()) {
            receiver.commit(behind);
        }
        return behind;
    }

    private boolean readChunk(Snapshot snapshot, Snapshot.Chunk chunk, InSnapshot from, EventReceiver receiver)
            throws InterruptedException {
        ReadTransaction transaction = ReadTransaction.ofChunk(
                snapshot.id(), snapshot.executed(), chunk.table(), chunk.number(), chunk.keys());
        TableSchema table = schema(chunk.tableName());
        for (int row = 0; row < chunk.keys().size(); row++) {
            InSnapshot position = (InSnapshot) transaction.positionAfter(row);
            if (from.isAtOrBehind(position)) {
                continue;
            }
            if (!awaitRoom(receiver)) {
                return false;
            }
            RowValues after =
                    RowValues.of(table, chunk.keys().get(row), chunk.notes().get(row));
            receiver.event(new ChangeEvent(Operation.READ, table, null, after, transaction, row));
        }
        return true;
    }

    private void readLog(InLog from, EventReceiver receiver) throws InterruptedException {
        database.checkReadable(from);
        GtidSet executed = from.executed();
        Gtid begun = from.current();
        while (awaitRoom(receiver)) {
            LoggedTransaction next = database.nextBehind(executed, connection);
            if (begun != null && next != null && !next.gtid().equals(begun)) {
                throw new SourceException(
                        ErrorKind.HELD,
                        "ORDER_DIFFERS",
                        "transaction " + begun + " was read in part, and this server has " + next.gtid() + " before it",
                        "let the pipeline read from the server it read before",
                        null);
            }
            if (next == null) {
                receiver.idle(begun == null ? InLog.after(from.snapshot(), executed) : null);
                LockSupport.parkNanos(IDLE_NANOS);
                continue;
            }
            ReadTransaction transaction = ReadTransaction.ofLog(from.snapshot(), executed, next.gtid());
            long done = begun == null ? -1 : from.ordinal();
            begun = null;
            if (!readTransaction(next.changes(), transaction, done, receiver)) {
                return;
            }
            executed = executed.with(next.gtid());
            receiver.commit(InLog.after(from.snapshot(), executed));
        }
    }

    private boolean readTransaction(
            List<RowChange> changes, ReadTransaction transaction, long done, EventReceiver receiver)
            throws InterruptedException {
        for (int ordinal = Math.toIntExact(done + 1); ordinal < changes.size(); ordinal++) {
            if (!awaitRoom(receiver)) {
                return false;
            }
            receiver.event(event(changes.get(ordinal), transaction, ordinal));
        }
        return true;
    }

    private ChangeEvent event(RowChange change, ReadTransaction transaction, int ordinal) {
        TableSchema table = schema(change.table());
        boolean delete = change.operation() == Operation.DELETE;
        RowValues row = RowValues.of(table, change.id(), delete ? RowValues.ABSENT : change.note());
        return new ChangeEvent(
                change.operation(), table, delete ? row : null, delete ? null : row, transaction, ordinal);
    }

    private TableSchema schema(String table) {
        return schemas.computeIfAbsent(table, Events::table);
    }

    private boolean awaitRoom(EventReceiver receiver) throws InterruptedException {
        while (!stopped) {
            releaseNow();
            if (receiver.awaitRoom(ROOM_NANOS)) {
                return true;
            }
        }
        return false;
    }

    private void releaseNow() {
        GtidPosition upTo = toRelease.getAndSet(null);
        if (upTo != null) {
            database.release(upTo);
        }
    }

    @Override
    public void release(SourcePosition upTo) {
        toRelease.set((GtidPosition) upTo);
    }

    @Override
    public void stop() {
        stopped = true;
    }

    @Override
    public void close() {
        database.disconnect(this);
    }
}
