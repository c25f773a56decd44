package io.deltaforge.checkpoint.rocksdb;

import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.ErrorKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.rocksdb.NativeLibraryLoader;
import org.rocksdb.RocksDB;

/**
 * Loads RocksDB's native library, once per process. Left to itself RocksDB unpacks 17 MB under a random name into the
 * directory for temporary files at every start, and leaves it there when the process is killed; here it is one file of
 * one name in the data directory. {@code ROCKSDB_SHAREDLIB_DIR} names another directory.
 */
final class NativeLibrary {

    private static final String ELSEWHERE = "ROCKSDB_SHAREDLIB_DIR";

    private NativeLibrary() {}

    /** Loads the library if it is not loaded yet; the caller holds the lock of the data directory. */
    static synchronized void load(Path directory) {
        String elsewhere = System.getenv(ELSEWHERE);
        Path target = elsewhere == null || elsewhere.isBlank() ? directory : Path.of(elsewhere);
        try {
            Files.createDirectories(target);
            NativeLibraryLoader.getInstance().loadLibrary(target.toString());
            RocksDB.loadLibrary();
        } catch (IOException e) {
            throw StorageFailures.of("unpack RocksDB's native library into " + target, e);
        } catch (UnsatisfiedLinkError | RuntimeException e) {
            throw new CheckpointException(
                    ErrorKind.HELD,
                    "NATIVE_LIBRARY",
                    "RocksDB's native library cannot be loaded from " + target + ": " + e.getMessage(),
                    "the directory must allow execution (no noexec mount) and the platform must be one that RocksDB is"
                            + " built for; set " + ELSEWHERE + " to use another directory",
                    e);
        }
    }
}
