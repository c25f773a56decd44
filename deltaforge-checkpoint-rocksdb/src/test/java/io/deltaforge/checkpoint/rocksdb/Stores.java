package io.deltaforge.checkpoint.rocksdb;

import io.deltaforge.api.checkpoint.CheckpointStore;
import io.deltaforge.api.error.CheckpointException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** Stores over real directories, and pictures of what a crash leaves of them. */
final class Stores {

    static final String PIPELINE = "shop";

    private Stores() {}

    /** A store as the server has it. */
    static RocksDbCheckpointStore at(Path dataDirectory) {
        return new RocksDbCheckpointStore(dataDirectory, RocksDatabase::open);
    }

    static RocksDbCheckpointStore openAt(Path dataDirectory) {
        RocksDbCheckpointStore store = at(dataDirectory);
        store.open();
        return store;
    }

    /** Saves numbered values, one save each, and returns what must be there afterwards. */
    static Map<String, String> saveMany(CheckpointStore store, int saves) {
        Map<String, String> expected = new TreeMap<>();
        for (int i = 0; i < saves; i++) {
            String key = "cursor/sink-" + i % 3;
            String value = "position " + i + " 0123456789012345678901234567890123456789";
            store.save(PIPELINE, Map.of(key, bytes(value), "latest", bytes(String.valueOf(i))));
            expected.put(key, value);
            expected.put("latest", String.valueOf(i));
        }
        return expected;
    }

    static Map<String, String> load(CheckpointStore store, String pipeline) {
        Map<String, String> loaded = new TreeMap<>();
        store.load(pipeline).forEach((key, value) -> loaded.put(key, text(value)));
        return loaded;
    }

    /** Opens, reads and closes. */
    static Map<String, String> loadFrom(Path dataDirectory) {
        try (RocksDbCheckpointStore store = at(dataDirectory)) {
            store.open();
            return load(store, PIPELINE);
        }
    }

    /** Opens and reads what must not be readable. */
    static CheckpointException refusal(Path dataDirectory) {
        try {
            Map<String, String> loaded = loadFrom(dataDirectory);
            throw new AssertionError("was opened, and holds " + loaded);
        } catch (CheckpointException e) {
            return e;
        }
    }

    /** Copies a data directory while it is in use: every save was synced, so this is what a crash leaves. */
    static Path crashImage(Path dataDirectory, Path target) {
        try (Stream<Path> files = Files.walk(dataDirectory)) {
            for (Path file : files.sorted().toList()) {
                Path relative = dataDirectory.relativize(file);
                if (Files.isDirectory(file)) {
                    Files.createDirectories(target.resolve(relative));
                } else if (!relative.startsWith("native")
                        && !relative.equals(Path.of("lock"))
                        && !file.getFileName().toString().equals("LOCK")) {
                    // Locks are left out: reading one would release it, and a crash does so too.
                    Files.copy(file, target.resolve(relative));
                }
            }
            return target;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The files of the database whose names match, in order of their names. */
    static List<Path> files(Path dataDirectory, String pattern) {
        try (Stream<Path> files = Files.list(dataDirectory.resolve("checkpoints"))) {
            return files.filter(file -> file.getFileName().toString().matches(pattern))
                    .sorted()
                    .toList();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** The only file, or the newest one, of a kind. */
    static Path lastFile(Path dataDirectory, String pattern) {
        List<Path> files = files(dataDirectory, pattern);
        return files.get(files.size() - 1);
    }

    static byte[] bytes(String text) {
        return text.getBytes(StandardCharsets.UTF_8);
    }

    static String text(byte[] bytes) {
        return new String(bytes, StandardCharsets.UTF_8);
    }
}
