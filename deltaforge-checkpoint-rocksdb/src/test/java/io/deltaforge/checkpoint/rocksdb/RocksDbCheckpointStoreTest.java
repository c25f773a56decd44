package io.deltaforge.checkpoint.rocksdb;

import static io.deltaforge.checkpoint.rocksdb.Stores.PIPELINE;
import static io.deltaforge.checkpoint.rocksdb.Stores.bytes;
import static io.deltaforge.checkpoint.rocksdb.Stores.load;
import static io.deltaforge.checkpoint.rocksdb.Stores.loadFrom;
import static io.deltaforge.checkpoint.rocksdb.Stores.openAt;
import static io.deltaforge.checkpoint.rocksdb.Stores.refusal;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalStateException;

import io.deltaforge.api.checkpoint.CheckpointStoreFactory;
import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.ErrorKind;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.ServiceLoader;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.rocksdb.RocksDBException;
import org.rocksdb.WriteBatch;

final class RocksDbCheckpointStoreTest {

    @TempDir
    private Path dataDirectory;

    @Test
    void shouldBeFoundByItsType() {
        assertThat(ServiceLoader.load(CheckpointStoreFactory.class))
                .extracting(CheckpointStoreFactory::type)
                .contains("rocksdb");
    }

    @Test
    void shouldKeepWhatWasSavedOverARestart() {
        try (RocksDbCheckpointStore store = openAt(dataDirectory)) {
            store.save(PIPELINE, Map.of("a", bytes("1"), "b", bytes("2")));
            store.save("other", Map.of("a", bytes("3")));
            store.save(PIPELINE, Map.of("b", bytes(""), "c\0d", bytes("4")));
            store.delete(PIPELINE, Set.of("a", "never stored"));
        }
        try (RocksDbCheckpointStore store = openAt(dataDirectory)) {
            assertThat(load(store, PIPELINE)).isEqualTo(Map.of("b", "", "c\0d", "4"));
            assertThat(load(store, "other")).isEqualTo(Map.of("a", "3"));
            assertThat(load(store, "oth")).isEmpty();
        }
    }

    @Test
    void shouldSyncEverySaveOnce() throws RocksDBException {
        List<RocksDatabase> opened = new ArrayList<>();
        Database.Opener opener = (directory, create) -> {
            RocksDatabase database = RocksDatabase.open(directory, create);
            opened.add(database);
            return database;
        };
        try (RocksDbCheckpointStore store = new RocksDbCheckpointStore(dataDirectory, opener)) {
            store.open();
            long before = syncs(opened.get(0));
            for (int i = 0; i < 50; i++) {
                store.save(PIPELINE, Map.of("a", bytes("a" + i), "b", bytes("b" + i)));
            }
            store.delete(PIPELINE, Set.of("a", "b"));
            assertThat(syncs(opened.get(0)) - before).isEqualTo(51);
        }
    }

    /** How often the log was synced, as RocksDB itself counts. */
    private static long syncs(RocksDatabase database) throws RocksDBException {
        String statistics = database.property("rocksdb.dbstats");
        Matcher matcher =
                Pattern.compile("Cumulative WAL: \\S+ writes, (\\d+) syncs").matcher(statistics);
        assertThat(matcher.find()).as(statistics).isTrue();
        return Long.parseLong(matcher.group(1));
    }

    @Test
    void shouldKeepTheDirectorySmallOverManyRestarts() {
        for (int i = 0; i < 30; i++) {
            try (RocksDbCheckpointStore store = openAt(dataDirectory)) {
                store.save(PIPELINE, Map.of("restart", bytes(String.valueOf(i))));
            }
        }
        assertThat(loadFrom(dataDirectory)).isEqualTo(Map.of("restart", "29"));
        assertThat(Stores.files(dataDirectory, ".*\\.sst")).hasSizeLessThan(12);
        assertThat(Stores.files(dataDirectory, "LOG.*")).hasSizeLessThanOrEqualTo(3);
        assertThat(Stores.files(dataDirectory, "MANIFEST.*")).hasSize(1);
    }

    @Test
    void shouldSaveFromManyThreads() throws InterruptedException, ExecutionException {
        ExecutorService threads = Executors.newFixedThreadPool(8);
        Map<String, Map<String, String>> expected = new TreeMap<>();
        try (RocksDbCheckpointStore store = openAt(dataDirectory)) {
            List<Future<?>> saving = new ArrayList<>();
            for (int t = 0; t < 8; t++) {
                String pipeline = "pipeline-" + t;
                expected.put(pipeline, Map.of("a", "99", "b", "99"));
                saving.add(threads.submit(() -> {
                    for (int i = 0; i < 100; i++) {
                        byte[] value = bytes(String.valueOf(i));
                        store.save(pipeline, Map.of("a", value, "b", value));
                        assertThat(load(store, pipeline)).isEqualTo(Map.of("a", "" + i, "b", "" + i));
                    }
                }));
            }
            for (Future<?> future : saving) {
                future.get();
            }
        } finally {
            threads.shutdown();
        }
        try (RocksDbCheckpointStore store = openAt(dataDirectory)) {
            expected.forEach(
                    (pipeline, entries) -> assertThat(load(store, pipeline)).isEqualTo(entries));
        }
    }

    @Test
    void shouldKeepSavingFromAnInterruptedThread() {
        try (RocksDbCheckpointStore store = openAt(dataDirectory)) {
            Thread.currentThread().interrupt();
            store.save(PIPELINE, Map.of("a", bytes("1")));
            assertThat(Thread.interrupted()).isTrue();
            store.save(PIPELINE, Map.of("a", bytes("2")));
        }
        assertThat(loadFrom(dataDirectory)).isEqualTo(Map.of("a", "2"));
    }

