package io.deltaforge.checkpoint.rocksdb;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.checkpoint.CheckpointStore;
import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.ErrorKind;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.locks.Lock;
import java.util.concurrent.locks.ReentrantReadWriteLock;
import java.util.function.BiConsumer;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Checkpoints in RocksDB.
 *
 * <p>Life cycle: the data directory is locked, then the database is opened and verified: its own checksums, the schema, and
 * that it has come at least as far as the {@link Witness} says. A write that fails closes the database at once, because
 * after a failed fsync nothing may be synced through the same files again; it is opened and verified anew by the same call
 * or, while the disk is full, by the next one. Whatever cannot be verified holds the store until the process is started
 * again.
 *
 * <p>Saves of several threads run side by side and share RocksDB's syncs.
 */
final class RocksDbCheckpointStore implements CheckpointStore {

    private static final Logger LOG = LoggerFactory.getLogger(RocksDbCheckpointStore.class);
    private static final int SCHEMA = 1;

    private final Path dataDirectory;
    private final Database.Opener opener;
    private final ReentrantReadWriteLock lock = new ReentrantReadWriteLock();

    /** All four guarded by the lock; the database is null while it could not be opened again. */
    private DataDirectory directory;

    private Witness witness;
    private Database database;
    private CheckpointException held;

    RocksDbCheckpointStore(Path dataDirectory, Database.Opener opener) {
        this.dataDirectory = requireNonNull(dataDirectory, "dataDirectory is null");
        this.opener = requireNonNull(opener, "opener is null");
    }

    @Override
    public void open() {
        lock.writeLock().lock();
        try {
            if (directory != null) {
                throw new IllegalStateException("the store is open already");
            }
            directory = DataDirectory.take(dataDirectory);
            NativeLibrary.load(directory.nativeLibraries());
            openDatabase();
        } catch (CheckpointException e) {
            closeAll();
            throw e;
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void openDatabase() {
        Path checkpoints = directory.checkpoints();
        boolean known = Witness.exists(directory.witness());
        if (known && witness == null) {
            witness = Witness.open(directory.witness());
        }
        boolean create = CheckpointFiles.mayCreate(checkpoints, known);
        Database opened;
        try {
            opened = opener.open(checkpoints, create);
        } catch (RocksDBException e) {
            throw StorageFailures.of("open the checkpoints", checkpoints, e);
        }
        try {
            verify(opened, known);
            database = opened;
        } catch (RocksDBException e) {
            opened.close();
            throw StorageFailures.of("verify the checkpoints", checkpoints, e);
        } catch (CheckpointException e) {
            opened.close();
            throw e;
        }
        LOG.debug("Checkpoints in {} are open at sequence {}", checkpoints, opened.sequence());
    }

    private void verify(Database opened, boolean known) throws RocksDBException {
        if (known && opened.sequence() < witness.sequence()) {
            throw new CheckpointException(
                    ErrorKind.HELD,
                    "CHECKPOINTS_ROLLED_BACK",
                    "the checkpoints in " + directory.checkpoints() + " have lost what was saved: they end at write "
                            + opened.sequence() + ", and write " + witness.sequence() + " was acknowledged",
                    StorageFailures.RESTORE + "; or, to replay from the older positions, delete " + directory.witness(),
                    null);
        }
        byte[] schema = opened.get(EntryKey.SCHEMA);
        if (schema == null) {
            writeSchema(opened, known);
        } else {
            String what = "the schema record in " + directory.checkpoints();
            byte[] payload = EntryValue.decode(EntryKey.SCHEMA, schema, what);
            if (payload.length != 1) {
                throw StorageFailures.damaged(what + " has " + payload.length + " bytes, expected 1", null);
            }
            if ((payload[0] & 0xff) > SCHEMA) {
                throw EntryValue.newer("the schema in " + directory.checkpoints(), payload[0] & 0xff, SCHEMA);
            }
        }
        if (!known) {
            witness = Witness.create(directory.witness(), opened.sequence());
        }
    }

    private void writeSchema(Database opened, boolean known) throws RocksDBException {
        if (known || opened.sequence() > 0) {
            throw StorageFailures.damaged("the database in " + directory.checkpoints() + " has no schema record", null);
        }
        try (WriteBatch batch = new WriteBatch()) {
            batch.put(EntryKey.SCHEMA, EntryValue.encode(EntryKey.SCHEMA, new byte[] {SCHEMA}));
            opened.write(batch);
        }
    }

    @Override
    public Map<String, byte[]> load(String pipeline) {
        Map<String, byte[]> entries = new HashMap<>();
        byte[] prefix = EntryKey.prefix(pipeline);
        scan(pipeline, prefix, Integer.MAX_VALUE, entries::put);
        return entries;
    }

    @Override
    public List<Entry> page(String pipeline, String after, int limit) {
        List<Entry> entries = new ArrayList<>();
        byte[] from = after.isEmpty() ? EntryKey.prefix(pipeline) : EntryKey.of(pipeline, after);
        scan(pipeline, from, limit, (name, value) -> entries.add(new Entry(name, value)));
        return entries;
    }

    private void scan(String pipeline, byte[] after, int limit, BiConsumer<String, byte[]> reader) {
        byte[] prefix = EntryKey.prefix(pipeline);
        Lock shared = acquire();
        try {
            database.scan(prefix, after, limit, (key, value) -> {
                String name = EntryKey.name(key, prefix.length);
                reader.accept(name, EntryValue.decode(key, value, what(pipeline, name)));
            });
        } catch (RocksDBException e) {
            throw unreadable(pipeline, e);
        } finally {
            shared.unlock();
        }
    }

    @Override
    public Optional<byte[]> load(String pipeline, String key) {
        byte[] place = EntryKey.of(pipeline, key);
        Lock shared = acquire();
        try {
            byte[] value = database.get(place);
            return value == null ? Optional.empty() : Optional.of(EntryValue.decode(place, value, what(pipeline, key)));
        } catch (RocksDBException e) {
            throw unreadable(pipeline, e);
        } finally {
            shared.unlock();
        }
    }

    private String what(String pipeline, String name) {
        return "the checkpoint \"" + name + "\" of pipeline " + pipeline + " in " + directory.checkpoints();
    }

    private CheckpointException unreadable(String pipeline, RocksDBException e) {
        return StorageFailures.of("read the checkpoints of pipeline " + pipeline, directory.checkpoints(), e);
    }

    @Override
    public void save(String pipeline, Map<String, byte[]> entries) {
        try (WriteBatch batch = new WriteBatch()) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                byte[] key = EntryKey.of(pipeline, entry.getKey());
                batch.put(key, EntryValue.encode(key, requireNonNull(entry.getValue(), "a value is null")));
            }
            write(pipeline, batch);
        } catch (RocksDBException e) {
            throw StorageFailures.of("save checkpoints of pipeline " + pipeline, dataDirectory, e);
        }
    }

