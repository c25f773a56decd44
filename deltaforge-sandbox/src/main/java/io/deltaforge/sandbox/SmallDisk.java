package io.deltaforge.sandbox;

import java.io.IOException;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;

/**
 * A file system of some megabytes, in memory, for tests of a disk that is full. Only root can mount one. For one thread.
 *
 * <p>Life cycle: {@link #mount}, {@link #fill} and {@link #clear} any number of times, {@link #close}.
 */
public final class SmallDisk implements AutoCloseable {

    private static final int BLOCK = 4_096;

    private final Path path;
    private final Path filler;

    private SmallDisk(Path path) {
        this.path = path;
        this.filler = path.resolve("filler");
    }

    /**
     * Mounts an empty one.
     *
     * @param megabytes how large it is
     * @return the disk; empty when this process may not mount anything
     */
    public static Optional<SmallDisk> mount(int megabytes) {
        Path path = Sandbox.createDirectory("small-disk");
        int status = run("mount", "-t", "tmpfs", "-o", "size=" + megabytes + "m", "tmpfs", path.toString());
        if (status != 0) {
            return Optional.empty();
        }
        SmallDisk disk = new SmallDisk(path);
        Sandbox.closeAtExit(disk);
        return Optional.of(disk);
    }

    private static int run(String... command) {
        try {
            return new ProcessBuilder(command)
                    .redirectOutput(ProcessBuilder.Redirect.DISCARD)
                    .redirectError(ProcessBuilder.Redirect.DISCARD)
                    .start()
                    .waitFor();
        } catch (IOException e) {
            return -1;
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return -1;
        }
    }

    /** Returns where it is mounted. */
    public Path path() {
        return path;
    }

    /** Writes until nothing more fits. */
    public void fill() {
        try (OutputStream out = Files.newOutputStream(filler)) {
            byte[] block = new byte[BLOCK];
            while (true) {
                out.write(block);
            }
        } catch (IOException e) {
            // It is full, as it should be.
        }
    }

    /** Takes away what {@link #fill} has written. */
    public void clear() {
        try {
            Files.deleteIfExists(filler);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Unmounts it, with all that is on it. Idempotent. */
    @Override
    public void close() {
        run("umount", "-l", path.toString());
    }
}
