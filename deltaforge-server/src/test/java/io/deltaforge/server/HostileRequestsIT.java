package io.deltaforge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.Socket;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/**
 * The API under requests that nobody ought to send. {@code -Ddeltaforge.requests=1000000} for many, {@code -Ddeltaforge.seed=N} for
 * the same ones again.
 */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class HostileRequestsIT {

    private static final int REQUESTS = Integer.getInteger("deltaforge.requests", 3_000);
    private static final long SEED = Long.getLong("deltaforge.seed", System.nanoTime());
    private static final int CLIENTS = 4;
    private static final String CANARY = "hunter2-canary";
    private static final String TOKEN = "open-sesame-canary";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** Of a version, and of a transfer coding, that is not spoken here: what HTTP demands, and no fault of ours. */
    private static final Set<Integer> NOT_SPOKEN = Set.of(501, 505);

    private Path directory;
    private ServerProcess server;
    private URI address;

    @BeforeAll
    void start(@TempDir Path temporary) throws IOException {
        directory = temporary;
        Files.writeString(directory.resolve("secret.txt"), CANARY);
        server = ServerProcess.run(
                directory,
                Map.of("CANARY", CANARY, "ALLOWED", CANARY),
                "deltaforge { data_dir = state, checkpoint.type = files, metrics.port = 0,"
                        + " api { port = 0, token = \"" + TOKEN + "\", references = [ ALLOWED ] } }\n"
                        + "pipelines.watched { source { type = counted, dsn = \"" + CANARY + "\" }\n"
                        + "  sinks = [ { id = ledger, type = ledger, file = watched.ledger,"
                        + " client_conf { password = \"" + CANARY + "\" } } ] }\n");
        address = URI.create("http:" + server.output().replaceAll("(?s).*API at http:([^ ]*)/,.*", "$1"));
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private String call(String path) throws Exception {
        return server.api("GET", path, null, "Authorization", "Bearer " + TOKEN).body();
    }

    /** Sends its part of the requests; returns how often each status came. */
    private Map<Integer, Integer> attack(int client) throws IOException {
        HostileRequest requests = new HostileRequest(
                SEED + client, TOKEN, directory.resolve("secret.txt").toString());
        Map<Integer, Integer> statuses = new TreeMap<>();
        try (RawClient raw = new RawClient(address.getHost(), address.getPort())) {
            for (int i = 0; i < REQUESTS / CLIENTS; i++) {
                byte[] request = requests.next();
                RawClient.Reply reply = raw.send(request, requests.isHead());
                String sent = new String(request, 0, Math.min(request.length, 600), StandardCharsets.ISO_8859_1);
                String what =
                        "seed " + SEED + ", client " + client + ", request " + i + ": " + sent + "\n" + reply.text();
                assertThat(reply.status() < 500 || NOT_SPOKEN.contains(reply.status()) || isHealth(reply))
                        .as(what)
                        .isTrue();
                assertThat(reply.text().contains(CANARY) || reply.text().contains(TOKEN))
                        .as(what)
                        .isFalse();
                statuses.merge(reply.status(), 1, Integer::sum);
            }
        }
        return statuses;
    }

    /** What was asked: whether all pipelines do well, and one of the scratch ones was made to fail. */
    private static boolean isHealth(RawClient.Reply reply) {
        return reply.status() == 503
                && (reply.text().contains("{\"status\":\"unhealthy\"")
                        || reply.text().contains("{\"status\":\"not_ready\""));
    }

    /** Clients that send a byte now and then, and never finish. */
    private List<Socket> slowClients() throws IOException {
        List<Socket> slow = new ArrayList<>();
        for (int i = 0; i < 60; i++) {
            Socket socket = new Socket(address.getHost(), address.getPort());
            String begun = i % 2 == 0
                    ? "GET /pipelines HTTP/1.1\r\nHost: localho"
                    : "POST /validate HTTP/1.1\r\nHost: localhost\r\nAuthorization: Bearer x\r\nContent-Length: 1000\r\n\r\na";
            socket.getOutputStream().write(begun.getBytes(StandardCharsets.US_ASCII));
            slow.add(socket);
        }
        return slow;
    }

    /** Says which row is not the one that must come next; a ledger has no end, so it is not kept in memory. */
    private String firstWrongRow() throws IOException {
        long next = 1_000;
        try (Stream<String> lines = Files.lines(directory.resolve("watched.ledger"))) {
            for (String line : (Iterable<String>) lines::iterator) {
                for (String entry : line.split(" ", -1)) {
                    if (!entry.isBlank()) {
                        if (Long.parseLong(entry.substring(entry.indexOf('/') + 1)) != next) {
                            return entry + " in place of " + next;
                        }
                        next = next % 1_000 == 2 ? next - 2 + 1_000 : next + 1;
                    }
                }
            }
        }
        return next > 100_000 ? "" : "only " + next / 1_000 + " transactions";
    }

    @Test
    void shouldStandHostileRequestsAndKeepItsSecrets() throws Exception {
        List<Socket> slow = slowClients();
        ExecutorService clients = Executors.newFixedThreadPool(CLIENTS);
        Map<Integer, Integer> statuses = new TreeMap<>();
        try {
            List<Future<Map<Integer, Integer>>> attacks = new ArrayList<>();
            for (int client = 0; client < CLIENTS; client++) {
                int number = client;
                attacks.add(clients.submit(() -> attack(number)));
            }
            for (Future<Map<Integer, Integer>> attack : attacks) {
                attack.get().forEach((status, count) -> statuses.merge(status, count, Integer::sum));
            }
        } finally {
            clients.shutdownNow();
            for (Socket socket : slow) {
                socket.close();
            }
        }
        System.out.println("seed " + SEED + ", answers by status: " + statuses);
        assertThat(statuses.keySet()).contains(200, 204, 400, 401, 404, 405, 409, 415, 422);

        String watched = call("/pipelines/watched");
        assertThat(watched).contains("\"state\":\"running\"", "\"failures\":0").doesNotContain(CANARY);
        String checkpoints = call("/pipelines/watched/checkpoints");
        await().atMost(PATIENCE)
                .until(() -> !position(call("/pipelines/watched/checkpoints")).equals(position(checkpoints)));
        server.api("POST", "/pipelines/watched/pause", null, "Authorization", "Bearer " + TOKEN);
        assertThat(firstWrongRow()).isEmpty();
        assertThat(server.output()).doesNotContain(CANARY, TOKEN, "INTERNAL_ERROR");
        assertThat(server.output().lines().filter(line -> line.contains("ApiServer") && line.contains("ERROR")))
                .isEmpty();
    }

    private static String position(String checkpoints) {
        return checkpoints.replaceAll(".*\"position\":\"([^\"]*)\".*", "$1");
    }
}
