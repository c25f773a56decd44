package io.deltaforge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.deltaforge.server.http.OpenApi;
import java.io.IOException;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;

/** Pipelines that are made, changed, paused and deleted while the process runs, and what is left of that after kill -9. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class PipelineChangesIT {

    private static final String SECRET = "hunter2-canary";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Map<String, String> ENVIRONMENT = Map.of("SHOP_DSN", SECRET, "SHOP_TOPIC", "topic-canary");
    private static final String CONFIG = "deltaforge { data_dir = state, checkpoint.type = files, metrics.port = 0,"
            + " api { port = 0, references = [ \"SHOP_*\" ] } }\n"
            + "pipelines.filed { source { type = counted, dsn = filed }\n"
            + "  sinks = [ { id = ledger, type = ledger, file = filed.ledger } ] }\n";
    private static final ObjectMapper JSON = new ObjectMapper();

    private Path directory;
    private ServerProcess server;
    private OpenApi api;

    @BeforeAll
    void start(@TempDir Path temporary) throws Exception {
        directory = temporary;
        server = ServerProcess.run(directory, ENVIRONMENT, CONFIG).awaitReady();
        api = new OpenApi(server.api("GET", "/openapi.json", null).body());
    }

    @AfterAll
    void stop() {
        server.close();
    }

    @AfterEach
    void forget() throws Exception {
        for (String name : List.of("shop", "idle", "torn", "other")) {
            server.api("DELETE", "/pipelines/" + name, null);
        }
        for (String ledger : List.of("shop", "idle", "torn", "other", "second", "bad")) {
            Files.deleteIfExists(directory.resolve(ledger + ".ledger"));
        }
    }

    private void restart() throws Exception {
        server.kill();
        server = ServerProcess.run(directory, ENVIRONMENT, CONFIG).awaitReady();
    }

    private HttpResponse<String> call(String verb, String path, String body, String... headers) throws Exception {
        HttpResponse<String> answer = server.api(verb, path, body, headers);
        String template = path.replaceAll("\\?.*", "")
                .replaceFirst("^/pipelines/[^/]+", "/pipelines/{name}")
                .replaceFirst("/sinks/[^/]+", "/sinks/{sink}");
        String mediaType =
                answer.headers().firstValue("Content-Type").orElse("").split(";", -1)[0];
        assertThat(api.misfits(verb, template, answer.statusCode(), mediaType, answer.body()))
                .as(answer.body())
                .isEmpty();
        assertThat(answer.body()).doesNotContain(SECRET);
        return answer;
    }

    private static JsonNode json(HttpResponse<String> answer) throws IOException {
        return JSON.readTree(answer.body());
    }

    private static void assertCode(HttpResponse<String> answer, int status, String code) throws IOException {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        assertThat(json(answer).get("code").asText()).as(answer.body()).isEqualTo(code);
    }

    private static String shop(String more) {
        return "pipelines.shop { source { type = counted, dsn = ${SHOP_DSN} }\n"
                + "  sinks = [ { id = ledger, type = ledger, file = shop.ledger, topic = ${SHOP_TOPIC} } ]\n" + more
                + " }";
    }

    private String state(String name) throws Exception {
        return json(call("GET", "/pipelines/" + name, null)).path("state").asText();
    }

    /** Every row that a ledger has, in order. */
    private List<Long> rows(String ledger) throws IOException {
        List<Long> rows = new ArrayList<>();
        Path file = directory.resolve(ledger);
        if (Files.exists(file)) {
            try (Stream<String> lines = Files.lines(file)) {
                lines.flatMap(line -> Stream.of(line.split(" ", -1)))
                        .filter(entry -> !entry.isBlank())
                        .forEach(entry -> rows.add(Long.valueOf(entry.substring(entry.indexOf('/') + 1))));
            }
        }
        return rows;
    }

    private void awaitMore(String ledger) throws IOException {
        int before = rows(ledger).size();
        await().atMost(PATIENCE).until(() -> rows(ledger).size() > before + 30);
    }

    /** Every row from the first one on, each once, in order. */
    private static void assertWhole(List<Long> rows) {
        for (int i = 0; i < rows.size(); i++) {
            long expected = (i / 3 + 1) * 1_000L + i % 3;
            assertThat(rows.get(i)).as("row %s of %s", i, rows.size()).isEqualTo(expected);
        }
    }

    /** Every row from the first one on, in order; after a kill it may go back, and never skips a row. */
    private static void assertNoneMissing(List<Long> rows) {
        assertNoneMissing(rows, 1);
    }

    private static void assertNoneMissing(List<Long> rows, long firstTransaction) {
        long before = 0;
        for (int i = 0; i < rows.size(); i++) {
            long number = (rows.get(i) / 1_000 - firstTransaction) * 3 + rows.get(i) % 1_000 + 1;
            assertThat(number).as("row %s of %s", i, rows.size()).isBetween(1L, before + 1);
            before = number;
        }
    }

    @Test
    void shouldMakeChangeAndForgetPipelines() throws Exception {
        HttpResponse<String> made = call("POST", "/pipelines", shop(""));
        assertThat(made.statusCode()).as(made.body()).isEqualTo(200);
        assertThat(json(made).path("origin").asText()).isEqualTo("api");
        assertThat(json(made).at("/spec/sinks/0/topic").asText())
                .as("what a variable holds is not shown")
                .isEqualTo("${SHOP_TOPIC}");
        awaitMore("shop.ledger");
        assertCode(call("POST", "/pipelines", shop("")), 409, "PIPELINE_ALREADY_EXISTS");
        assertThat(json(call("GET", "/pipelines/shop/checkpoints", null)).findValuesAsText("sink_id"))
                .containsExactly("ledger");

        String second = "{\"sinks\": {\"second\": {\"type\": \"ledger\", \"file\": \"second.ledger\"}},"
                + " \"batch\": {\"max_events\": 7}}";
        HttpResponse<String> patched = call("PATCH", "/pipelines/shop", second);
        assertThat(patched.statusCode()).as(patched.body()).isEqualTo(200);
        assertThat(json(patched).at("/spec/batch/max_events").asInt()).isEqualTo(7);
        assertThat(json(patched).at("/spec/sinks").findValuesAsText("id")).containsExactly("ledger", "second");
        awaitMore("second.ledger");
        awaitMore("shop.ledger");

        assertThat(call("PATCH", "/pipelines/shop", "{\"sinks\": {\"second\": null}}")
                        .statusCode())
                .isEqualTo(200);
        awaitMore("shop.ledger");
        int left = rows("second.ledger").size();
        assertThat(server.get("/metrics", "*/*").body()).doesNotContain("sink=\"second\"");
        assertThat(rows("second.ledger")).hasSize(left);
        assertWhole(rows("shop.ledger"));

        assertThat(call("DELETE", "/pipelines/shop", null).statusCode()).isEqualTo(204);
        assertCode(call("DELETE", "/pipelines/shop", null), 404, "PIPELINE_NOT_FOUND");
        assertThat(directory.resolve("state/pipelines/shop.json")).doesNotExist();
        assertThat(server.get("/metrics", "*/*").body()).doesNotContain("pipeline=\"shop\"");
        assertThat(state("filed")).isEqualTo("running");
        assertThat(server.output()).doesNotContain(SECRET);
    }

    @Test
    void shouldTakeAChangeBackThatDoesNotStart() throws Exception {
        call("POST", "/pipelines", shop(""));
        awaitMore("shop.ledger");
        String kept = Files.readString(directory.resolve("state/pipelines/shop.json"));

        assertCode(
                call("PATCH", "/pipelines/shop", "{\"sinks\": {\"ledger\": {\"topik\": 1}}}"), 400, "INVALID_CONFIG");
        assertCode(call("PATCH", "/pipelines/shop", "{\"sinks\": null}"), 400, "INVALID_CONFIG");
        assertCode(call("PATCH", "/pipelines/shop", "[]"), 400, "MALFORMED_BODY");
        HttpResponse<String> broken = call(
                "PATCH",
                "/pipelines/shop",
                "{\"sinks\": {\"ledger\": null, \"bad\": {\"type\": \"ledger\","
                        + " \"file\": \"bad.ledger\", \"broken\": true}}}");
        assertCode(broken, 422, "PIPELINE_DID_NOT_START");
        assertThat(json(broken).at("/cause/reason").asText()).isEqualTo("LEDGER");
        assertThat(Files.readString(directory.resolve("state/pipelines/shop.json")))
                .isEqualTo(kept);
        awaitMore("shop.ledger");
        assertWhole(rows("shop.ledger"));

        assertCode(
                call(
                        "POST",
                        "/pipelines",
                        shop("").replace("shop", "other").replace("topic =", "broken = true, topic =")),
                422,
                "PIPELINE_DID_NOT_START");
        assertCode(call("GET", "/pipelines/other", null), 404, "PIPELINE_NOT_FOUND");
        assertThat(directory.resolve("state/pipelines/other.json")).doesNotExist();
    }

    @Test
    void shouldRefuseWhatDoesNotFit() throws Exception {
        assertCode(call("PATCH", "/pipelines/filed", "{}"), 409, "PIPELINE_FROM_FILE");
        assertCode(call("DELETE", "/pipelines/filed", null), 409, "PIPELINE_FROM_FILE");
        assertCode(
                call("PUT", "/pipelines/filed", shop("").replace("pipelines.shop", "pipelines.filed")),
                409,
                "PIPELINE_FROM_FILE");
        assertCode(call("PUT", "/pipelines/other", shop("")), 400, "PIPELINE_NAME_MISMATCH");
        assertCode(call("POST", "/pipelines?wait_secs=soon", shop("")), 400, "BAD_REQUEST");
        HttpResponse<String> secrets =
                call("POST", "/pipelines", shop("").replace("${SHOP_DSN}", "${HOME}/${file:/etc/passwd}"));
        assertCode(secrets, 400, "INVALID_CONFIG");
        assertThat(json(secrets).findValuesAsText("code")).contains("REFERENCE_NOT_ALLOWED");
        assertCode(call("POST", "/pipelines", shop("") + "\ndeltaforge.data_dir = /tmp"), 400, "INVALID_CONFIG");
        assertCode(call("POST", "/pipelines", "pipelines {}"), 400, "INVALID_CONFIG");
        assertCode(call("POST", "/pipelines", ""), 400, "BODY_MISSING");
        assertThat(json(call("GET", "/pipelines", null))).hasSize(1);

        HttpResponse<String> literal = call("POST", "/pipelines", shop("").replace("${SHOP_DSN}", "literal-canary"));
        assertThat(json(literal).at("/findings/0/code").asText()).isEqualTo("LITERAL_SECRET");
        assertThat(literal.body()).doesNotContain("literal-canary");
        assertThat(PosixFilePermissions.toString(
                        Files.getPosixFilePermissions(directory.resolve("state/pipelines/shop.json"))))
                .isEqualTo("rw-------");
    }

    @Test
    void shouldKeepPipelinesAndWhatTheyWereToldThroughKill() throws Exception {
        call("PUT", "/pipelines/shop", shop(""));
        call("PUT", "/pipelines/idle", shop("").replace("shop", "idle"));
        assertThat(Files.readString(directory.resolve("state/pipelines/shop.json")))
                .contains("${SHOP_DSN}")
                .doesNotContain(SECRET);
        awaitMore("shop.ledger");
        awaitMore("filed.ledger");
        for (String name : List.of("shop", "filed")) {
            assertThat(json(call("POST", "/pipelines/" + name + "/pause", null))
                            .path("state")
                            .asText())
                    .isEqualTo("paused");
            call("POST", "/pipelines/" + name + "/pause", null);
        }
        assertThat(json(call("POST", "/pipelines/idle/stop", null))
                        .path("state")
                        .asText())
                .isEqualTo("stopped");
        List<Long> shop = rows("shop.ledger");
        List<Long> filed = rows("filed.ledger");
        String metrics = server.get("/metrics", "*/*").body();
        assertThat(metrics)
                .contains("deltaforge_pipeline_status{pipeline=\"shop\",} 0.5")
                .containsPattern("deltaforge_pipeline_pauses_total [2-9]");

        restart();

        assertThat(List.of(state("shop"), state("filed"), state("idle")))
                .containsExactly("paused", "paused", "stopped");
        assertThat(json(call("GET", "/health", null)).path("status").asText()).isEqualTo("healthy");
        assertThat(rows("shop.ledger")).isEqualTo(shop);
        for (String name : List.of("shop", "filed", "idle")) {
            call("POST", "/pipelines/" + name + "/resume", null);
            call("POST", "/pipelines/" + name + "/start", null);
        }
        awaitMore("filed.ledger");
        long next = (filed.get(filed.size() - 1) / 1_000 + 1) * 1_000;
        assertThat(rows("filed.ledger")).startsWith(filed.toArray(Long[]::new));
        assertThat(rows("filed.ledger").get(filed.size())).as("where it was").isEqualTo(next);
        for (String ledger : List.of("shop.ledger", "idle.ledger")) {
            awaitMore(ledger);
            assertWhole(rows(ledger));
        }
        assertThat(server.get("/metrics", "*/*").body()).contains("deltaforge_pipeline_resumes_total 2.0");
        assertThat(directory.resolve("state/pipelines/filed.json")).doesNotExist();
    }

    @Test
    void shouldMakeOneChangeAtATime() throws Exception {
        String slow = "{\"sinks\": {\"ledger\": {\"delay_ms\": 3000}}}";
        call("POST", "/pipelines", shop(""));
        assertThat(call("PATCH", "/pipelines/shop", slow).statusCode()).isEqualTo(200);
        await().atMost(PATIENCE)
                .until(() -> json(call("GET", "/pipelines/shop", null))
                                .at("/ops/sinks/0/waiting_batches")
                                .asInt()
                        > 0);
        CompletableFuture<Integer> pause = CompletableFuture.supplyAsync(() -> {
            try {
                return call("POST", "/pipelines/shop/pause", null).statusCode();
            } catch (Exception e) {
                throw new IllegalStateException(e);
            }
        });
        Set<String> codes = new HashSet<>();
        await().atMost(PATIENCE).until(() -> {
            HttpResponse<String> answer = call("POST", "/pipelines/shop/pause", null);
            codes.add(json(answer).path("code").asText());
            return pause.isDone() || codes.contains("CHANGE_IN_PROGRESS");
        });
        assertThat(codes).contains("CHANGE_IN_PROGRESS");
        assertThat(pause.join()).isEqualTo(200);
        assertThat(state("shop")).isEqualTo("paused");
    }

    @Test
    void shouldShowWhatCannotBeBroughtBackAndLetItBeMended() throws Exception {
        call("POST", "/pipelines", shop(""));
        call("POST", "/pipelines", shop("").replace("shop", "torn"));
        awaitMore("shop.ledger");
        server.kill();
        Files.writeString(directory.resolve("state/pipelines/torn.json"), "{\"format\": 1, \"na");
        server = ServerProcess.run(directory, Map.of("SHOP_TOPIC", "topic-canary"), CONFIG);

        JsonNode shop = json(call("GET", "/pipelines/shop", null));
        assertThat(shop.path("state").asText()).isEqualTo("failed");
        assertThat(shop.at("/cause/reason").asText()).isEqualTo("INVALID_CONFIG");
        assertThat(shop.at("/cause/message").asText()).contains("SHOP_DSN");
        assertThat(json(call("GET", "/pipelines/torn", null))
                        .at("/cause/reason")
                        .asText())
                .isEqualTo("PIPELINE_FILE_DAMAGED");
        assertThat(call("GET", "/health", null).statusCode()).isEqualTo(503);
        assertThat(state("filed")).isEqualTo("running");
        assertCode(call("POST", "/pipelines/shop/start", null), 400, "INVALID_CONFIG");
        assertCode(call("POST", "/pipelines/torn/start", null), 409, "PIPELINE_FILE_DAMAGED");

        call("PATCH", "/pipelines/shop", "{\"source\": {\"dsn\": \"" + SECRET + "\"}}");
        awaitMore("shop.ledger");
        assertWhole(rows("shop.ledger"));
        assertThat(call("DELETE", "/pipelines/torn", null).statusCode()).isEqualTo(204);
        assertThat(call("GET", "/health", null).statusCode()).isEqualTo(200);
        restart();
    }

    @Test
    void shouldTellSingleSinks() throws Exception {
        call(
                "POST",
                "/pipelines",
                shop("").replace("} ]", "}, { id = second, type = ledger, file = second.ledger } ]"));
        awaitMore("second.ledger");
        assertThat(call("POST", "/pipelines/shop/sinks/second/pause", null).statusCode())
                .isEqualTo(200);
        await().atMost(PATIENCE)
                .until(() -> sink("second").path("state").asText().equals("paused"));
        List<Long> rows = rows("second.ledger");
        awaitMore("shop.ledger");
        assertThat(rows("second.ledger")).isEqualTo(rows);

        assertThat(call("PATCH", "/pipelines/shop", "{\"batch\": {\"max_events\": 7}}")
                        .statusCode())
                .as("a sink that is to rest keeps no change from being made")
                .isEqualTo(200);
        awaitMore("shop.ledger");
        assertThat(sink("second").path("state").asText()).isEqualTo("paused");
        restart();
        awaitMore("shop.ledger");
        await().atMost(PATIENCE)
                .until(() -> sink("second").path("state").asText().equals("paused"));
        assertThat(sink("second").path("desired").asText()).isEqualTo("paused");
        assertThat(sink("ledger").path("desired").asText()).isEqualTo("running");
        assertThat(rows("second.ledger")).isEqualTo(rows);
        call("POST", "/pipelines/shop/sinks/second/resume", null);
        awaitMore("second.ledger");
        call("POST", "/pipelines/shop/sinks/second/restart", null);
        awaitMore("second.ledger");
        assertNoneMissing(rows("shop.ledger"));
        assertWhole(rows("second.ledger"));
        assertCode(call("POST", "/pipelines/shop/sinks/third/pause", null), 404, "SINK_NOT_FOUND");
        call("POST", "/pipelines/shop/stop", null);
        assertCode(call("POST", "/pipelines/shop/sinks/second/restart", null), 409, "PIPELINE_NOT_RUNNING");
        assertThat(call("POST", "/pipelines/shop/sinks/second/pause", null).statusCode())
                .isEqualTo(200);
        assertThat(sink("second").path("desired").asText()).isEqualTo("paused");
    }

    private JsonNode sink(String id) throws Exception {
        for (JsonNode each : json(call("GET", "/pipelines/shop", null)).at("/ops/sinks")) {
            if (each.path("id").asText().equals(id)) {
                return each;
            }
        }
        return MissingNode.getInstance();
    }

    @Test
    void shouldAddAndRemoveASinkWhileTheOthersGoOn() throws Exception {
        call("POST", "/pipelines", shop("spool.enabled = true"));
        awaitMore("shop.ledger");
        List<Long> before = rows("shop.ledger");
        String since = sink("ledger").path("since").asText();
        String second = "{\"sinks\": {\"second\": {\"type\": \"ledger\", \"file\": \"second.ledger\"}}}";

        assertCode(call("PATCH", "/pipelines/shop?start=soon", second), 400, "BAD_REQUEST");
        assertCode(
                call(
                        "PATCH",
                        "/pipelines/shop?start=now",
                        second.replace("}}}", "}}, \"batch\": {\"max_events\": 7}}")),
                409,
                "SINK_START_NOT_POSSIBLE");
        HttpResponse<String> broken = call(
                "PATCH", "/pipelines/shop", second.replace("\"second.ledger\"", "\"bad.ledger\", \"broken\": true"));
        assertCode(broken, 422, "PIPELINE_DID_NOT_START");
        assertThat(json(broken).at("/cause/reason").asText()).isEqualTo("LEDGER");

        HttpResponse<String> added = call("PATCH", "/pipelines/shop?start=now", second);
        assertThat(added.statusCode()).as(added.body()).isEqualTo(200);
        assertThat(json(added).at("/spec/sinks").findValuesAsText("id")).containsExactly("ledger", "second");
        awaitMore("second.ledger");
        long first = rows("second.ledger").get(0);
        assertThat(first).isGreaterThan(before.get(before.size() - 1));
        assertThat(sink("ledger").path("since").asText()).as("made anew").isEqualTo(since);
        assertThat(sink("second").path("required").asBoolean()).isTrue();

        restart();
        awaitMore("second.ledger");
        awaitMore("shop.ledger");
        List<Long> rows = rows("second.ledger");
        assertNoneMissing(rows, first / 1_000);
        since = sink("ledger").path("since").asText();

        assertThat(call("PATCH", "/pipelines/shop", "{\"sinks\": {\"second\": null}}")
                        .statusCode())
                .isEqualTo(200);
        rows = rows("second.ledger");
        awaitMore("shop.ledger");
        assertThat(rows("second.ledger")).isEqualTo(rows);
        assertThat(sink("ledger").path("since").asText()).as("made anew").isEqualTo(since);
        assertThat(json(call("GET", "/pipelines/shop/checkpoints", null)).findValuesAsText("sink_id"))
                .containsExactly("ledger");
        assertThat(server.get("/metrics", "*/*").body()).doesNotContain("sink=\"second\"");
        restart();
        awaitMore("shop.ledger");
        assertNoneMissing(rows("shop.ledger"));
        assertThat(rows("second.ledger")).isEqualTo(rows);
    }

    @Test
    void shouldShowEventsAsTheyPass() throws Exception {
        List<String> lines = call("GET", "/pipelines/filed/tap?limit=3&op=c&table=*", null)
                .body()
                .lines()
                .filter(line -> line.startsWith("data: "))
                .toList();
        assertThat(lines).hasSize(4);
        List<Long> ids = new ArrayList<>();
        for (String line : lines.subList(0, 3)) {
            JsonNode event = JSON.readTree(line.substring("data: ".length()));
            assertThat(event.path("op").asText()).isEqualTo("c");
            ids.add(event.at("/after/id").asLong());
        }
        assertThat(ids).isSorted().doesNotHaveDuplicates();
        await().atMost(PATIENCE).until(() -> rows("filed.ledger").containsAll(ids));

        String slow = call("GET", "/pipelines/filed/tap?limit=12&rate=10", null).body();
        assertThat(slow).contains("event: dropped\ndata: {\"events\":", "\"reason\":\"rate\"", "event: end");
        for (String wrong : List.of("?limit=0", "?rate=x", "?op=z", "?table=")) {
            assertCode(call("GET", "/pipelines/filed/tap" + wrong, null), 400, "BAD_REQUEST");
        }
        assertCode(call("GET", "/pipelines/none/tap", null), 404, "PIPELINE_NOT_FOUND");
    }
}
