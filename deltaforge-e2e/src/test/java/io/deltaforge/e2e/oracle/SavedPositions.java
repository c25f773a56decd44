package io.deltaforge.e2e.oracle;

import io.deltaforge.api.checkpoint.CheckpointStore;
import io.deltaforge.api.checkpoint.CheckpointStoreFactory;
import io.deltaforge.api.config.Settings;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Proxy;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Reads what a killed process has left on disk, from a copy, so that nothing is repaired by looking. */
public final class SavedPositions {

    private static final String CURSOR = "cursor/";

    private SavedPositions() {}

    /**
     * Reads the positions of a pipeline's sinks.
     *
     * @param dataDirectory the data directory of a process that does not run
     * @param scratch a directory for the copy
     * @param pipeline the pipeline
     * @return positions by sink; none if none were ever saved
     */
    public static Map<String, Checkpoint> read(Path dataDirectory, Path scratch, String pipeline) {
        Map<String, Checkpoint> positions = new TreeMap<>();
        if (!Files.isDirectory(dataDirectory.resolve("checkpoints"))) {
            return positions;
        }
        Path copy = copy(dataDirectory, scratch);
        try (CheckpointStore store = factory().create(noSettings(), copy)) {
            store.open();
            store.load(pipeline).forEach((key, value) -> {
                if (key.startsWith(CURSOR)) {
                    positions.put(key.substring(CURSOR.length()), parse(value));
                }
            });
        }
        return positions;
    }

    private static CheckpointStoreFactory factory() {
        return ServiceLoader.load(CheckpointStoreFactory.class).stream()
                .map(ServiceLoader.Provider::get)
                .filter(factory -> factory.type().equals("rocksdb"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no checkpoint store 'rocksdb' on the class path"));
    }

    private static Settings noSettings() {
        return (Settings) Proxy.newProxyInstance(
                Settings.class.getClassLoader(), new Class<?>[] {Settings.class}, (proxy, method, arguments) -> {
                    throw new UnsupportedOperationException(method + " is not expected to be asked");
                });
    }

    private static Path copy(Path dataDirectory, Path scratch) {
        Path copy = scratch.resolve("checkpoints-copy");
        try {
            if (Files.exists(copy)) {
                delete(copy);
            }
            for (Path file : files(dataDirectory)) {
                Path name = dataDirectory.relativize(file);
                if (!name.startsWith("native") && !name.startsWith("lock")) {
                    Path target = copy.resolve(name);
                    Files.createDirectories(target.getParent());
                    Files.copy(file, target);
                }
            }
            return copy;
        } catch (IOException e) {
            throw new UncheckedIOException("cannot copy " + dataDirectory, e);
        }
    }

    private static void delete(Path directory) throws IOException {
        for (Path file : files(directory)) {
            // The native library is loaded from here and stays.
            if (!directory.relativize(file).startsWith("native")) {
                Files.delete(file);
            }
        }
    }

    private static Iterable<Path> files(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).toList();
        }
    }

    /**
     * Reads a stored PostgreSQL position, version 1, big endian: version (1 byte), kind (1 byte, 0 between transactions, 1
     * inside one), timeline (4), LSN (8), ordinal of the last change before it (8), digest (8), checksum (4).
     */
    static Checkpoint parse(byte[] bytes) {
        ByteBuffer buffer = ByteBuffer.wrap(bytes);
        if (bytes.length != 34 || buffer.get() != 1) {
            throw new IllegalArgumentException("no PostgreSQL position of version 1: " + bytes.length + " bytes");
        }
        boolean inside = buffer.get() == 1;
        buffer.getInt();
        long lsn = buffer.getLong();
        return new Checkpoint(lsn, inside ? buffer.getLong() + 1 : 0);
    }
}
