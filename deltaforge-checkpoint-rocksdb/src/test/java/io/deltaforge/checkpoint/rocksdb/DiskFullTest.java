package io.deltaforge.checkpoint.rocksdb;

import static io.deltaforge.checkpoint.rocksdb.Stores.PIPELINE;
import static io.deltaforge.checkpoint.rocksdb.Stores.bytes;
import static io.deltaforge.checkpoint.rocksdb.Stores.load;
import static io.deltaforge.checkpoint.rocksdb.Stores.loadFrom;
import static io.deltaforge.checkpoint.rocksdb.Stores.openAt;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.ErrorKind;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is really full: a small file system in memory. Skipped, and reported so, where mounting is not allowed. */
final class DiskFullTest {

    @TempDir
    private Path mountPoint;

    @TempDir
    private Path elsewhere;

    private boolean mounted;

    @BeforeEach
    void mount() throws IOException, InterruptedException {
        NativeLibrary.load(elsewhere); // Loaded from the mounted file system it would keep that busy for ever.
        String refusal = run("mount", "-t", "tmpfs", "-o", "size=32m", "tmpfs", mountPoint.toString());
        mounted = refusal == null;
        assumeTrue(mounted, "a file system of 32 MB cannot be mounted here: " + refusal);
    }

    @AfterEach
    void unmount() throws IOException, InterruptedException {
        if (mounted) {
            assertThat(run("umount", mountPoint.toString())).isNull();
        }
    }

    @Test
    void shouldHoldWhatWasSavedAndHealOnceThereIsRoom() throws IOException {
        Path dataDirectory = mountPoint.resolve("data");
        Path filler = mountPoint.resolve("filler");
        long acknowledged = -1;
        try (RocksDbCheckpointStore store = openAt(dataDirectory)) {
            for (int round = 0; round < 3; round++) {
                acknowledged = save(store, acknowledged + 1);
                fill(filler);
                CheckpointException failure = null;
                while (failure == null) {
                    try {
                        acknowledged = save(store, acknowledged + 1);
                    } catch (CheckpointException e) {
                        failure = e;
                    }
                }
                assertThat(failure.kind()).as(failure.toString()).isEqualTo(ErrorKind.RETRIABLE);
                assertThat(failure.reason()).isEqualTo("STORAGE_FULL");
                assertStillFull(store, acknowledged + 1);

                Files.delete(filler);
                acknowledged = save(store, acknowledged + 1);
                assertThat(load(store, PIPELINE)).isEqualTo(expected(acknowledged));
            }
        }
        assertThat(loadFrom(dataDirectory)).isEqualTo(expected(acknowledged));
    }

    private static void assertStillFull(RocksDbCheckpointStore store, long number) {
        for (int attempt = 0; attempt < 3; attempt++) {
            try {
                save(store, number);
            } catch (CheckpointException e) {
                assertThat(e.kind()).as(e.toString()).isEqualTo(ErrorKind.RETRIABLE);
                assertThat(e.reason()).isEqualTo("STORAGE_FULL");
            }
        }
    }

    private static long save(RocksDbCheckpointStore store, long number) {
        store.save(PIPELINE, Map.of("number", bytes(String.valueOf(number)), "ballast", bytes(ballast(number))));
        return number;
    }

    private static Map<String, String> expected(long number) {
        return Map.of("number", String.valueOf(number), "ballast", ballast(number));
    }

    private static String ballast(long number) {
        return String.valueOf(number).repeat(1_000);
    }

    private static void fill(Path filler) throws IOException {
        byte[] block = new byte[4096];
        try (OutputStream out = Files.newOutputStream(filler)) {
            while (true) {
                out.write(block);
            }
        } catch (IOException e) {
            assertThat(e).hasMessageContaining("No space left");
        }
    }

    /** Runs a command; null when it succeeded, else why it did not. */
    private static String run(String... command) throws IOException, InterruptedException {
        Process process;
        try {
            process = new ProcessBuilder(command).redirectErrorStream(true).start();
        } catch (IOException e) {
            return e.getMessage();
        }
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        return process.waitFor() == 0 ? null : output.strip();
    }
}
