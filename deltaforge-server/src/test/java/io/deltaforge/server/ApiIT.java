package io.deltaforge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.typesafe.config.ConfigFactory;
import io.deltaforge.server.http.OpenApi;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The REST API of a running server, held against what it says of itself. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
final class ApiIT {

    private static final String SECRET = "hunter2-canary";
    private static final String TOKEN = "open-sesame-canary";
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final String[] AUTHORIZED = {"Authorization", "Bearer " + TOKEN};
    private static final String SHOP = "{ source { type = counted, dsn = \"postgres://u:" + SECRET
            + "@h/db\", tables = [\"a.b\"] }"
            + "\n sinks = [ { id = ledger, type = ledger, file = shop.ledger, refuse = 2001,"
            + " client_conf { password = \"" + SECRET + "\" } } ]\n journal { enabled = true } }\n";
    private static final String CONFIG = "deltaforge { data_dir = state, checkpoint.type = files, metrics.port = 0,"
            + " api { port = 0, token = \"" + TOKEN + "\" } }\n"
            + "pipelines.shop " + SHOP
            + "pipelines.mend { source { type = counted, dsn = x, transactions = 100 }\n"
            + "  sinks = [ { id = ledger, type = ledger, file = mend.ledger, refuse = 2001 } ]\n"
            + "  journal.enabled = true }\n"
            + "pipelines.gone { source { type = counted, dsn = x, fail_at = 5 }\n"
            + "  sinks = [ { id = ledger, type = ledger, file = gone.ledger } ] }\n";

    private ServerProcess server;

