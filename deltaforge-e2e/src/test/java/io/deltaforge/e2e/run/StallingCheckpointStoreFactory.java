package io.deltaforge.e2e.run;

import io.deltaforge.api.checkpoint.CheckpointStore;
import io.deltaforge.api.checkpoint.CheckpointStoreFactory;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Settings;
import io.deltaforge.testkit.fake.ForwardingCheckpointStore;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.concurrent.locks.LockSupport;

/**
 * RocksDB on a disk that hangs on demand: while a file named {@value #STALL} stands in the data directory, nothing is
 * saved. Store type {@value #TYPE}.
 */
public final class StallingCheckpointStoreFactory implements CheckpointStoreFactory {

    /** The store's type in the configuration. */
    public static final String TYPE = "stalling";

    private static final String STALL = "stall";
    private static final long POLL_NANOS = 5_000_000L;

    /** Made by {@link ServiceLoader}. */
    public StallingCheckpointStoreFactory() {}

    /** Makes the disk hang. */
    public static void stall(Path dataDirectory) {
        try {
            Files.createFile(dataDirectory.resolve(STALL));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Lets the disk go on. */
    public static void goOn(Path dataDirectory) {
        try {
            Files.delete(dataDirectory.resolve(STALL));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Override
    public String type() {
        return TYPE;
    }

    @Override
    public ConfigSpec config() {
        return rocksdb().config();
    }

    private static CheckpointStoreFactory rocksdb() {
        return ServiceLoader.load(CheckpointStoreFactory.class).stream()
                .filter(provider -> provider.type() != StallingCheckpointStoreFactory.class)
                .map(ServiceLoader.Provider::get)
                .filter(factory -> factory.type().equals("rocksdb"))
                .findFirst()
                .orElseThrow(() -> new IllegalStateException("no checkpoint store 'rocksdb' on the class path"));
    }

    @Override
    public CheckpointStore create(Settings settings, Path dataDirectory) {
        return new StallingStore(rocksdb().create(settings, dataDirectory), dataDirectory.resolve(STALL));
    }

    private static final class StallingStore extends ForwardingCheckpointStore {

        private final Path stall;

        StallingStore(CheckpointStore store, Path stall) {
            super(store);
            this.stall = stall;
        }

        @Override
        public void save(String pipeline, Map<String, byte[]> entries) {
            while (Files.exists(stall)) {
                LockSupport.parkNanos(POLL_NANOS);
            }
            super.save(pipeline, entries);
        }
    }
}
