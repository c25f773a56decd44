package io.deltaforge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two processes on one data directory: one works, the other waits for its end. */
final class StandbyIT {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Duration TAKE_OVER = Duration.ofSeconds(5);
    private static final String CONFIG = """
        deltaforge { data_dir = state, checkpoint.type = rocksdb, api.port = 0, metrics.port = 0 }
        pipelines.shop {
          source { type = counted, dsn = x }
          sinks = [ { id = ledger, type = ledger, file = shop.ledger } ]
        }
        """;

    @TempDir
    private Path directory;

    private long delivered() throws Exception {
        Path ledger = directory.resolve("shop.ledger");
        return Files.exists(ledger) ? Files.size(ledger) : 0;
    }

    private void awaitMoreDelivered(Duration limit) throws Exception {
        long before = delivered();
        await().atMost(limit).until(() -> delivered() > before + 1_000);
    }

    private static String positions(ServerProcess server) throws Exception {
        return server.api("GET", "/pipelines/shop", null).body();
    }

    @Test
    void shouldStandByWhileAnotherProcessWorksAndTakeOverWhenThatIsKilled() throws Exception {
        try (ServerProcess first = ServerProcess.run(directory, Map.of(), CONFIG)) {
            awaitMoreDelivered(PATIENCE);
            try (ServerProcess second = ServerProcess.run(directory, Map.of(), CONFIG)) {
                await().atMost(PATIENCE).until(() -> second.output().contains("Standing by"));
                HttpResponse<String> health = second.get("/health", "*/*");
                HttpResponse<String> ready = second.api("GET", "/ready", null);

                assertThat(health.statusCode())
                        .as("a standby needs no operator")
                        .isEqualTo(200);
                assertThat(health.body()).contains("\"state\":\"standby\"", "\"reason\":\"DATA_DIRECTORY_IN_USE\"");
                assertThat(ready.statusCode()).isEqualTo(503);
                assertThat(ready.body()).contains("not_ready", "\"state\":\"standby\"");
                assertThat(positions(second)).contains("\"checkpoints\":[]", "pid ");
                assertThat(first.api("GET", "/ready", null).statusCode()).isEqualTo(200);

                first.kill();
                awaitMoreDelivered(TAKE_OVER);
                await().atMost(PATIENCE)
                        .until(() -> second.api("GET", "/ready", null).statusCode() == 200);
                assertThat(second.get("/health", "*/*").body()).contains("\"state\":\"running\"");
                assertThat(second.output().split("Standing by", -1))
                        .as("said once")
                        .hasSize(2);
                second.terminate();
                assertThat(second.awaitExit()).isZero();
            }
        }
    }

    @Test
    void shouldEndWithZeroWhenAskedToWhileStandingBy() throws Exception {
        try (ServerProcess first = ServerProcess.run(directory, Map.of(), CONFIG);
                ServerProcess second = ServerProcess.run(directory, Map.of(), CONFIG)) {
            await().atMost(PATIENCE).until(() -> second.output().contains("Standing by"));
            second.terminate();
            assertThat(second.awaitExit()).isZero();
            awaitMoreDelivered(PATIENCE);
            assertThat(first.output()).doesNotContain("Standing by");
        }
    }

    @Test
    void shouldNotTouchPositionsWhileAServerUsesThem() throws Exception {
        String[] reset = {"checkpoint", "reset", "--config", "test.conf", "shop", "--yes"};
        String[] show = {"checkpoint", "show", "--json", "--config", "test.conf"};
        try (ServerProcess server = ServerProcess.run(directory, Map.of(), CONFIG)) {
            awaitMoreDelivered(PATIENCE);
            for (String[] command : new String[][] {reset, show}) {
                try (ServerProcess refused = ServerProcess.start(directory, Map.of(), command)) {
                    assertThat(refused.awaitExit()).as(refused.output()).isEqualTo(3);
                    assertThat(refused.output()).contains("uses this data directory", "end it first");
                }
            }
            server.terminate();
            assertThat(server.awaitExit()).isZero();
        }
        String positions = run(0, show);
        assertThat(positions).contains("\"ok\":true").containsPattern("\"ledger\":\"\\d+\"");
        assertThat(run(2, "checkpoint", "reset", "--config", "test.conf", "shop"))
                .contains("nothing was changed", "--yes");
        assertThat(run(0, show)).isEqualTo(positions);
        assertThat(run(2, "checkpoint", "reset", "--config", "test.conf", "shop", "--sink", "legder", "--yes"))
                .contains("legder");
        assertThat(run(2, "checkpoint", "reset", "--config", "test.conf", "shpo", "--yes"))
                .contains("did you mean 'shop'?");
        assertThat(run(0, "checkpoint", "reset", "--config", "test.conf", "shop", "--sink", "ledger", "--yes"))
                .contains("done.");
        assertThat(run(0, show)).contains("\"ledger\":null", "\"source\":\"counted-");
        assertThat(run(0, reset)).contains("done.");
        assertThat(run(0, show)).contains("\"positions\":{}", "\"source\":\"\"");
    }

    private String run(int exitCode, String... command) throws Exception {
        try (ServerProcess process = ServerProcess.start(directory, Map.of(), command)) {
            assertThat(process.awaitExit()).as(process.output()).isEqualTo(exitCode);
            return process.output();
        }
    }
}
