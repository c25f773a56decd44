package io.deltaforge.server.cli;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.deltaforge.server.ServerProcess;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** {@code deltaforge dlq}: the same answers of a process that runs and of a data directory that nobody uses. */
final class DeadLettersIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String TOKEN = "open-sesame-canary";

    @TempDir
    private Path directory;

    private String config(int port) {
        return "deltaforge { data_dir = \"" + directory.resolve("state")
                + "\", checkpoint.type = rocksdb, metrics.port = 0,"
                + " api { port = " + port + ", token = \"" + TOKEN + "\" } }\n"
                + pipeline("shop", 2_001)
                + pipeline("audit", 3_000);
    }

    private static String pipeline(String name, int refused) {
        return "pipelines." + name + " { source { type = counted, dsn = x, transactions = 100 }\n"
                + " sinks = [ { id = ledger, type = ledger, file = " + name + ".ledger, refuse = " + refused + " } ]\n"
                + " journal.enabled = true }\n";
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            return socket.getLocalPort();
        }
    }

    /** Runs a command line in this JVM, as there are many, and returns what it printed. */
    private String dlq(int exitCode, String... words) {
        List<String> command = new ArrayList<>(List.of("dlq"));
        command.addAll(List.of(words));
        command.addAll(List.of("--config", directory.resolve("test.conf").toString()));
        StringWriter printed = new StringWriter();
        int code = DeltaForgeCommand.commandLine()
                .setOut(new PrintWriter(printed))
                .setErr(new PrintWriter(printed))
                .execute(command.toArray(String[]::new));
        assertThat(code).as(printed.toString()).isEqualTo(exitCode);
        return printed.toString();
    }

    private List<String> answers() {
        return List.of(
                dlq(0, "count"),
                dlq(0, "count", "--json"),
                dlq(0, "ls"),
                dlq(0, "ls", "--json"),
                dlq(0, "ls", "--pipeline", "shop", "--sink", "other"),
                dlq(0, "show", "1", "--pipeline", "shop"),
                dlq(0, "show", "1", "--pipeline", "audit", "--json"));
    }

    @Test
    void shouldAnswerTheSameWhileAServerRunsAndWithoutOne() throws Exception {
        List<String> running;
        try (ServerProcess server = ServerProcess.run(directory, Map.of(), config(freePort()))) {
            for (String name : List.of("shop", "audit")) {
                Path ledger = directory.resolve(name + ".ledger");
                await().atMost(PATIENCE)
                        .until(() ->
                                Files.exists(ledger) && Files.readString(ledger).contains("t/100002 "));
            }
            running = answers();
            server.terminate();
            assertThat(server.awaitExit()).isZero();
        }
        assertThat(answers()).isEqualTo(running);
        assertThat(running.get(0)).isEqualTo("audit: 1, ledger 1\nshop: 1, ledger 1\n");
        assertThat(running.get(1)).contains("\"count\":2", "\"pipeline\":\"audit\"");
        assertThat(running.get(2))
                .startsWith("ID ")
                .containsPattern("1 +audit +ledger +REFUSED +c +1 ")
                .containsPattern("1 +shop +ledger +REFUSED +c +1 ");
        assertThat(running.get(4)).isEqualTo("no dead letters\n");
        assertThat(running.get(5)).contains("error.code     REFUSED", "\"after\":{\"id\":2001");
        assertThat(running.get(6)).contains("\"after\":{\"id\":3000");
        assertThat(String.join("", running)).doesNotContain(TOKEN);
    }

    @Test
    void shouldReplayThroughARunningProcessAndDiscardWithoutOne() throws Exception {
        try (ServerProcess server = ServerProcess.run(directory, Map.of(), config(freePort()))) {
            for (String name : List.of("shop", "audit")) {
                await().atMost(PATIENCE).until(() -> dlq(0, "count").contains(name + ": 1"));
            }
            assertThat(dlq(1, "replay", "1", "--pipeline", "shop")).contains("1 stays: REFUSED", "not this row");
            assertThat(dlq(1, "edit", "1", "--after", "{\"note\":5}", "--pipeline", "shop"))
                    .contains("column 'note'", "takes a text, found 5");
            String replayed =
                    dlq(0, "replay", "1", "--after", "{\"note\":\"mended\"}", "--by", "alice", "--pipeline", "shop");
            assertThat(replayed).contains("1 replayed");
            assertThat(Files.readString(directory.resolve("shop.ledger"))).contains("t/2001 ");
            server.terminate();
            assertThat(server.awaitExit()).isZero();
        }
        assertThat(dlq(3, "replay", "--all", "--pipeline", "audit")).contains("a running pipeline");
        assertThat(dlq(0, "discard", "--sink", "ledger", "--reason", "not ours", "--by", "bob", "--pipeline", "audit"))
                .contains("1 dead letters discarded");
        assertThat(dlq(0, "history"))
                .contains("1 discarded by bob", ": not ours", "1 replayed by alice", "1 edited by alice");
        assertThat(dlq(0, "count")).isEqualTo("audit: 0\nshop: 0\n");
    }

    @Test
    void shouldSayWhatIsMistypedAndWhatIsMissing() throws Exception {
        Files.writeString(directory.resolve("test.conf"), config(1));
        assertThat(dlq(3, "ls")).contains("there is no directory");
        Files.createDirectories(directory.resolve("state"));
        assertThat(dlq(2, "show", "7", "--pipeline", "shop")).contains("There is no dead letter 7");
        assertThat(dlq(2, "show", "7")).contains("name it with --pipeline");
        assertThat(dlq(2, "ls", "--after", "7")).contains("name it with --pipeline");
        assertThat(dlq(2, "ls", "--pipeline", "shpo")).contains("did you mean 'shop'?");
        assertThat(dlq(2, "discard", "--reason", "x", "--pipeline", "shop")).contains("Say which dead letters");
        assertThat(dlq(2, "edit", "1", "--after", "x", "--pipeline", "shop")).contains("--after takes a JSON object");
        assertThat(dlq(2, "ls", "--limit", "0")).contains("from 1 to 1000");
    }
}
