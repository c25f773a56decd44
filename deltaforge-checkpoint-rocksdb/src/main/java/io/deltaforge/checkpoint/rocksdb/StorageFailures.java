package io.deltaforge.checkpoint.rocksdb;

import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.ErrorKind;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.rocksdb.RocksDBException;
import org.rocksdb.Status;

/** What the storage's errors mean: full, out of reach for a while, damaged, or failed. */
final class StorageFailures {

    static final String RESTORE =
            "restore the data directory from a copy made while DeltaForge was stopped; or, if a gap"
                    + " is acceptable, give the pipelines new names and slots and a new data_dir";

    /** The reason of a full disk: no use in trying again at once. */
    static final String FULL = "STORAGE_FULL";

    private static final List<String> FULL_TEXTS = List.of("No space left on device", "Disk quota exceeded");
    private static final String TOO_MANY_FILES = "Too many open files";

    private StorageFailures() {}

    /** Classifies what RocksDB reports. */
    static CheckpointException of(String doing, Path directory, RocksDBException e) {
        Status status = e.getStatus();
        String text = String.valueOf(e.getMessage());
        boolean noSpace = status != null && status.getSubCode() == Status.SubCode.NoSpace;
        if (noSpace || isFull(text)) {
            return full(doing, text, e);
        }
        if (text.contains(TOO_MANY_FILES)) {
            return tooManyFiles(doing, text, e);
        }
        Status.Code code = status == null ? Status.Code.Undefined : status.getCode();
        if (code == Status.Code.IOError && text.contains("/LOCK:")) {
            return new CheckpointException(
                    ErrorKind.HELD,
                    "CHECKPOINTS_IN_USE",
                    "another program has the database in " + directory + " open: " + text,
                    "close the program that looks at the database",
                    e);
        }
        if (code == Status.Code.Corruption) {
            return damaged("cannot " + doing + ", the database in " + directory + " is damaged: " + text, e);
        }
        if (code == Status.Code.NotSupported || code == Status.Code.InvalidArgument) {
            return new CheckpointException(
                    ErrorKind.HELD,
                    "CHECKPOINTS_UNREADABLE",
                    "cannot " + doing + ", this release cannot read the database in " + directory + ": " + text,
                    "run the release that wrote the data directory; or: " + RESTORE,
                    e);
        }
        return failed(doing, text, e);
    }

    /** Classifies what the file system reports. */
    static CheckpointException of(String doing, IOException e) {
        String text = e.toString();
        if (isFull(text)) {
            return full(doing, text, e);
        }
        return text.contains(TOO_MANY_FILES) ? tooManyFiles(doing, text, e) : failed(doing, text, e);
    }

    static CheckpointException damaged(String message, Throwable cause) {
        return new CheckpointException(ErrorKind.HELD, "CHECKPOINTS_DAMAGED", message, RESTORE, cause);
    }

    private static boolean isFull(String text) {
        return FULL_TEXTS.stream().anyMatch(text::contains);
    }

    private static CheckpointException full(String doing, String text, Exception cause) {
        return new CheckpointException(
                ErrorKind.RETRIABLE,
                FULL,
                "cannot " + doing + ", the disk is full: " + text,
                "free some space; the store goes on by itself",
                cause);
    }

    private static CheckpointException tooManyFiles(String doing, String text, Exception cause) {
        return new CheckpointException(
                ErrorKind.RETRIABLE,
                "TOO_MANY_FILES",
                "cannot " + doing + ": " + text,
                "raise the limit of open files of the process (ulimit -n)",
                cause);
    }

    private static CheckpointException failed(String doing, String text, Exception cause) {
        return new CheckpointException(
                ErrorKind.HELD,
                "STORAGE_FAILED",
                "cannot " + doing + ": " + text,
                "look at the disk, its mount and the directory's rights, then start again; nothing acknowledged is lost"
                        + " while the files are there",
                cause);
    }
}