    @Override
    public void delete(String pipeline, Set<String> keys) {
        try (WriteBatch batch = new WriteBatch()) {
            for (String key : keys) {
                batch.delete(EntryKey.of(pipeline, key));
            }
            write(pipeline, batch);
        } catch (RocksDBException e) {
            throw StorageFailures.of("delete checkpoints of pipeline " + pipeline, dataDirectory, e);
        }
    }

    private void write(String pipeline, WriteBatch batch) {
        Database used;
        RocksDBException failure;
        Lock shared = acquire();
        try {
            if (batch.count() == 0) {
                return;
            }
            used = database;
            used.write(batch);
            witness.advance(used.sequence());
            return;
        } catch (RocksDBException e) {
            used = database;
            failure = e;
        } finally {
            shared.unlock();
        }
        throw reopenAfter(used, "save checkpoints of pipeline " + pipeline, failure);
    }

    /** Replaces a database that has failed, unless another thread has done so, and says what the failure means. */
    private CheckpointException reopenAfter(Database failed, String doing, RocksDBException failure) {
        lock.writeLock().lock();
        try {
            if (directory == null) {
                throw closed();
            }
            Path checkpoints = directory.checkpoints();
            CheckpointException classified = StorageFailures.of(doing, checkpoints, failure);
            if (database == failed) {
                LOG.warn("Writing to {} failed, it is closed and verified: {}", checkpoints, failure.getMessage());
                database.close();
                database = null;
                if (!classified.reason().equals(StorageFailures.FULL)) {
                    openOrHold(failure);
                }
            }
            return classified.kind() == ErrorKind.RETRIABLE ? classified : passed(doing, failure);
        } finally {
            lock.writeLock().unlock();
        }
    }

    /** The failure of a write to a database that has been verified since: the write may be tried again. */
    private static CheckpointException passed(String doing, RocksDBException failure) {
        return new CheckpointException(
                ErrorKind.RETRIABLE,
                "STORAGE_FAILED",
                "cannot " + doing + ": " + failure.getMessage()
                        + "; the database was opened anew, and all that was acknowledged is there",
                "look at the disk",
                failure);
    }

    /** Takes the shared lock with an open database under it, for the caller to give back. */
    @SuppressWarnings("LockNotBeforeTry")
    private Lock acquire() {
        Lock shared = lock.readLock();
        shared.lock();
        if (database != null) {
            return shared;
        }
        shared.unlock();
        lock.writeLock().lock();
        try {
            if (directory == null) {
                throw closed();
            }
            if (database == null) {
                openOrHold(null);
            }
            shared.lock();
            return shared;
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void openOrHold(Exception before) {
        if (held != null) {
            throw held;
        }
        try {
            openDatabase();
        } catch (CheckpointException e) {
            if (e.kind() != ErrorKind.RETRIABLE) {
                held = e;
            }
            if (before != null) {
                e.addSuppressed(before);
            }
            throw e;
        }
    }

    private static IllegalStateException closed() {
        return new IllegalStateException("the store is not open");
    }

    @Override
    public void close() {
        lock.writeLock().lock();
        try {
            closeAll();
        } finally {
            lock.writeLock().unlock();
        }
    }

    private void closeAll() {
        if (database != null) {
            long last = database.sequence();
            database.close();
            database = null;
            LOG.debug("Checkpoints are closed at sequence {}", last);
        }
        if (witness != null) {
            witness.close();
            witness = null;
        }
        held = null;
        if (directory != null) {
            DataDirectory owned = directory;
            directory = null;
            owned.close();
        }
    }
}
