package io.deltaforge.checkpoint.rocksdb;

import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Queue;
import java.util.function.BiConsumer;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;
import org.rocksdb.WriteBatch;

/** A real database on a disk that fails when it is told to. */
final class FailingDatabase implements Database {

    /** The disk: what its next writes and openings do, and what was asked of it. */
    static final class Disk implements Opener {

        /** Failures of the writes to come; none left means success. */
        final Queue<RocksDBException> writes = new ArrayDeque<>();

        /** Failures of the openings to come. */
        final Queue<RocksDBException> openings = new ArrayDeque<>();

        /** Makes a write report failure although everything of it is on the disk. */
        boolean failAfterWriting;

        /** What happens to the files once a database that failed is closed. */
        Runnable afterClose = () -> {};

        int opened;
        int open;

        @Override
        public Database open(Path directory, boolean create) throws RocksDBException {
            opened++;
            if (!openings.isEmpty()) {
                throw openings.remove();
            }
            Database real = RocksDatabase.open(directory, create);
            open++;
            return new FailingDatabase(this, real);
        }
    }

    private final Disk disk;
    private final Database real;
    private boolean broken;

    private FailingDatabase(Disk disk, Database real) {
        this.disk = disk;
        this.real = real;
    }

    /** What RocksDB reports when fdatasync fails. */
    static RocksDBException fsyncFailed() {
        return new RocksDBException(
                "While fdatasync: /data/checkpoints/000004.log: Input/output error",
                new Status(Status.Code.IOError, Status.SubCode.None, "Input/output error"));
    }

    /** What RocksDB reports when the disk is full. */
    static RocksDBException diskFull() {
        return new RocksDBException(
                "No space left on device: While appending to file: /data/checkpoints/000004.log: No space left on device",
                new Status(Status.Code.IOError, Status.SubCode.NoSpace, "No space left on device"));
    }

    @Override
    public void write(WriteBatch batch) throws RocksDBException {
        if (broken) {
            throw new AssertionError("written to after a failed sync");
        }
        if (disk.writes.isEmpty()) {
            real.write(batch);
            return;
        }
        broken = true;
        if (disk.failAfterWriting) {
            real.write(batch);
        }
        throw disk.writes.remove();
    }

    @Override
    public byte[] get(byte[] key) throws RocksDBException {
        return real.get(key);
    }

    @Override
    public void scan(byte[] prefix, byte[] after, int limit, BiConsumer<byte[], byte[]> visitor)
            throws RocksDBException {
        real.scan(prefix, after, limit, visitor);
    }

    @Override
    public long sequence() {
        return real.sequence();
    }

    @Override
    public void close() {
        real.close();
        disk.open--;
        if (broken) {
            disk.afterClose.run();
        }
    }
}