    @Test
    void shouldStartAfreshWhenACreationWasCutOff() throws RocksDBException {
        // The process died after the database was made and before the witness was.
        try (RocksDbCheckpointStore store = openAt(dataDirectory.resolve("any"))) {
            assertThat(load(store, PIPELINE)).isEmpty();
        }
        dataDirectory.resolve("checkpoints").toFile().mkdir();
        RocksDatabase.open(dataDirectory.resolve("checkpoints"), true).close();
        try (RocksDbCheckpointStore store = openAt(dataDirectory)) {
            store.save(PIPELINE, Map.of("a", bytes("1")));
        }
        assertThat(loadFrom(dataDirectory)).isEqualTo(Map.of("a", "1"));
    }

    @Test
    void shouldHoldOnANewerSchemaNamingBoth() throws RocksDBException {
        openAt(dataDirectory).close();
        put(EntryKey.SCHEMA, EntryValue.encode(EntryKey.SCHEMA, new byte[] {2}));
        CheckpointException refusal = refusal(dataDirectory);
        assertThat(refusal.kind()).isEqualTo(ErrorKind.HELD);
        assertThat(refusal.reason()).isEqualTo("CHECKPOINTS_NEWER");
        assertThat(refusal).hasMessageContaining("version 2").hasMessageContaining("up to 1");
    }

    @Test
    void shouldHoldTheOnePipelineWhoseValueIsDamaged() throws RocksDBException {
        try (RocksDbCheckpointStore store = openAt(dataDirectory)) {
            store.save(PIPELINE, Map.of("cursor/kafka", bytes("1"), "fine", bytes("2")));
            store.save("other", Map.of("a", bytes("3")));
        }
        byte[] key = EntryKey.of(PIPELINE, "cursor/kafka");
        byte[] value = EntryValue.encode(key, bytes("1"));
        value[value.length - 1] = '2';
        put(key, value);
        try (RocksDbCheckpointStore store = openAt(dataDirectory)) {
            assertThat(load(store, "other")).isEqualTo(Map.of("a", "3"));
            assertThatExceptionOfType(CheckpointException.class)
                    .isThrownBy(() -> store.load(PIPELINE))
                    .withMessageContaining("cursor/kafka")
                    .withMessageContaining("pipeline shop")
                    .matches(e -> e.kind() == ErrorKind.HELD && e.reason().equals("CHECKPOINTS_DAMAGED"));
        }
    }

    @Test
    void shouldHoldWhenTheSchemaRecordIsMissing() throws RocksDBException {
        openAt(dataDirectory).close();
        try (Database database = RocksDatabase.open(dataDirectory.resolve("checkpoints"), false);
                WriteBatch batch = new WriteBatch()) {
            batch.delete(EntryKey.SCHEMA);
            database.write(batch);
        }
        assertThat(refusal(dataDirectory)).hasMessageContaining("no schema record");
    }

    private void put(byte[] key, byte[] value) throws RocksDBException {
        try (Database database = RocksDatabase.open(dataDirectory.resolve("checkpoints"), false);
                WriteBatch batch = new WriteBatch()) {
            batch.put(key, value);
            database.write(batch);
        }
    }

    @Test
    void shouldRefuseASecondStoreOfThisProcess() {
        try (RocksDbCheckpointStore first = openAt(dataDirectory)) {
            CheckpointException refusal = refusal(dataDirectory);
            assertThat(refusal.kind()).isEqualTo(ErrorKind.STANDBY);
            assertThat(refusal.reason()).isEqualTo("DATA_DIRECTORY_IN_USE");
            assertThat(refusal).hasMessageContaining("this process").hasMessageContaining(dataDirectory.toString());
            first.save(PIPELINE, Map.of("a", bytes("1")));
        }
        assertThat(loadFrom(dataDirectory)).isEqualTo(Map.of("a", "1"));
    }

    @Test
    void shouldRefuseToOpenWhileAnotherProgramReadsTheDatabase() throws RocksDBException {
        openAt(dataDirectory).close();
        try (Database database = RocksDatabase.open(dataDirectory.resolve("checkpoints"), false)) {
            assertThat(database.sequence()).isPositive();
            CheckpointException refusal = refusal(dataDirectory);
            assertThat(refusal.kind()).isEqualTo(ErrorKind.HELD);
            assertThat(refusal.reason()).isEqualTo("CHECKPOINTS_IN_USE");
        }
    }

    @Test
    void shouldRefuseCallsBeforeItIsOpenAndAfterItIsClosed() {
        RocksDbCheckpointStore store = Stores.at(dataDirectory);
        assertThatIllegalStateException().isThrownBy(() -> store.load(PIPELINE));
        store.open();
        assertThatIllegalStateException().isThrownBy(store::open);
        store.save(PIPELINE, Map.of("a", bytes("1")));
        store.save(PIPELINE, Map.of());
        store.close();
        store.close();
        assertThatIllegalStateException().isThrownBy(() -> store.load(PIPELINE));
        assertThatIllegalStateException().isThrownBy(() -> store.save(PIPELINE, Map.of("a", bytes("2"))));
        store.open();
        assertThat(load(store, PIPELINE)).isEqualTo(Map.of("a", "1"));
        store.close();
        assertThat(Files.exists(dataDirectory.resolve("lock"))).isTrue();
    }
}
