package io.deltaforge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The program as its users see it: a process, signals, files, HTTP. */
final class RunIT {

    private static final String SECRET = "hunter2-canary";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final int EVENTS_PER_TRANSACTION = 3;

    @TempDir
    private Path directory;

    private static String runtime(int port) {
        return "deltaforge { data_dir = state, checkpoint.type = files, api.port = 0, metrics.port = " + port + " }\n";
    }

    private static String pipeline(String name, String source, String sink) {
        return "pipelines." + name + " { source { type = counted, dsn = \"postgres://u:" + SECRET + "@h/db\", " + source
                + " }\n sinks = [ { id = ledger, type = ledger, file = " + name + ".ledger, client_conf { password = \""
                + SECRET + "\" }, topic = \"t.${source.table}\", " + sink + " } ]\n batch.max_events = 50 }\n";
    }

    /** The rows of each batch that was acknowledged; a line that was cut off by a kill is none. */
    private List<List<Long>> ledger(String name) throws IOException {
        List<List<Long>> batches = new ArrayList<>();
        Path file = directory.resolve(name + ".ledger");
        String text = Files.exists(file) ? Files.readString(file) : "";
        for (String line : text.substring(0, text.lastIndexOf('\n') + 1).lines().toList()) {
            List<Long> rows = new ArrayList<>();
            for (String row : line.strip().split(" ", -1)) {
                assertThat(row).startsWith("t.orders/");
                rows.add(Long.parseLong(row.substring("t.orders/".length())));
            }
            batches.add(rows);
        }
        return batches;
    }

    private List<Long> rows(String name) throws IOException {
        return ledger(name).stream().flatMap(List::stream).toList();
    }

    private static List<Long> expected(long transactions) {
        List<Long> rows = new ArrayList<>();
        for (long tx = 1; tx <= transactions; tx++) {
            for (int ordinal = 0; ordinal < EVENTS_PER_TRANSACTION; ordinal++) {
                rows.add(tx * 1_000 + ordinal);
            }
        }
        return rows;
    }

    private void awaitRows(String name, int atLeast) {
        await().atMost(PATIENCE).until(() -> rows(name).size() >= atLeast);
    }

    @Test
    void shouldDeliverEverythingAndEndWithZeroOnSigterm() throws Exception {
        try (ServerProcess server =
                ServerProcess.run(directory, Map.of(), runtime(0) + pipeline("shop", "transactions = 500", ""))) {
            awaitRows("shop", 500 * EVENTS_PER_TRANSACTION);
            HttpResponse<String> health = server.get("/health", "*/*");
            server.terminate();

            assertThat(server.awaitExit()).as(server.output()).isZero();
            assertThat(rows("shop")).isEqualTo(expected(500));
            assertThat(health.statusCode()).isEqualTo(200);
            assertThat(health.body()).contains("\"name\":\"shop\"", "\"id\":\"ledger\"");
            assertThat(server.output()).contains("Pipeline shop: reading a log that counts from ");
        }
    }

    @Test
    void shouldDrainWhatIsUnderWayOnSigterm() throws Exception {
        try (ServerProcess server =
                ServerProcess.run(directory, Map.of(), runtime(0) + pipeline("shop", "", "delay_ms = 300"))) {
            awaitRows("shop", 1);
            server.terminate();

            assertThat(server.awaitExit()).as(server.output()).isZero();
        }
        List<Long> first = rows("shop");
        try (ServerProcess again = ServerProcess.run(directory, Map.of(), runtime(0) + pipeline("shop", "", ""))) {
            awaitRows("shop", first.size() + 1_000);
            again.terminate();
            assertThat(again.awaitExit()).isZero();
        }
        List<Long> all = rows("shop");
        assertThat(all)
                .as("a drained stop delivers nothing twice and loses nothing")
                .isEqualTo(expected(all.size() / EVENTS_PER_TRANSACTION));
    }

    @Test
    void shouldLoseNothingWhenKilled() throws Exception {
        Set<Long> seen = new HashSet<>();
        for (int life = 1; life <= 3; life++) {
            try (ServerProcess server = ServerProcess.run(directory, Map.of(), runtime(0) + pipeline("shop", "", ""))) {
                awaitRows("shop", rows("shop").size() + 2_000);
                server.kill();
            }
            seen.addAll(rows("shop"));
        }

        assertThat(seen).containsAll(expected(seen.size() / EVENTS_PER_TRANSACTION));
        assertReplaysAreRewinds(rows("shop"));
    }

    /** After a restart rows may come again, but only as a rewind: every row's predecessor has been there before it. */
    private static void assertReplaysAreRewinds(List<Long> rows) {
        Set<Long> before = new HashSet<>();
        for (long row : rows) {
            long previous = row % 1_000 == 0 ? row - 1_000 + EVENTS_PER_TRANSACTION - 1 : row - 1;
            assertThat(row == 1_000 || before.contains(previous))
                    .as("row %d came before row %d", row, previous)
                    .isTrue();
            before.add(row);
        }
    }