    @BeforeAll
    void start(@TempDir Path directory) throws IOException {
        server = ServerProcess.run(directory, Map.of(), CONFIG);
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> call("GET", "/health").body().contains("\"gone\":\"held\""));
    }

    @AfterAll
    void stop() {
        server.close();
    }

    private HttpResponse<String> call(String method, String path) throws IOException, InterruptedException {
        return server.api(method, path, null, AUTHORIZED);
    }

    private static Map<String, Object> parsed(String json) {
        return ConfigFactory.parseString("{ document = " + json + " }").root().unwrapped();
    }

    private static Object document(String json) {
        return parsed(json).get("document");
    }

    @SuppressWarnings("unchecked")
    private static Map<String, Object> object(Object value) {
        return (Map<String, Object>) value;
    }

    private OpenApi openApi() throws IOException, InterruptedException {
        return new OpenApi(call("GET", "/openapi.json").body());
    }

    /** Checks the answer against what the API says of it, and returns it. */
    private HttpResponse<String> described(String template, String method, HttpResponse<String> answer)
            throws IOException, InterruptedException {
        String mediaType =
                answer.headers().firstValue("Content-Type").orElse("").split(";", -1)[0];
        assertThat(openApi().misfits(method, template, answer.statusCode(), mediaType, answer.body()))
                .as("%s %s: %s", method, template, answer.body())
                .isEmpty();
        return answer;
    }

    @Test
    void shouldDescribeEveryRouteAndNothingElse() throws Exception {
        Set<String> routed = new TreeSet<>();
        Matcher route = Pattern.compile("routes\\.(get|post|put|delete|patch)\\(\\s*\"([^\"]+)\"")
                .matcher(Files.readString(Path.of("src/main/java/io/deltaforge/server/http/ApiServer.java")));
        while (route.find()) {
            routed.add(route.group(1) + " " + route.group(2));
        }
        assertThat(openApi().operations()).isEqualTo(routed).hasSizeGreaterThan(20);
    }

    @ParameterizedTest
    @CsvSource({
        "/live, 200",
        "/health, 503",
        "/ready, 200",
        "/pipelines, 200",
        "/plugins, 200",
        "/schema/config.json, 200",
        "/openapi.json, 200",
        "/loggers, 200",
        "/log-level, 200"
    })
    void shouldAnswerAsDescribed(String path, int status) throws Exception {
        assertThat(described(path, "GET", call("GET", path)).statusCode()).isEqualTo(status);
    }

    @Test
    void shouldShowAPipelineWithTrueValuesAndNoSecret() throws Exception {
        await().atMost(PATIENCE)
                .until(() -> call("GET", "/pipelines/shop").body().contains("\"age_seconds\":0."));
        HttpResponse<String> answer = described("/pipelines/{name}", "GET", call("GET", "/pipelines/shop"));
        Map<String, Object> shop = object(document(answer.body()));
        assertThat(shop).containsEntry("status", "running").containsEntry("state", "running");
        assertThat(object(shop.get("ops")).get("checkpoints").toString())
                .containsPattern("position=\\d+, sink_id=ledger");
        assertThat((Number) object(shop.get("ops")).get("uptime_seconds"))
                .satisfies(up -> assertThat(up.doubleValue()).isBetween(0.0, 600.0));
        assertThat(object(object(shop.get("spec")).get("source")))
                .containsEntry("dsn", "***")
                .containsEntry("tables", List.of("a.b"));
        assertThat(answer.body()).contains("\"password\":\"***\"").doesNotContain(SECRET);

        Map<String, Object> gone = object(document(described("/pipelines/{name}", "GET", call("GET", "/pipelines/gone"))
                .body()));
        assertThat(gone).containsEntry("status", "failed").containsEntry("state", "held");
        assertThat(object(gone.get("cause")))
                .containsEntry("reason", "LOG_GONE")
                .containsEntry("remedy", "snapshot again");
        assertThat(gone.get("last_error_at")).isNotNull();
        assertThat(object(document(call("GET", "/health").body()))).containsEntry("failed_pipelines", List.of("gone"));
    }

    @Test
    void shouldShowWhatWasPutAside() throws Exception {
        String path = "/pipelines/shop/dead-letters";
        await().atMost(PATIENCE).until(() -> call("GET", path + "/count").body().contains("\"count\":1"));
        assertThat(object(
                        document(described("/pipelines/{name}/dead-letters/count", "GET", call("GET", path + "/count"))
                                .body())))
                .containsEntry("sinks", Map.of("ledger", 1));
        HttpResponse<String> list = described("/pipelines/{name}/dead-letters", "GET", call("GET", path));
        assertThat(list.statusCode()).isEqualTo(200);
        assertThat(list.body()).contains("\"sink\":\"ledger\"", "\"code\":\"REFUSED\"", "\"next\":null");
        assertThat(call("GET", path + "?sink=other").body()).contains("\"dead_letters\":[]");
        assertThat(call("GET", path + "?after=1").body()).contains("\"dead_letters\":[]");

        HttpResponse<String> one = described("/pipelines/{name}/dead-letters/{id}", "GET", call("GET", path + "/1"));
        Map<String, Object> event = object(object(document(one.body())).get("event"));
        assertThat(object(event.get("after"))).containsEntry("id", 2_001);
        assertThat(call("GET", "/pipelines/shop").body()).contains("\"dlq_entries\":1");

        assertThat(described("/pipelines/{name}/dead-letters/{id}", "GET", call("GET", path + "/2"))
                        .body())
                .contains("DEAD_LETTER_NOT_FOUND");
        assertThat(described("/pipelines/{name}/dead-letters", "GET", call("GET", "/pipelines/shpo/dead-letters"))
                        .body())
                .contains("PIPELINE_NOT_FOUND");
        for (String wrong :
                List.of("?limit=0", "?limit=1001", "?limit=many", "?after=-1", "?after=99999999999999999999")) {
            assertThat(described("/pipelines/{name}/dead-letters", "GET", call("GET", path + wrong))
                            .statusCode())
                    .as(wrong)
                    .isEqualTo(400);
        }
        assertThat(call("GET", path + "/one").statusCode()).isEqualTo(400);
        assertThat(server.api("GET", path, null).statusCode()).isEqualTo(401);
    }

    private HttpResponse<String> sent(String method, String template, String id, String body) throws Exception {
        String path = template.replace("{name}", "mend").replace("{id}", id);
        return described(template, method, server.api(method, path, body, AUTHORIZED));
    }

    @Test
    void shouldEditReplayAndDiscardWhatWasPutAside() throws Exception {
        String letters = "/pipelines/{name}/dead-letters";
        String journal = "/pipelines/{name}/journal/dlq";
        await().atMost(PATIENCE)
                .until(() -> sent("GET", journal + "/count", "", null).body().equals("{\"count\":1}\n"));
        assertThat(sent("GET", journal, "", null).body())
                .contains("\"seq\":1", "\"stream\":\"dlq\"", "\"error_kind\":\"serialization error\"", "\"id\":2001");
        assertThat(call("GET", "/pipelines/mend/journal/dlq?error_kind=routing%20error")
                        .body())
                .isEqualTo("[]\n");

        String replay = letters + "/replay";
        assertThat(sent("POST", replay, "", "{}").statusCode()).isEqualTo(400);
        assertThat(sent("POST", replay, "", "{\"id\":1}").body()).contains("there is no member 'id'");
        assertThat(sent("POST", replay, "", "{\"ids\":[\"x\"]}").body()).contains("found 'x'");
        assertThat(sent("POST", replay, "", "{\"key\":[1]}").body()).contains("key must be a JSON object");
        assertThat(sent("POST", replay, "", "{\"from\":\"today\"}").body()).contains("2026-01-31T23:59:59Z");
        assertThat(sent("POST", replay, "", "{\"all\":true}").body())
                .contains("\"pending\":false", "\"replayed\":0", "\"code\":\"REFUSED\"");
        assertThat(sent("POST", replay, "", "{\"ids\":[9]}").body()).contains("\"results\":[]");

        String one = letters + "/{id}";
        assertThat(sent("PATCH", one, "1", "{\"after\":{\"note\":5}}").body())
                .contains("DEAD_LETTER_EDIT_INVALID", "column 'note'", "takes a text, found 5");
        assertThat(sent("PATCH", one, "9", "{\"after\":{\"note\":\"x\"}}").statusCode())
                .isEqualTo(404);
        assertThat(sent("PATCH", one, "1", "{\"after\":{}}").statusCode()).isEqualTo(400);
        assertThat(sent("PATCH", one, "1", "{\"after\":{\"note\":\"mended\"},\"by\":\"alice\"}")
                        .body())
                .contains("\"note\":\"mended\"", "\"by\":\"alice\",\"columns\":[\"note\"]");
        assertThat(sent("POST", replay, "", "{\"key\":{\"id\":2001}}").body()).contains("\"replayed\":1");
        assertThat(sent("GET", letters, "", null).body()).contains("\"dead_letters\":[]");

        assertThat(sent("POST", letters + "/discard", "", "{\"all\":true}").body())
                .contains("say why");
        assertThat(sent("POST", letters + "/discard", "", "{\"all\":true,\"reason\":\"r\"}")
                        .body())
                .contains("\"discarded\":0");
        assertThat(sent("POST", journal + "/ack", "", "{\"up_to_seq\":5}").body())
                .isEqualTo("{\"acked\":0}\n");
        assertThat(sent("POST", journal + "/ack", "", "{\"up_to_seq\":\"all\"}").statusCode())
                .isEqualTo(400);
        assertThat(sent("DELETE", journal, "", null).body()).isEqualTo("{\"purged\":0}\n");
        assertThat(sent("GET", letters + "/history", "", null).body())
                .containsSubsequence("\"action\":\"replayed\"", "\"action\":\"edited\",\"by\":\"alice\"");
    }

    @Test
    void shouldRefuseInTheFormOfProblemDetails() throws Exception {
        HttpResponse<String> unknown = described("/pipelines/{name}", "GET", call("GET", "/pipelines/shpo"));
        assertThat(unknown.statusCode()).isEqualTo(404);
        assertThat(object(document(unknown.body())))
                .containsEntry("code", "PIPELINE_NOT_FOUND")
                .containsEntry("title", "Not Found")
                .containsEntry("instance", "/pipelines/shpo");
        assertThat(call("GET", "/nowhere").body()).contains("\"code\":\"NOT_FOUND\"");
        assertThat(call("DELETE", "/pipelines").body()).contains("\"code\":\"METHOD_NOT_ALLOWED\"");
    }

    @Test
    void shouldLetNobodyInWithoutTheToken() throws Exception {
        for (String[] headers : List.of(new String[] {}, new String[] {"Authorization", "Bearer open"}, new String[] {
            "Authorization", "Basic " + TOKEN
        })) {
            HttpResponse<String> answer =
                    described("/pipelines", "GET", server.api("GET", "/pipelines", null, headers));
            assertThat(answer.statusCode()).isEqualTo(401);
            assertThat(answer.body()).contains("UNAUTHORIZED").doesNotContain(TOKEN, "shop");
        }
        for (String open : List.of("/live", "/ready", "/health")) {
            assertThat(server.api("GET", open, null).body()).contains("status").doesNotContain("spec", "remedy");
        }
        assertThat(server.output()).doesNotContain(TOKEN, SECRET);
    }

    @Test
    void shouldCheckAConfigurationWithoutLookingAtFilesOrTheEnvironment() throws Exception {
        HttpResponse<String> valid =
                described("/validate", "POST", server.api("POST", "/validate", "pipelines.shop " + SHOP, AUTHORIZED));
        assertThat(valid.statusCode()).isEqualTo(200);
        assertThat(object(document(valid.body())))
                .containsEntry("valid", true)
                .containsEntry("pipeline", "shop")
                .containsEntry("source_type", "counted")
                .containsEntry("sink_count", 1);

        String faulty = "pipelines.shop " + SHOP.replace("dsn =", "dsm =") + "pipelines.b { source { dsn = ${PATH} } }";
        HttpResponse<String> invalid =
                described("/validate", "POST", server.api("POST", "/validate", faulty, AUTHORIZED));
        assertThat(invalid.statusCode()).isEqualTo(400);
        assertThat(invalid.body())
                .contains("pipelines.shop.source.dsm", "PATH", "pipelines.b.sinks")
                .doesNotContain(SECRET, System.getenv("PATH"));

        for (String include : List.of(
                "include \"/etc/passwd\"",
                "include file(\"/etc/passwd\")",
                "include url(\"file:///etc/passwd\")",
                "include classpath(\"logback.xml\")")) {
            HttpResponse<String> answer =
                    described("/validate", "POST", server.api("POST", "/validate", include, AUTHORIZED));
            assertThat(answer.statusCode()).isEqualTo(400);
            assertThat(answer.body())
                    .containsPattern("(nothing|only files) can be included")
                    .doesNotContain("root:");
        }
        assertThat(server.api("POST", "/validate", "a".repeat(3 << 20), AUTHORIZED)
                        .statusCode())
                .isEqualTo(413);
        assertThat(described(
                                "/validate",
                                "POST",
                                server.api(
                                        "POST",
                                        "/validate",
                                        "x",
                                        "Content-Type",
                                        "image/png",
                                        AUTHORIZED[0],
                                        AUTHORIZED[1]))
                        .statusCode())
                .isEqualTo(415);
    }

    @Test
    void shouldChangeLevelsWhileItRuns() throws Exception {
        String path = "/loggers/io.deltaforge.core";
        HttpResponse<String> set =
                described("/loggers/{name}", "PUT", server.api("PUT", path, "{\"level\": \"debug\"}", AUTHORIZED));
        assertThat(object(document(set.body()))).containsEntry("level", "debug").containsEntry("effective", "debug");
        assertThat(described("/loggers/{name}", "GET", call("GET", path)).body())
                .contains("\"debug\"");
        HttpResponse<String> unset =
                described("/loggers/{name}", "PUT", server.api("PUT", path, "{\"level\": null}", AUTHORIZED));
        assertThat(object(document(unset.body()))).containsEntry("effective", "info");
        for (String body : List.of("{\"level\": \"loud\"}", "{}", "level", "", "{\"level\": 5}")) {
            assertThat(described("/loggers/{name}", "PUT", server.api("PUT", path, body, AUTHORIZED))
                            .statusCode())
                    .as(body)
                    .isEqualTo(400);
        }
        assertThat(described("/loggers/{name}", "GET", call("GET", "/loggers/no.such.logger"))
                        .statusCode())
                .isEqualTo(404);
    }

    /** A browser cannot be told what to put into Host; so this speaks for itself. */
    private String raw(String headers) throws IOException {
        URI address = URI.create("http:" + server.output().replaceAll("(?s).*API at http:([^ ]*)/,.*", "$1"));
        try (Socket socket = new Socket(address.getHost(), address.getPort())) {
            OutputStream out = socket.getOutputStream();
            out.write(("GET /live HTTP/1.1\r\n" + headers + "Connection: close\r\n\r\n")
                    .getBytes(StandardCharsets.US_ASCII));
            InputStream in = socket.getInputStream();
            return new String(in.readAllBytes(), StandardCharsets.UTF_8);
        }
    }

    @ParameterizedTest
    @CsvSource({
        "localhost:1, , 200",
        "127.0.0.1, , 200",
        "[::1]:8080, , 200",
        "evil.example, , 403",
        "127.0.0.1.evil.example, , 403",
        "localhost:1, http://localhost:1, 200",
        "localhost:1, http://evil.example, 403",
        "localhost:1, null, 403"
    })
    void shouldRefuseWhatPagesInBrowsersSend(String host, String origin, int status) throws Exception {
        String headers = "Host: " + host + "\r\n" + (origin == null ? "" : "Origin: " + origin + "\r\n");
        assertThat(raw(headers)).startsWith("HTTP/1.1 " + status);
    }
}
