package io.deltaforge.checkpoint.rocksdb;

import static io.deltaforge.checkpoint.rocksdb.Stores.PIPELINE;
import static io.deltaforge.checkpoint.rocksdb.Stores.bytes;
import static io.deltaforge.checkpoint.rocksdb.Stores.crashImage;
import static io.deltaforge.checkpoint.rocksdb.Stores.load;
import static io.deltaforge.checkpoint.rocksdb.Stores.saveMany;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.ErrorKind;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a store whose disk reports errors. */
final class FailingDiskTest {

    @TempDir
    private Path temporary;

    private final FailingDatabase.Disk disk = new FailingDatabase.Disk();
    private Path dataDirectory;
    private RocksDbCheckpointStore store;
    private Map<String, String> expected;

    @BeforeEach
    void open() {
        dataDirectory = temporary.resolve("data");
        store = new RocksDbCheckpointStore(dataDirectory, disk);
        store.open();
        expected = saveMany(store, 20);
    }

    @AfterEach
    void close() {
        store.close();
        assertThat(disk.open).isZero();
    }

    @Test
    void shouldCloseAndVerifyAfterAFailedSyncAndGoOn() {
        disk.writes.add(FailingDatabase.fsyncFailed());
        CheckpointException failure = failure(() -> store.save(PIPELINE, Map.of("latest", bytes("20"))));
        assertThat(failure.kind()).isEqualTo(ErrorKind.RETRIABLE);
        assertThat(failure.reason()).isEqualTo("STORAGE_FAILED");
        assertThat(failure).hasMessageContaining("000004.log");
        assertThat(disk.opened).isEqualTo(2);
        assertThat(load(store, PIPELINE)).isEqualTo(expected);

        store.save(PIPELINE, Map.of("latest", bytes("20")));
        expected.put("latest", "20");
        assertThat(load(store, PIPELINE)).isEqualTo(expected);
    }

    @Test
    void shouldDistrustTheFileWhoseSyncFailedAlthoughItHoldsTheWrite() {
        disk.failAfterWriting = true;
        disk.writes.add(FailingDatabase.fsyncFailed());
        Path log = Stores.lastFile(dataDirectory, ".*\\.log");
        failure(() -> store.save(PIPELINE, Map.of("latest", bytes("20"))));
        assertThat(Stores.files(dataDirectory, ".*\\.log")).isNotEmpty().doesNotContain(log);
        expected.put("latest", "20");
        assertThat(load(store, PIPELINE)).isEqualTo(expected);
    }

    @Test
    void shouldHoldWhenADatabaseComesBackWithLess() {
        Path older = crashImage(dataDirectory, temporary.resolve("older"));
        saveMany(store, 1);
        disk.writes.add(FailingDatabase.fsyncFailed());
        disk.afterClose = () -> putBack(older);
        CheckpointException failure = failure(() -> store.save(PIPELINE, Map.of("latest", bytes("20"))));
        assertThat(failure.kind()).isEqualTo(ErrorKind.HELD);
        assertThat(failure.reason()).isEqualTo("CHECKPOINTS_ROLLED_BACK");
        assertThat(failure.getSuppressed()).hasSize(1);

        int opened = disk.opened;
        assertThat(failure(() -> store.load(PIPELINE))).isSameAs(failure);
        assertThat(failure(() -> store.save(PIPELINE, Map.of("latest", bytes("21")))))
                .isSameAs(failure);
        assertThat(disk.opened).isEqualTo(opened);
    }

    /** Undoes the latest writes, as a kernel does that drops the pages whose sync has failed. */
    private void putBack(Path older) {
        try {
            for (Path file : Stores.files(dataDirectory, ".*")) {
                Files.delete(file);
            }
            for (Path file : Stores.files(older, ".*")) {
                Files.copy(file, dataDirectory.resolve("checkpoints").resolve(file.getFileName()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void shouldHoldWhenItCannotBeOpenedAgain() {
        disk.writes.add(FailingDatabase.fsyncFailed());
        disk.openings.add(FailingDatabase.fsyncFailed());
        CheckpointException failure = failure(() -> store.save(PIPELINE, Map.of("latest", bytes("20"))));
        assertThat(failure.kind()).isEqualTo(ErrorKind.HELD);
        assertThat(failure.reason()).isEqualTo("STORAGE_FAILED");
        assertThat(failure(() -> store.load(PIPELINE))).isSameAs(failure);
        assertThat(disk.opened).isEqualTo(2);
    }

    @Test
    void shouldHealByItselfAfterAFullDisk() {
        disk.writes.add(FailingDatabase.diskFull());
        disk.openings.add(FailingDatabase.diskFull());
        disk.openings.add(FailingDatabase.diskFull());
        for (int attempt = 0; attempt < 3; attempt++) {
            CheckpointException failure = failure(() -> store.save(PIPELINE, Map.of("latest", bytes("20"))));
            assertThat(failure.kind()).isEqualTo(ErrorKind.RETRIABLE);
            assertThat(failure.reason()).isEqualTo("STORAGE_FULL");
        }
        store.save(PIPELINE, Map.of("latest", bytes("20")));
        expected.put("latest", "20");
        assertThat(load(store, PIPELINE)).isEqualTo(expected);
    }

    private static CheckpointException failure(ThrowingCallable call) {
        CheckpointException failure = catchThrowableOfType(CheckpointException.class, call);
        assertThat(failure).isNotNull();
        return failure;
    }
}