    @Test
    void shouldLetOnePipelineFailWithoutDisturbingTheOther() throws Exception {
        try (ServerProcess server = ServerProcess.run(
                directory,
                Map.of(),
                runtime(0)
                        + pipeline("gone", "fail_at = 5", "")
                        + pipeline("broken", "", "broken = true")
                        + pipeline("sound", "", ""))) {
            await().atMost(PATIENCE)
                    .until(
                            () -> server.get("/health", "*/*").body(),
                            body -> body.contains("\"held\"") && body.contains("\"failed\""));
            int soundBefore = rows("sound").size();
            awaitRows("sound", soundBefore + 1_000);
            HttpResponse<String> health = server.get("/health", "*/*");

            assertThat(health.statusCode()).isEqualTo(503);
            assertThat(health.body())
                    .contains(
                            "\"reason\":\"LOG_GONE\"",
                            "\"message\":\"transaction 5 is gone\"",
                            "\"remedy\":\"snapshot again\"",
                            "\"reason\":\"LEDGER\"")
                    .contains("\"name\":\"sound\",\"state\":\"running\"");
            server.terminate();
            assertThat(server.awaitExit()).isZero();
        }
        List<Long> gone = rows("gone");
        assertThat(gone)
                .as("what was read may still wait for its batch when the log breaks")
                .isEqualTo(expected(4).subList(0, gone.size()));
        assertThat(ledger("broken")).isEmpty();
    }

    @Test
    void shouldNeverPrintASecret() throws Exception {
        Map<String, String> everything =
                Map.of("DELTAFORGE_LOG_LEVEL", "TRACE", "DELTAFORGE_LIBRARY_LOG_LEVEL", "TRACE", "CANARY", SECRET);
        try (ServerProcess server = ServerProcess.run(
                directory,
                everything,
                runtime(0)
                        + pipeline("shop", "transactions = 50", "")
                        + pipeline("gone", "fail_at = 5", "")
                        + pipeline("broken", "", "broken = true"))) {
            awaitRows("shop", 50 * EVENTS_PER_TRANSACTION);
            await().atMost(PATIENCE)
                    .until(() -> server.get("/health", "*/*").body().contains("\"failed\""));
            String seen = server.get("/health", "*/*").body()
                    + server.get("/metrics", "*/*").body();
            server.terminate();
            server.awaitExit();

            assertThat(server.output()).contains("TRACE", "DEBUG");
            assertThat(server.output() + seen).doesNotContain(SECRET);
        }
        Path faulty = Files.writeString(
                directory.resolve("faulty.conf"),
                runtime(0) + pipeline("shop", "dsm = \"" + SECRET + "\"", "file = { a = \"" + SECRET + "\" }"));
        try (ServerProcess server = ServerProcess.start(directory, everything, "run", "--config", faulty.toString())) {
            assertThat(server.awaitExit()).isEqualTo(2);
            assertThat(server.output()).contains("pipelines.shop.source.dsm").doesNotContain(SECRET);
        }
    }

    @Test
    void shouldEndWithThreeNamingThePortThatIsInUse() throws Exception {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Path file = Files.writeString(
                    directory.resolve("test.conf"), runtime(taken.getLocalPort()) + pipeline("shop", "", ""));
            try (ServerProcess server = ServerProcess.start(directory, Map.of(), "run", "--config", file.toString())) {
                assertThat(server.awaitExit()).as(server.output()).isEqualTo(3);
                assertThat(server.output())
                        .contains("deltaforge.metrics.port: cannot listen on 127.0.0.1:" + taken.getLocalPort());
            }
        }
        assertThat(directory.resolve("shop.ledger")).doesNotExist();
    }

    @Test
    void shouldEndWithTwoSayingWhatIsWrongWithTheConfiguration() throws Exception {
        Path file = Files.writeString(
                directory.resolve("test.conf"), runtime(0) + pipeline("shop", "", "delay = 5") + "pipelines.b = 1");
        for (String command : List.of("run", "validate")) {
            try (ServerProcess server = ServerProcess.start(directory, Map.of(), command, "-c", file.toString())) {
                assertThat(server.awaitExit()).as(server.output()).isEqualTo(2);
                assertThat(server.output())
                        .contains(
                                file + ":3:", "pipelines.shop.sinks[0].delay: is not a setting of sink type \"ledger\"")
                        .contains(file + ":5:15: error", "pipelines.b: found a", "expected: a group of settings")
                        .contains("2 problems; nothing was started");
            }
        }
        assertThat(directory.resolve("state")).doesNotExist();
    }

    @Test
    void shouldForceTheEndOnASecondSignal() throws Exception {
        try (ServerProcess server =
                ServerProcess.run(directory, Map.of(), runtime(0) + pipeline("shop", "", "delay_ms = 9999"))) {
            await().atMost(PATIENCE)
                    .until(() -> server.get("/health", "*/*").body().matches("(?s).*\"waiting_batches\":[1-9].*"));
            server.terminate();
            await().atMost(PATIENCE).until(() -> server.output().contains("Stopping"));
            await().atMost(PATIENCE).until(() -> {
                server.terminate();
                return server.output().contains("SIGTERM received again");
            });

            assertThat(server.awaitExit()).isEqualTo(143);
        }
    }
}
