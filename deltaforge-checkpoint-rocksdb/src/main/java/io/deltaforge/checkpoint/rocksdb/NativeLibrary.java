package io.deltaforge.checkpoint.rocksdb;

import io.deltaforge.api.check.CheckReport;
import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.ErrorKind;
import java.io.IOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import org.rocksdb.NativeLibraryLoader;
import org.rocksdb.RocksDB;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Loads RocksDB's native library, once per process. Left to itself RocksDB unpacks 17 MB under a random name into the
 * directory for temporary files at every start, and leaves it there when the process is killed; here it is one file of
 * one name in the data directory. {@code ROCKSDB_SHAREDLIB_DIR} names another directory.
 */
final class NativeLibrary {

    private static final Logger LOG = LoggerFactory.getLogger(NativeLibrary.class);
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

    /** Loads the library from a directory that is gone afterwards. */
    static void check(CheckReport report) {
        Path directory = null;
        try {
            directory = Files.createTempDirectory("deltaforge-native");
            load(directory);
            report.ok("NATIVE_LIBRARY", "RocksDB " + RocksDB.rocksdbVersion() + " loads");
        } catch (IOException e) {
            report.warning(
                    "NATIVE_LIBRARY", "cannot be tried: no directory for temporary files: " + e, "set java.io.tmpdir");
        } catch (CheckpointException e) {
            report.error(e.reason(), e.getMessage(), e.remedy().orElse(null));
        } finally {
            delete(directory);
        }
    }

    private static void delete(Path directory) {
        if (directory == null) {
            return;
        }
        try (DirectoryStream<Path> files = Files.newDirectoryStream(directory)) {
            for (Path file : files) {
                Files.delete(file);
            }
            Files.delete(directory);
        } catch (IOException e) {
            LOG.debug("{} stays: {}", directory, e.toString());
        }
    }
}
