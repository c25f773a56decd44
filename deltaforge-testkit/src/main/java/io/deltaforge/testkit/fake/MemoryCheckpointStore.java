package io.deltaforge.testkit.fake;

import io.deltaforge.api.checkpoint.CheckpointStore;
import io.deltaforge.api.checkpoint.CheckpointStoreFactory;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Settings;
import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.ErrorKind;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ConcurrentMap;

/**
 * Makes stores that keep everything in memory; stores of one directory see the same values, so that pipelines can be
 * started again over them. Saves can be made to fail.
 */
public final class MemoryCheckpointStore implements CheckpointStoreFactory {

    private static final int MAX_KEY = 200;
    private static final ConcurrentMap<Path, Disk> DISKS = new ConcurrentHashMap<>();

    /** Makes a factory, as the service loader does. */
    public MemoryCheckpointStore() {}

    /** What outlives a store; guards everything in it. */
    private static final class Disk {
        private final Map<String, Map<String, byte[]>> pipelines = new HashMap<>();
        private CheckpointStore owner;
        private CheckpointException failure;
    }

    private static Disk disk(Path directory) {
        return DISKS.computeIfAbsent(directory.toAbsolutePath(), any -> new Disk());
    }

    /**
     * Makes every save into a directory fail, or work again.
     *
     * @param directory the data directory
     * @param failure what saves fail with; null lets them work
     */
    public static void failSaves(Path directory, CheckpointException failure) {
        Disk disk = disk(directory);
        synchronized (disk) {
            disk.failure = failure;
        }
    }

    @Override
    public String type() {
        return "memory";
    }

    @Override
    public ConfigSpec config() {
        return ConfigSpec.of("Keeps positions in memory, for tests.");
    }

    @Override
    public CheckpointStore create(Settings settings, Path dataDirectory) {
        return new Store(disk(dataDirectory));
    }

    private static final class Store implements CheckpointStore {

        private final Disk disk;

        Store(Disk disk) {
            this.disk = disk;
        }

        @Override
        public void open() {
            synchronized (disk) {
                if (disk.owner != null) {
                    throw new CheckpointException(
                            ErrorKind.STANDBY, "LOCKED", "another store owns the directory", null);
                }
                disk.owner = this;
            }
        }

        private void checkOpen() {
            if (disk.owner != this) {
                throw new CheckpointException(ErrorKind.FATAL, "NOT_OPEN", "the store is not open", null);
            }
        }

        @Override
        public Map<String, byte[]> load(String pipeline) {
            synchronized (disk) {
                checkOpen();
                return copy(disk.pipelines.getOrDefault(pipeline, Map.of()));
            }
        }

        private static Map<String, byte[]> copy(Map<String, byte[]> entries) {
            Map<String, byte[]> copy = new HashMap<>();
            entries.forEach((key, value) -> copy.put(key, value.clone()));
            return copy;
        }

        @Override
        public void save(String pipeline, Map<String, byte[]> entries) {
            for (String key : entries.keySet()) {
                if (key.isEmpty() || key.length() > MAX_KEY) {
                    throw new IllegalArgumentException("a key has 1 to " + MAX_KEY + " characters, got '" + key + "'");
                }
            }
            synchronized (disk) {
                checkOpen();
                if (disk.failure != null) {
                    throw disk.failure;
                }
                disk.pipelines.computeIfAbsent(pipeline, any -> new HashMap<>()).putAll(copy(entries));
            }
        }

        @Override
        public void delete(String pipeline, Set<String> keys) {
            synchronized (disk) {
                checkOpen();
                disk.pipelines.getOrDefault(pipeline, new HashMap<>()).keySet().removeAll(keys);
            }
        }

        @Override
        public void close() {
            synchronized (disk) {
                if (disk.owner == this) {
                    disk.owner = null;
                }
            }
        }
    }
}
