package io.deltaforge.checkpoint.rocksdb;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.check.CheckReport;
import io.deltaforge.api.checkpoint.CheckpointStore;
import io.deltaforge.api.checkpoint.CheckpointStoreFactory;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Settings;
import java.nio.file.Path;

/** Makes stores of type {@code rocksdb}: one database per data directory, shared by all pipelines of the process. */
public final class RocksDbCheckpointStoreFactory implements CheckpointStoreFactory {

    /** Made by {@link java.util.ServiceLoader}. */
    public RocksDbCheckpointStoreFactory() {}

    @Override
    public String type() {
        return "rocksdb";
    }

    @Override
    public ConfigSpec config() {
        return ConfigSpec.of(
                "Keeps checkpoints in RocksDB under <data_dir>/checkpoints. Every save is synced to disk.");
    }

    @Override
    public CheckpointStore create(Settings settings, Path dataDirectory) {
        requireNonNull(settings, "settings is null");
        return new RocksDbCheckpointStore(requireNonNull(dataDirectory, "dataDirectory is null"), RocksDatabase::open);
    }

    @Override
    public void check(Settings settings, Path dataDirectory, CheckReport report) {
        NativeLibrary.check(report);
        DataDirectory.owner(dataDirectory)
                .ifPresentOrElse(
                        pid -> report.warning(
                                "DATA_DIRECTORY_IN_USE",
                                "process " + pid + " uses the data directory " + dataDirectory + ": it runs already",
                                "kill -TERM " + pid + " # ends it in good order"),
                        () -> report.ok("DATA_DIRECTORY_IN_USE", "no other process uses the data directory"));
    }
}
