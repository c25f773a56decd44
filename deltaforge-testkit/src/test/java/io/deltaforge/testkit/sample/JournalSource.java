package io.deltaforge.testkit.sample;

import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.LogicalType;
import io.deltaforge.api.event.Operation;
import io.deltaforge.api.event.RowValues;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.event.TableSchema;
import io.deltaforge.api.source.Attachment;
import io.deltaforge.api.source.EventReceiver;
import io.deltaforge.api.source.PositionOrder;
import io.deltaforge.api.source.Source;
import io.deltaforge.api.source.SourceIdentity;
import java.io.IOException;
import java.nio.channels.FileChannel;
import java.nio.channels.OverlappingFileLockException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;

/**
 * Reads {@code 1.tx}, {@code 2.tx} and so on: the time of the commit in microseconds, then a line per change, {@code operation
 * table id note} with tabs between. Whoever writes them renames a complete file into its place.
 */
final class JournalSource implements Source {

    private static final long PAUSE_NANOS = TimeUnit.MILLISECONDS.toNanos(1);

    private final Path directory;
    private final Set<String> tables;
    private final String pipeline;
    private final Map<String, TableSchema> schemas = new HashMap<>();
    private final AtomicReference<JournalPosition> toRelease = new AtomicReference<>();
    private volatile boolean stopped;
    private FileChannel lock;
    private String journal;

    JournalSource(Path directory, Set<String> tables, String pipeline) {
        this.directory = directory;
        this.tables = tables;
        this.pipeline = pipeline;
    }

    @Override
    public SourceIdentity open() {
        try {
            Path file = directory.resolve(pipeline + ".lock");
            lock = FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
            if (lock.tryLock() == null) {
                throw owned();
            }
            journal = Files.readString(directory.resolve("journal.id")).strip();
        } catch (OverlappingFileLockException e) {
            throw owned();
        } catch (IOException e) {
            throw unavailable(e);
        }
        return new SourceIdentity(journal, "journal " + journal + " in " + directory);
    }

    @Override
    public SourcePosition attach(Attachment attachment) {
        Path reader = reader();
        try {
            if (Files.notExists(reader)) {
                if (attachment == Attachment.KNOWN) {
                    throw new SourceException(
                            ErrorKind.HELD,
                            "READER_MISSING",
                            reader + " is gone, and with it what was kept for this pipeline",
                            "restore the directory, or reset the pipeline's checkpoints and load the targets anew",
                            null);
                }
                Files.writeString(reader, "0");
            }
            return JournalPosition.endOf(Long.parseLong(Files.readString(reader)));
        } catch (IOException e) {
            throw unavailable(e);
        }
    }

    @Override
    public PositionOrder positions() {
        return JournalPosition.ORDER;
    }

    @Override
    public void run(SourcePosition from, EventReceiver receiver) throws InterruptedException {
        try {
            long next = ((JournalPosition) from).lastComplete() + 1;
            while (!stopped) {
                carryOutRelease();
                Path file = directory.resolve(next + ".tx");
                if (!receiver.awaitRoom(PAUSE_NANOS)) {
                    continue;
                }
                if (Files.exists(file)) {
                    if (read(file, next, from, receiver)) {
                        next++;
                    }
                } else {
                    receiver.idle(JournalPosition.endOf(next - 1));
                    TimeUnit.NANOSECONDS.sleep(PAUSE_NANOS);
                }
            }
            carryOutRelease();
        } catch (IOException e) {
            throw unavailable(e);
        }
    }

    /** Hands one transaction over; false when it was stopped in the middle. */
    private boolean read(Path file, long number, SourcePosition from, EventReceiver receiver)
            throws IOException, InterruptedException {
        List<String> lines = Files.readAllLines(file);
        JournalTransaction transaction = JournalTransaction.of(journal, number, Long.parseLong(lines.get(0)));
        boolean captured = false;
        for (int ordinal = 0; ordinal + 1 < lines.size(); ordinal++) {
            String[] change = lines.get(ordinal + 1).split("\t", -1);
            boolean known = JournalPosition.ORDER.covers(from, transaction.positionAfter(ordinal));
            if (known || (!tables.isEmpty() && !tables.contains(change[1]))) {
                continue;
            }
            while (!receiver.awaitRoom(PAUSE_NANOS)) {
                if (stopped) {
                    return false;
                }
                carryOutRelease();
            }
            receiver.event(event(change, transaction, ordinal));
            captured = true;
        }
        if (captured) {
            receiver.commit(JournalPosition.endOf(number));
        }
        return true;
    }

    private ChangeEvent event(String[] change, JournalTransaction transaction, int ordinal) {
        TableSchema table = schemas.computeIfAbsent(change[1], JournalSource::schema);
        Operation operation = Operation.valueOf(change[0].toUpperCase(Locale.ROOT));
        RowValues row = RowValues.of(
                table, Long.parseLong(change[2]), operation == Operation.DELETE ? RowValues.ABSENT : change[3]);
        return operation == Operation.DELETE
                ? new ChangeEvent(operation, table, row, null, transaction, ordinal)
                : new ChangeEvent(operation, table, null, row, transaction, ordinal);
    }

    private static TableSchema schema(String table) {
        List<Column> columns = List.of(
                Column.of("id", 0, LogicalType.INTEGER, "bigint"), Column.of("note", 1, LogicalType.TEXT, "text"));
        return new TableSchema("journal", "public", table, columns, columns.subList(0, 1));
    }

    @Override
    public void release(SourcePosition upTo) {
        toRelease.set((JournalPosition) upTo);
    }

    /** Writes down first what is no longer needed: files that are gone for good were never asked for again. */
    private void carryOutRelease() throws IOException {
        JournalPosition upTo = toRelease.getAndSet(null);
        if (upTo == null) {
            return;
        }
        long released = Long.parseLong(Files.readString(reader()));
        Files.writeString(reader(), Long.toString(Math.max(released, upTo.lastComplete())));
        for (long number = released; number <= upTo.lastComplete(); number++) {
            Files.deleteIfExists(directory.resolve(number + ".tx"));
        }
    }

    @Override
    public void stop() {
        stopped = true;
    }

    @Override
    public void close() {
        try {
            if (lock != null) {
                lock.close();
            }
        } catch (IOException e) {
            throw unavailable(e);
        }
    }

    private Path reader() {
        return directory.resolve(pipeline + ".reader");
    }

    private SourceException owned() {
        return new SourceException(
                ErrorKind.STANDBY, "OWNED", "another instance reads " + directory + " for " + pipeline, null);
    }

    private SourceException unavailable(IOException cause) {
        return new SourceException(
                ErrorKind.RETRIABLE, "JOURNAL_UNAVAILABLE", "cannot read " + directory + ": " + cause, cause);
    }
}
