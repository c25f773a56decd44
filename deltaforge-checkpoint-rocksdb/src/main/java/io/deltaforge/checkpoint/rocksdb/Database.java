package io.deltaforge.checkpoint.rocksdb;

import java.nio.file.Path;
import java.util.function.BiConsumer;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

/** An open database: the seam at which tests make a disk fail. Safe from any thread, except {@link #close}. */
interface Database extends AutoCloseable {

    /** Opens databases. */
    @FunctionalInterface
    interface Opener {

        /**
         * Opens a database and verifies the checksums of everything in it. Blocks.
         *
         * @param directory where it is
         * @param create whether it may be made when it is not there
         */
        Database open(Path directory, boolean create) throws RocksDBException;
    }

    /** Writes a batch, all or nothing; durable on return. Blocks. */
    void write(WriteBatch batch) throws RocksDBException;

    /** Reads one value; null when there is none. */
    byte[] get(byte[] key) throws RocksDBException;

    /**
     * Reads keys that start with a prefix, in the order of the keys.
     *
     * @param prefix what they start with
     * @param after only those behind this key, which starts with the prefix or is it
     * @param limit how many at most
     * @param visitor is given keys and values
     */
    void scan(byte[] prefix, byte[] after, int limit, BiConsumer<byte[], byte[]> visitor) throws RocksDBException;

    /** The number of the latest write: grows with each, and all writes up to it are durable. */
    long sequence();

    /** Gives the database back; what is durable stays durable. Not while another call is under way. */
    @Override
    void close();
}
