package io.deltaforge.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What becomes of a JVM's child processes and directories when it ends, seen from another JVM. */
final class SandboxExitIT {

    @TempDir
    private Path temp;

    @Test
    void shouldCloseInReverseOrderAndEndProcessesNobodyClosesWhenTheJvmIsTerminated() throws Exception {
        Process owner = startOwner();
        try {
            List<String> facts = awaitFacts();
            ProcessHandle child = ProcessHandle.of(Long.parseLong(facts.get(0))).orElseThrow();
            Path directory = Path.of(facts.get(1));
            assertThat(directory).isDirectory();

            owner.destroy();
            assertThat(owner.waitFor(30, TimeUnit.SECONDS)).isTrue();

            assertThat(Files.readAllLines(temp.resolve("closed"))).containsExactly("second", "first");
            awaitGone(child, directory);
        } finally {
            owner.destroyForcibly();
        }
    }

    @Test
    void shouldLeaveNothingBehindWhenTheJvmIsKilled() throws Exception {
        Process owner = startOwner();
        try {
            List<String> facts = awaitFacts();
            ProcessHandle child = ProcessHandle.of(Long.parseLong(facts.get(0))).orElseThrow();

            owner.destroyForcibly();

            awaitGone(child, Path.of(facts.get(1)));
            assertThat(temp.resolve("closed")).doesNotExist();
        } finally {
            owner.destroyForcibly();
        }
    }

    private Process startOwner() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Owner.class.getName(),
                        temp.toString())
                .redirectErrorStream(true)
                .redirectOutput(temp.resolve("owner.log").toFile())
                .start();
    }

    private List<String> awaitFacts() throws IOException {
        Path facts = temp.resolve("facts");
        await().atMost(Duration.ofSeconds(30))
                .until(() -> Files.exists(facts) && Files.readAllLines(facts).size() == 2);
        return Files.readAllLines(facts);
    }

    private static void awaitGone(ProcessHandle child, Path directory) {
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() ->
                        assertThat(ProcessTree.isRunning(child)).as("child").isFalse());
        await().atMost(Duration.ofSeconds(30))
                .untilAsserted(() -> assertThat(directory).doesNotExist());
    }

    /** Starts a process that it never closes, as a server that is still starting, and lives until it is ended. */
    static final class Owner {
        private Owner() {}

        public static void main(String[] arguments) throws Exception {
            Path temp = Path.of(arguments[0]);
            Path directory = Sandbox.createDirectory("work");
            Sandbox.closeAtExit(() -> note(temp, "first"));
            Sandbox.closeAtExit(() -> note(temp, "second"));
            ChildProcess child =
                    ChildProcess.start("sleeper", List.of("sleep", "300"), Map.of(), directory.resolve("log"));
            Files.write(temp.resolve("facts"), List.of(Long.toString(child.pid()), directory.toString()));
            child.ended(Duration.ofMinutes(5));
        }

        private static void note(Path temp, String name) throws IOException {
            Files.writeString(
                    temp.resolve("closed"), name + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        }
    }
}
