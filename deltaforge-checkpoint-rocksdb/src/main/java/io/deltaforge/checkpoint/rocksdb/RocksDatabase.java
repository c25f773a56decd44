package io.deltaforge.checkpoint.rocksdb;

import java.nio.file.Path;
import java.util.Arrays;
import java.util.function.BiConsumer;
import org.rocksdb.BlockBasedTableConfig;
import org.rocksdb.CompressionType;
import org.rocksdb.FlushOptions;
import org.rocksdb.InfoLogLevel;
import org.rocksdb.Options;
import org.rocksdb.RocksDB;
import org.rocksdb.RocksDBException;
import org.rocksdb.RocksIterator;
import org.rocksdb.WALRecoveryMode;
import org.rocksdb.WriteBatch;
import org.rocksdb.WriteOptions;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * RocksDB, set up for a few kilobytes that must never be lost.
 *
 * <p>Opening reads the write-ahead log, writes what it held into new, synced table files under a new manifest, and starts a
 * new log. After a failed fsync this is what makes the data durable again: the kernel may have dropped the dirty pages of
 * the old file and reports success the next time, so the old file is never synced again.
 */
final class RocksDatabase implements Database {

    private static final Logger LOG = LoggerFactory.getLogger(RocksDatabase.class);
    private static final long WRITE_BUFFER_BYTES = 1 << 20;

    private final RocksDB rocks;
    private final Options options;
    private final WriteOptions writeOptions;

    private RocksDatabase(RocksDB rocks, Options options) {
        this.rocks = rocks;
        this.options = options;
        this.writeOptions = new WriteOptions().setSync(true);
    }

    static RocksDatabase open(Path directory, boolean create) throws RocksDBException {
        Options options = options().setCreateIfMissing(create);
        RocksDB rocks = null;
        try {
            rocks = RocksDB.open(options, directory.toString());
            rocks.verifyChecksum();
            return new RocksDatabase(rocks, options);
        } catch (RocksDBException e) {
            if (rocks != null) {
                rocks.close();
            }
            options.close();
            throw e;
        }
    }

    private static Options options() {
        return new Options()
                // The default, PointInTimeRecovery, forgets everything behind a flipped bit without a word. This mode
                // accepts an unfinished last record, which was never acknowledged, and refuses everything else.
                .setWalRecoveryMode(WALRecoveryMode.TolerateCorruptedTailRecords)
                .setParanoidChecks(true)
                .setParanoidFileChecks(true)
                // RocksDB would try in the background to go on after an error; the store closes and verifies instead.
                .setMaxBgErrorResumeCount(0)
                .setWriteBufferSize(WRITE_BUFFER_BYTES)
                .setMaxOpenFiles(64)
                .setMaxBackgroundJobs(1)
                .setManifestPreallocationSize(64 << 10)
                .setMaxManifestFileSize(1 << 20)
                .setCompressionType(CompressionType.NO_COMPRESSION)
                .setTableFormatConfig(new BlockBasedTableConfig().setNoBlockCache(true))
                .setInfoLogLevel(InfoLogLevel.WARN_LEVEL)
                .setMaxLogFileSize(1 << 20)
                .setKeepLogFileNum(2)
                .setStatsDumpPeriodSec(0)
                .setStatsPersistPeriodSec(0);
    }

    @Override
    public void write(WriteBatch batch) throws RocksDBException {
        rocks.write(writeOptions, batch);
    }

    @Override
    public byte[] get(byte[] key) throws RocksDBException {
        return rocks.get(key);
    }

    @Override
    public void scan(byte[] prefix, byte[] after, int limit, BiConsumer<byte[], byte[]> visitor)
            throws RocksDBException {
        try (RocksIterator entries = rocks.newIterator()) {
            int left = limit;
            for (entries.seek(after); left > 0 && entries.isValid(); entries.next()) {
                byte[] key = entries.key();
                if (!startsWith(key, prefix)) {
                    break;
                }
                if (!Arrays.equals(key, after)) {
                    visitor.accept(key, entries.value());
                    left--;
                }
            }
            entries.status();
        }
    }

    private static boolean startsWith(byte[] key, byte[] prefix) {
        return key.length >= prefix.length && Arrays.equals(key, 0, prefix.length, prefix, 0, prefix.length);
    }

    @Override
    public long sequence() {
        return rocks.getLatestSequenceNumber();
    }

    /** What RocksDB says about itself, for tests ({@code rocksdb.dbstats} counts the syncs). */
    String property(String name) throws RocksDBException {
        return rocks.getProperty(name);
    }

    /** Moves what the log holds into table files, so that the next start reads no log. */
    void flush() throws RocksDBException {
        try (FlushOptions flush = new FlushOptions().setWaitForFlush(true)) {
            rocks.flush(flush);
        }
    }

    @Override
    public void close() {
        try {
            flush();
        } catch (RocksDBException e) {
            LOG.debug("Checkpoints stay in the write-ahead log, from which the next start reads them", e);
        }
        rocks.close();
        writeOptions.close();
        options.close();
    }
}
