package io.deltaforge.core.simulation;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.file.FileSystem;
import java.nio.file.FileSystems;
import java.nio.file.Files;
import java.nio.file.OpenOption;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.FileAttribute;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.stream.Stream;

/**
 * A directory on a disk that keeps for certain only what was forced to it, forgets any part of the rest in a power cut, and has
 * no room when told so. Safe from any thread.
 *
 * <p>A power cut cuts off any part of what was appended to a file and not forced, takes away files whose directory was not
 * forced since they were made, and brings back the files that were deleted last when it was not forced since then.
 */
final class ForgetfulDisk {

    private final Path root;
    private final Path deleted;
    private final FileSystem fileSystem = new DelegatingFileSystem(new Provider());
    private final Map<Path, Long> forced = new HashMap<>();
    private final Set<Path> certainNames = new HashSet<>();
    /** In the order in which they were deleted. */
    private final List<Path> uncertainDeletions = new ArrayList<>();

    private boolean frozen;
    private boolean full;

    ForgetfulDisk(Path directory) {
        this.root = directory.resolve("disk");
        this.deleted = directory.resolve("deleted");
        try {
            Files.createDirectories(root);
            Files.createDirectories(deleted);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A path on the disk. */
    Path path(String name) {
        return DelegatingPath.of(root.resolve(name), fileSystem);
    }

    synchronized void full(boolean whether) {
        full = whether;
    }

    synchronized boolean isFull() {
        return full;
    }

    /** Nothing is written any more, and nothing becomes certain. */
    synchronized void freeze() {
        frozen = true;
    }

    /** The power is back, or the process was only killed, and everything that was written is there. */
    synchronized void thaw() {
        frozen = false;
    }

    /** The power is gone for a moment. */
    synchronized void cutPower(Random random) throws IOException {
        for (int i = random.nextInt(uncertainDeletions.size() + 1); i < uncertainDeletions.size(); i++) {
            Path file = uncertainDeletions.get(i);
            if (!Files.exists(file)) {
                Files.move(deleted.resolve(file.getFileName()), file);
            }
        }
        List<Path> files;
        try (Stream<Path> all = Files.walk(root)) {
            files = all.filter(Files::isRegularFile).sorted().toList();
        }
        for (Path file : files) {
            if (!certainNames.contains(file) && random.nextBoolean()) {
                Files.delete(file);
                forced.remove(file);
            } else {
                cutTail(file, random);
                certainNames.add(file);
                forced.put(file, Files.size(file));
            }
        }
        forgetDeletions();
    }

    private void cutTail(Path file, Random random) throws IOException {
        long certain = forced.getOrDefault(file, 0L);
        long size = Files.size(file);
        if (size > certain) {
            try (FileChannel channel = FileChannel.open(file, StandardOpenOption.WRITE)) {
                channel.truncate(random.nextBoolean() ? certain : certain + random.nextInt((int) (size - certain)));
            }
        }
    }

    private void forgetDeletions() {
        uncertainDeletions.clear();
        try (Stream<Path> all = Files.list(deleted)) {
            for (Path each : (Iterable<Path>) all::iterator) {
                Files.delete(each);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private synchronized void force(Path path, long size) {
        if (frozen) {
            return;
        }
        if (!Files.isDirectory(path)) {
            forced.put(path, size);
            return;
        }
        try (Stream<Path> names = Files.list(path)) {
            names.forEach(certainNames::add);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        forgetDeletions();
    }

    private synchronized void cut(Path file, long size) {
        forced.computeIfPresent(file, (key, certain) -> Math.min(certain, size));
    }

    private synchronized void delete(Path file) throws IOException {
        if (frozen) {
            throw new IOException("the power is gone");
        }
        if (certainNames.remove(file)) {
            Files.move(file, deleted.resolve(file.getFileName()));
            uncertainDeletions.add(file);
        } else {
            Files.delete(file);
            forced.remove(file);
        }
    }

    private synchronized void requireRoom() throws IOException {
        if (frozen) {
            throw new IOException("the power is gone");
        }
        if (full) {
            throw new IOException("No space left on device");
        }
    }

    /** What is there, and how much of it for certain. */
    @Override
    public synchronized String toString() {
        try (Stream<Path> files = Files.walk(root)) {
            return files.filter(Files::isRegularFile)
                            .map(file -> root.relativize(file) + " of "
                                    + file.toFile().length() + " bytes, certain " + forced.getOrDefault(file, 0L)
                                    + (certainNames.contains(file) ? "" : ", name uncertain"))
                            .toList()
                    + ", deleted " + uncertainDeletions;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** What goes to the disk by way of {@link Files}. */
    private final class Provider extends DelegatingFileSystem.Provider {

        Provider() {
            super(FileSystems.getDefault().provider());
        }

        @Override
        public FileChannel newFileChannel(Path path, Set<? extends OpenOption> options, FileAttribute<?>... attributes)
                throws IOException {
            Path file = DelegatingPath.real(path);
            if (options.contains(StandardOpenOption.CREATE) && !Files.exists(file)) {
                requireRoom();
            }
            return new DelegatingFileChannel(FileChannel.open(file, options)) {
                @Override
                void written(long most) throws IOException {
                    requireRoom();
                }

                @Override
                void cut(long size) {
                    ForgetfulDisk.this.cut(file, size);
                }

                @Override
                void forced(long size) {
                    ForgetfulDisk.this.force(file, size);
                }
            };
        }

        @Override
        public void delete(Path path) throws IOException {
            ForgetfulDisk.this.delete(DelegatingPath.real(path));
        }
    }
}
