package io.deltaforge.checkpoint.rocksdb;

import static io.deltaforge.checkpoint.rocksdb.Stores.loadFrom;
import static io.deltaforge.checkpoint.rocksdb.Stores.refusal;
import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.ErrorKind;
import java.io.BufferedReader;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Kills a process that saves (SIGKILL) and looks for everything that was acknowledged to it. */
final class CrashTest {

    private static final int KILLS = 10;

    @TempDir
    private Path temporary;

    @Test
    void shouldHoldEverythingAcknowledgedToAKilledProcess() throws IOException, InterruptedException {
        long seed = Long.getLong("seed", System.nanoTime());
        System.out.println("CrashTest seed " + seed);
        Random random = new Random(seed);
        Path dataDirectory = temporary.resolve("data");
        long stored = 0;
        for (int kill = 0; kill < KILLS; kill++) {
            Process process = start(dataDirectory, stored);
            long acknowledged = killAfter(process, 1 + random.nextInt(400), stored);
            Map<String, String> found = loadFrom(dataDirectory);
            String latest = found.get("a");
            assertThat(found)
                    .as("seed %d, kill %d", seed, kill)
                    .isEqualTo(Map.of("a", latest, "b", latest, "c", latest));
            // One save may have been under way when the process died.
            assertThat(Long.parseLong(latest))
                    .as("seed %d, kill %d", seed, kill)
                    .isBetween(acknowledged, acknowledged + 1);
            stored = Long.parseLong(latest);
        }
        assertThat(temporary.resolve("tmp")).isEmptyDirectory();
        try (Stream<Path> libraries = Files.list(dataDirectory.resolve("native"))) {
            assertThat(libraries).hasSizeLessThanOrEqualTo(1);
        }
    }

    @Test
    void shouldNameTheProcessThatUsesTheDataDirectory() throws IOException, InterruptedException {
        Path dataDirectory = temporary.resolve("data");
        Process process = start(dataDirectory, 0);
        try {
            BufferedReader acknowledgements = process.inputReader(StandardCharsets.US_ASCII);
            assertThat(acknowledgements.readLine()).isEqualTo("1");
            CheckpointException refusal = refusal(dataDirectory);
            assertThat(refusal.kind()).isEqualTo(ErrorKind.STANDBY);
            assertThat(refusal.reason()).isEqualTo("DATA_DIRECTORY_IN_USE");
            assertThat(refusal)
                    .hasMessageContaining("another process (pid " + process.pid() + ") uses this data directory");
        } finally {
            process.destroyForcibly().waitFor();
        }
        assertThat(loadFrom(dataDirectory)).containsKeys("a", "b", "c");
    }

    @Test
    void shouldKeepOtherProcessesOutAfterASecondStoreOfThisOneWasRefused() throws IOException, InterruptedException {
        Path dataDirectory = temporary.resolve("data");
        try (RocksDbCheckpointStore store = Stores.openAt(dataDirectory)) {
            assertThat(refusal(dataDirectory).reason()).isEqualTo("DATA_DIRECTORY_IN_USE");
            Process process = start(dataDirectory, 0);
            assertThat(process.waitFor()).isEqualTo(1);
            assertThat(errors())
                    .content()
                    .contains("(pid " + ProcessHandle.current().pid() + ")");
            assertThat(Stores.load(store, Stores.PIPELINE)).isEmpty();
        }
    }

    private Process start(Path dataDirectory, long from) throws IOException {
        Path tmp = Files.createDirectories(temporary.resolve("tmp"));
        List<String> command = List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-XX:-UsePerfData",
                "-Xmx64m",
                "-Djava.io.tmpdir=" + tmp,
                "-cp",
                System.getProperty("java.class.path"),
                SavingProcess.class.getName(),
                dataDirectory.toString(),
                String.valueOf(from));
        // Newer JVMs warn of native code on the error stream, and a warning is no acknowledgement.
        return new ProcessBuilder(command).redirectError(errors().toFile()).start();
    }

    private Path errors() {
        return temporary.resolve("errors");
    }

    /** Reads acknowledgements, kills the process, and returns the last one that it wrote. */
    private static long killAfter(Process process, int acknowledgements, long from)
            throws IOException, InterruptedException {
        long last = from;
        try (BufferedReader output = process.inputReader(StandardCharsets.US_ASCII)) {
            for (int i = 0; i < acknowledgements; i++) {
                last = next(output.readLine(), last);
            }
            process.toHandle().destroyForcibly(); // Process.destroyForcibly would close the pipe as well.
            for (String line = output.readLine(); line != null; line = output.readLine()) {
                if (line.length() >= String.valueOf(last + 1).length()) {
                    last = next(line, last);
                }
            }
        }
        assertThat(process.waitFor(20, TimeUnit.SECONDS)).isTrue();
        return last;
    }

    private static long next(String line, long last) {
        assertThat(line).isEqualTo(String.valueOf(last + 1));
        return last + 1;
    }
}
