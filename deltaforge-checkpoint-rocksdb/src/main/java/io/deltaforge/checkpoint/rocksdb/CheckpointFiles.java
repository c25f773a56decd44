package io.deltaforge.checkpoint.rocksdb;

import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.ErrorKind;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Looks at the database's files before RocksDB does: RocksDB takes an empty directory for a new database. */
final class CheckpointFiles {

    private CheckpointFiles() {}

    /**
     * Decides whether the database may be made.
     *
     * @param directory where it is
     * @param known whether there was one already
     * @return true when there never was one, false when it is there
     * @throws CheckpointException {@code HELD} when it should be there and is not, or RocksDB would hang on it
     */
    static boolean mayCreate(Path directory, boolean known) {
        Set<String> names = names(directory);
        boolean current = names.contains("CURRENT");
        if (known && names.isEmpty()) {
            throw missing("the checkpoints that were in " + directory + " are gone");
        }
        boolean logged = names.stream().anyMatch(name -> name.endsWith(".log"));
        boolean tables = names.stream().anyMatch(name -> name.endsWith(".sst"));
        if (!current && (known || logged || tables)) {
            throw missing("the file CURRENT of the checkpoints in " + directory + " is gone");
        }
        if (known && !logged) {
            throw missing("the write-ahead log (*.log) of the checkpoints in " + directory + " is gone");
        }
        names.stream()
                .filter(name -> name.endsWith(".log") || name.startsWith("MANIFEST-"))
                .forEach(name -> LogRecords.check(directory.resolve(name)));
        return !current;
    }

    private static Set<String> names(Path directory) {
        if (Files.notExists(directory)) {
            return Set.of();
        }
        try (Stream<Path> files = Files.list(directory)) {
            return files.map(file -> file.getFileName().toString()).collect(Collectors.toSet());
        } catch (IOException e) {
            throw StorageFailures.of("read the directory " + directory, e);
        }
    }

    private static CheckpointException missing(String message) {
        return new CheckpointException(ErrorKind.HELD, "CHECKPOINTS_MISSING", message, StorageFailures.RESTORE, null);
    }
}
