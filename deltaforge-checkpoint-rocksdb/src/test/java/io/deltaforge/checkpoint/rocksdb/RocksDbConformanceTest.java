package io.deltaforge.checkpoint.rocksdb;

import io.deltaforge.api.checkpoint.CheckpointStoreFactory;
import io.deltaforge.testkit.checkpoint.CheckpointStoreConformanceTest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;

/** What every checkpoint store must do, asked of this one. */
final class RocksDbConformanceTest extends CheckpointStoreConformanceTest {

    @Override
    protected CheckpointStoreFactory factory() {
        return new RocksDbCheckpointStoreFactory();
    }

    @Override
    protected Map<String, Damage> damages() {
        return Map.of(
                "a table file with a flipped bit",
                dataDirectory -> flip(Stores.lastFile(dataDirectory, ".*\\.sst")),
                "no CURRENT",
                dataDirectory -> Files.delete(dataDirectory.resolve("checkpoints/CURRENT")),
                "an empty directory",
                RocksDbConformanceTest::deleteAll);
    }

    private static void flip(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[20] ^= 1;
        Files.write(file, bytes);
    }

    private static void deleteAll(Path dataDirectory) throws IOException {
        for (Path file : Stores.files(dataDirectory, ".*")) {
            Files.delete(file);
        }
    }
}
