package io.deltaforge.checkpoint.rocksdb;

import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.ErrorKind;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** The data directory while this process owns it. The lock ends with the process, however it ends. */
final class DataDirectory implements AutoCloseable {

    private static final String LOCK_FILE = "lock";

    /** Behind every process id, so that the owner's can be read where locks are mandatory. */
    private static final long LOCK_POSITION = 1L << 20;

    /**
     * What this process owns already. Asking the operating system is not enough: on POSIX a second descriptor of the lock
     * file would release the first one's lock when it is closed.
     */
    private static final Set<Path> OWNED = ConcurrentHashMap.newKeySet();

    private final Path root;
    private final RandomAccessFile file;

    private DataDirectory(Path root, RandomAccessFile file) {
        this.root = root;
        this.file = file;
    }

    /** Makes the directory if need be and takes sole ownership of it. */
    static DataDirectory take(Path path) {
        Path root;
        try {
            Path absolute = path.toAbsolutePath().normalize();
            boolean made = !Files.isDirectory(absolute);
            Files.createDirectories(absolute);
            if (made) {
                sync(absolute.getParent());
            }
            root = absolute.toRealPath();
        } catch (IOException e) {
            throw StorageFailures.of("use the data directory " + path, e);
        }
        if (!OWNED.add(root)) {
            throw inUse("this process uses the data directory " + root + " already");
        }
        RandomAccessFile file = null;
        try {
            file = new RandomAccessFile(root.resolve(LOCK_FILE).toFile(), "rw");
            lock(root, file);
            return new DataDirectory(root, file);
        } catch (IOException e) {
            release(root, file);
            throw StorageFailures.of("lock the data directory " + root, e);
        } catch (RuntimeException e) {
            release(root, file);
            throw e;
        }
    }

    /** Returns who uses the directory right now, as it has written it down; changes nothing. */
    static Optional<String> owner(Path path) {
        Path lockFile = path.resolve(LOCK_FILE);
        if (!Files.isRegularFile(lockFile)) {
            return Optional.empty();
        }
        if (OWNED.contains(realPath(path))) {
            return Optional.of(Long.toString(ProcessHandle.current().pid()));
        }
        try (RandomAccessFile file = new RandomAccessFile(lockFile.toFile(), "rw");
                FileLock lock = file.getChannel().tryLock(LOCK_POSITION, 1, false)) {
            String pid = file.readLine();
            return lock != null ? Optional.empty() : Optional.of(pid == null ? "?" : pid.strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static Path realPath(Path path) {
        try {
            return path.toRealPath();
        } catch (IOException e) {
            return path;
        }
    }

    private static void lock(Path root, RandomAccessFile file) throws IOException {
        FileLock lock = file.getChannel().tryLock(LOCK_POSITION, 1, false);
        if (lock == null) {
            String pid = file.readLine();
            String owner = pid == null || pid.isBlank() ? "another process" : "another process (pid " + pid + ")";
            throw inUse(owner + " uses this data directory: " + root);
        }
        byte[] pid = (ProcessHandle.current().pid() + "\n").getBytes(StandardCharsets.US_ASCII);
        file.setLength(0);
        file.write(pid);
    }

    private static CheckpointException inUse(String message) {
        return new CheckpointException(
                ErrorKind.STANDBY,
                "DATA_DIRECTORY_IN_USE",
                message,
                "stop the other one, or give this one a data_dir of its own",
                null);
    }

    /** Makes the names in a directory durable. */
    static void sync(Path directory) throws IOException {
        if (directory == null || System.getProperty("os.name").startsWith("Windows")) {
            return; // Windows opens no directory as a file and keeps its names by itself.
        }
        try (FileChannel channel = FileChannel.open(directory, StandardOpenOption.READ)) {
            channel.force(true);
        }
    }

    /** Where the database is. */
    Path checkpoints() {
        return root.resolve("checkpoints");
    }

    /** Where the witness is: beside the database, so that it outlives it. */
    Path witness() {
        return root.resolve("checkpoints.witness");
    }

    /** Where native libraries are unpacked. */
    Path nativeLibraries() {
        return root.resolve("native");
    }

    @Override
    public void close() {
        release(root, file);
    }

    private static void release(Path root, RandomAccessFile file) {
        try {
            if (file != null) {
                file.close();
            }
        } catch (IOException e) {
            throw StorageFailures.of("release the data directory " + root, e);
        } finally {
            OWNED.remove(root);
        }
    }
}
