package io.deltaforge.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.deltaforge.e2e.oracle.SinkTopics;
import io.deltaforge.e2e.run.DeltaForge;
import io.deltaforge.e2e.run.PipelineText;
import io.deltaforge.e2e.run.Seeds;
import io.deltaforge.e2e.workload.Workload;
import io.deltaforge.e2e.workload.WorkloadDatabase;
import io.deltaforge.sandbox.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A pipeline that is made, changed, paused, killed with its process and deleted over the API, under load: at the end everything
 * that was committed is in Kafka, in order, and as often as it should be. Sinks come and go meanwhile, of which the others take no
 * notice.
 */
class RestPipelinesIT {

    private static final Duration TIMEOUT = Duration.ofMinutes(2);

    private static final ObjectMapper JSON = new ObjectMapper();

    private final long seed = Seeds.seed();
    private final String name = Sandbox.uniqueName("rest");
    private final String path = "/pipelines/" + name;
    private final String brokers = Sandbox.kafka().bootstrapServers();

    @TempDir
    private Path directory;

    private static HttpResponse<String> expect(int status, HttpResponse<String> answer) {
        assertThat(answer.statusCode()).as(answer.body()).isEqualTo(status);
        return answer;
    }

    private String state(DeltaForge deltaForge) {
        return deltaForge.api(path).body().replaceAll("(?s)^.*?\"state\":\"([a-z_]+)\".*$", "$1");
    }

    /** Since when a sink is in its state; a lane that is made anew begins anew. */
    private String since(DeltaForge deltaForge, String sink) {
        try {
            for (JsonNode each : JSON.readTree(deltaForge.api(path).body()).at("/ops/sinks")) {
                if (each.path("id").asText().equals(sink)) {
                    return each.path("state").asText() + " since "
                            + each.path("since").asText();
                }
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        throw new AssertionError("there is no sink " + sink);
    }

    private String sink(String id, String topic, boolean exactlyOnce) {
        return "{\"sinks\": {\"" + id + "\": {\"type\": \"kafka\", \"exactly_once\": " + exactlyOnce
                + ", \"brokers\": \"" + brokers + "\", \"topic\": \"" + topic + ".${source.table}\"}}}";
    }

    private static void awaitReady(DeltaForge deltaForge) {
        await().atMost(TIMEOUT).until(() -> deltaForge.api("/ready").statusCode() == 200);
    }

    @Test
    void shouldMakeChangePauseAndDeletePipelinesWithoutLossOrDuplicates() {
        try (WorkloadDatabase database = WorkloadDatabase.create(Sandbox.postgres(), name);
                SinkTopics topics = SinkTopics.create(brokers, name);
                SinkTopics added = SinkTopics.create(brokers, name + "_added");
                SinkTopics brief = SinkTopics.create(brokers, name + "_brief");
                DeltaForge deltaForge = new DeltaForge(directory, "").start()) {
            awaitReady(deltaForge);
            String spec = "pipelines { "
                    + new PipelineText(name, database.dsn())
                            .sink("kafka", brokers, name)
                            .spool("enabled = true")
                            .exactlyOnce(true)
                    + " }";
            expect(200, deltaForge.api("POST", "/pipelines", "application/hocon", spec));
            String since = since(deltaForge, "kafka");
            String addedNow = path + "?start=now";
            expect(200, deltaForge.api("PATCH", addedNow, "application/json", sink("added", name + "_added", true)));
            expect(200, deltaForge.api("PATCH", addedNow, "application/json", sink("brief", name + "_brief", false)));
            assertThat(since(deltaForge, "kafka")).startsWith("running").isEqualTo(since);
            try (Workload load = Workload.start(database, seed, 300)) {
                topics.awaitRecords(300);
                added.awaitRecords(300);
                brief.awaitRecords(300);

                expect(200, deltaForge.api("PATCH", path, "application/json", "{\"sinks\": {\"brief\": null}}"));
                assertThat(since(deltaForge, "kafka")).isEqualTo(since);
                brief.assertHoldBeginning();
                long left = brief.records();
                topics.awaitRecords(topics.records() + 100);
                assertThat(brief.records()).isEqualTo(left);
                assertThat(since(deltaForge, "kafka")).isEqualTo(since);

                String unreachable = "{\"sinks\": {\"added\": {\"brokers\": \"127.0.0.1:1\"}}}";
                assertThat(expect(422, deltaForge.api("PATCH", path + "?wait_secs=3", "application/json", unreachable))
                                .body())
                        .contains("PIPELINE_DID_NOT_START", "the pipeline before runs again");
                expect(400, deltaForge.api("PATCH", path, "application/json", "{\"source\": {\"dsm\": \"x\"}}"));
                topics.awaitRecords(topics.records() + 100);

                expect(200, deltaForge.api("POST", path + "/pause", "", ""));
                long paused = topics.records();
                deltaForge.kill();
                deltaForge.start();
                awaitReady(deltaForge);
                assertThat(state(deltaForge)).isEqualTo("paused");
                assertThat(topics.records()).isEqualTo(paused);
                expect(200, deltaForge.api("POST", path + "/resume", "", ""));
                topics.awaitRecords(paused + 100);
                String filter =
                        "{\"processors\": {\"all\": {\"type\": \"filter\", \"ops\": [\"create\", \"update\", \"delete\","
                                + " \"truncate\"]}}}";
                expect(200, deltaForge.api("PATCH", path, "application/json", filter));
                load.stop();
            }
            topics.awaitEverythingOf(database);
            added.awaitEverythingOf(database);
            topics.assertHold(database, Seeds.describe(seed));
            added.assertHold(database, Seeds.describe(seed));
            assertThat(topics.oracle().duplicates()).isZero();
            assertThat(added.oracle().duplicates()).isZero();
            brief.assertHoldBeginning();
            assertThat(brief.oracle().duplicates()).isZero();

            expect(204, deltaForge.api("DELETE", path, "", ""));
            expect(404, deltaForge.api("GET", path, "", ""));
            deltaForge.kill();
            deltaForge.start();
            await().atMost(TIMEOUT)
                    .until(() -> deltaForge.api("/pipelines").body().strip().equals("[]"));
        }
    }
}
