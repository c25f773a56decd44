package io.deltaforge.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.deltaforge.e2e.oracle.SinkTopics;
import io.deltaforge.e2e.run.DeltaForge;
import io.deltaforge.e2e.run.PipelineText;
import io.deltaforge.e2e.workload.BigTransaction;
import io.deltaforge.e2e.workload.WorkloadDatabase;
import io.deltaforge.sandbox.Sandbox;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Whatever the process prints, at whatever level, with right credentials and with wrong ones: no secret is in it. */
class CanaryIT {

    private static final Duration TIMEOUT = Duration.ofMinutes(3);
    private static final String RIGHT = "canary-right-5e1f";
    private static final String WRONG = "canary-wrong-7a2c";
    private static final String SASL = "canary-sasl-93bd";
    private static final String[] CANARIES = {RIGHT, WRONG, SASL};

    @TempDir
    private Path directory;

    @Test
    void shouldPrintNoSecretAtTheFinestLevel() {
        String name = Sandbox.uniqueName("canary");
        try (WorkloadDatabase database = WorkloadDatabase.create(Sandbox.postgres(), name);
                SinkTopics topics = SinkTopics.create(Sandbox.kafka().bootstrapServers(), name);
                DeltaForge deltaForge = new DeltaForge(directory, text(database, name, RIGHT))
                        .environment(
                                Map.of("DELTAFORGE_LOG_LEVEL", "TRACE", "DELTAFORGE_LIBRARY_LOG_LEVEL", "TRACE"))) {
            database.execute("CREATE ROLE " + name + " SUPERUSER LOGIN PASSWORD '" + RIGHT + "'");
            deltaForge.start().awaitReading(name);
            try (BigTransaction transaction = BigTransaction.begin(database, 1)) {
                transaction.insert(1, 10);
                transaction.commit();
            }
            topics.awaitEverythingOf(database);
            await().atMost(TIMEOUT).until(() -> deltaForge.health().state(name).equals("degraded"));
            assertSilent(deltaForge, name);
            deltaForge.kill();

            deltaForge.configure(text(database, name, WRONG));
            deltaForge.start();
            await().atMost(TIMEOUT).until(() -> deltaForge.health().state(name).equals("held"));
            assertSilent(deltaForge, name);
            deltaForge.terminate();
            assertThat(deltaForge.awaitEnd(TIMEOUT)).hasValue(0);
            assertThat(deltaForge.command(0, "checkpoint", "show", "--json", "--config", "FILE")
                            + deltaForge.command(0, "validate", "--config", "FILE"))
                    .contains(name)
                    .doesNotContain(CANARIES);
        }
    }

    private static String text(WorkloadDatabase database, String role, String password) {
        String dsn = database.dsn().replaceFirst("://[^@]*@", "://" + role + ":" + password + "@");
        String brokers = Sandbox.kafka().bootstrapServers();
        return new PipelineText(role, dsn)
                .sink("kafka", brokers, role)
                .optionalSink(
                        "locked",
                        brokers,
                        role + "_locked",
                        "security.protocol = SASL_PLAINTEXT",
                        "sasl.mechanism = PLAIN",
                        "sasl.jaas.config = \"org.apache.kafka.common.security.plain.PlainLoginModule required"
                                + " username=\\\"u\\\" password=\\\"" + SASL + "\\\";\"")
                .toString();
    }

    private static void assertSilent(DeltaForge deltaForge, String name) {
        String log = deltaForge.log();
        assertThat(log.contains(" DEBUG ")).isTrue();
        assertThat(deltaForge.api("/loggers").body())
                .contains("{\"name\":\"ROOT\",\"level\":\"trace\",\"effective\":\"trace\"}");
        assertThat(log.lines().filter(line -> Stream.of(CANARIES).anyMatch(line::contains)))
                .isEmpty();
        assertThat(deltaForge.health().body().toString()
                        + deltaForge.metrics()
                        + deltaForge.api("/pipelines").body()
                        + deltaForge.api("/pipelines/" + name).body()
                        + deltaForge.api("/pipelines/" + name + "/checkpoints").body()
                        + changes(deltaForge, name)
                        + deltaForge.api("/loggers").body())
                .contains("***")
                .doesNotContain(CANARIES);
    }

    /** What the API says to changes, of pipelines with secrets in them and of ones that are wrong. */
    private static String changes(DeltaForge deltaForge, String name) {
        String spec = "pipelines.other { source { type = postgres, dsn = \"postgres://u:" + WRONG + "@127.0.0.1:1/d\","
                + " tables = [ \"a.b\" ] }\n sinks.k { type = kafka, brokers = \"127.0.0.1:1\", topic = t,"
                + " client_conf { sasl.password = \"" + SASL + "\" } } }";
        StringBuilder said = new StringBuilder();
        for (String text : new String[] {spec, spec.replace("topic", "topik"), spec.replace("other", name)}) {
            said.append(deltaForge
                    .api("POST", "/pipelines?wait_secs=1", "application/hocon", text)
                    .body());
            said.append(deltaForge
                    .api("PUT", "/pipelines/other?wait_secs=0", "application/hocon", text)
                    .body());
        }
        said.append(deltaForge
                .api("PATCH", "/pipelines/other", "application/json", "{\"source\": {\"dsn\": 5}}")
                .body());
        said.append(deltaForge
                .api("PATCH", "/pipelines/" + name, "application/json", "{}")
                .body());
        said.append(deltaForge.api("GET", "/pipelines/other", "", "").body());
        said.append(deltaForge.api("POST", "/pipelines/other/pause", "", "").body());
        said.append(deltaForge.api("DELETE", "/pipelines/other", "", "").body());
        return said.toString();
    }
}
