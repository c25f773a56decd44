package io.deltaforge.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.deltaforge.e2e.oracle.SinkTopics;
import io.deltaforge.e2e.run.DeltaForge;
import io.deltaforge.e2e.run.Health;
import io.deltaforge.e2e.run.PipelineText;
import io.deltaforge.e2e.workload.BigTransaction;
import io.deltaforge.e2e.workload.WorkloadDatabase;
import io.deltaforge.sandbox.KafkaBroker;
import io.deltaforge.sandbox.Sandbox;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What operators see of a failure of Kafka: state, code, remedy, metrics and positions of the whole program. */
class KafkaFailureIT {

    private static final Duration TIMEOUT = Duration.ofMinutes(2);
    private static final String SINK = "kafka";

    @TempDir
    private Path directory;

    private static double errors(DeltaForge deltaForge, String kind) {
        return deltaForge
                .metric("deltaforge_sink_errors_total", "sink=\"" + SINK + "\"", "kind=\"" + kind + "\"")
                .orElse(0);
    }

    private static String login(String pipeline, WorkloadDatabase database, KafkaBroker broker, String password) {
        return new PipelineText(pipeline, database.dsn())
                .sink(
                        SINK,
                        broker.bootstrapServers("LOGIN"),
                        pipeline,
                        "security.protocol = SASL_PLAINTEXT",
                        "sasl.mechanism = PLAIN",
                        "sasl.username = alice",
                        "sasl.password = " + password)
                .toString();
    }

    private static void commit(WorkloadDatabase database, long txid) {
        try (BigTransaction transaction = BigTransaction.begin(database, txid)) {
            transaction.insert(txid * 100, 50);
            transaction.commit();
        }
    }

    @Test
    void shouldStopAtOnceOnAWrongPasswordAndGoOnAfterARestartWithTheRightOne() {
        String pipeline = Sandbox.uniqueName("login");
        try (KafkaBroker broker = KafkaBroker.builder()
                        .listener("LOGIN", "SASL_PLAINTEXT")
                        .property("listener.name.login.sasl.enabled.mechanisms", "PLAIN")
                        .property(
                                "listener.name.login.plain.sasl.jaas.config",
                                "org.apache.kafka.common.security.plain.PlainLoginModule required"
                                        + " user_alice=\"open-sesame\";")
                        .start();
                WorkloadDatabase database = WorkloadDatabase.create(Sandbox.postgres(), pipeline);
                SinkTopics topics = SinkTopics.create(broker.bootstrapServers(), pipeline);
                DeltaForge deltaForge = new DeltaForge(directory, login(pipeline, database, broker, "open-sesame"))) {
            deltaForge.start().awaitReading(pipeline);
            commit(database, 1);
            topics.awaitEverythingOf(database);
            deltaForge.terminate();
            assertThat(deltaForge.awaitEnd(TIMEOUT)).hasValue(0);
            long released = database.confirmedFlush(PipelineText.slot(pipeline));

            deltaForge.configure(login(pipeline, database, broker, "close-sesame"));
            deltaForge.start();
            commit(database, 2);
            await().atMost(TIMEOUT)
                    .untilAsserted(() ->
                            assertThat(deltaForge.health().state(pipeline)).isEqualTo("failed"));
            Health health = deltaForge.health();
            assertThat(health.statusCode()).isEqualTo(503);
            assertThat(health.reason(pipeline)).isEqualTo("AUTHENTICATION");
            assertThat(health.remedy(pipeline)).contains("sasl.password");
            assertThat(errors(deltaForge, "authentication")).isEqualTo(1);
            assertThat(deltaForge.log()).doesNotContain("close-sesame");
            assertThat(database.confirmedFlush(PipelineText.slot(pipeline))).isEqualTo(released);
            deltaForge.terminate();
            assertThat(deltaForge.awaitEnd(TIMEOUT)).isPresent();

            deltaForge.configure(login(pipeline, database, broker, "open-sesame"));
            deltaForge.start();
            topics.awaitEverythingOf(database);
            topics.assertHold(database, "a wrong password in between");
        }
    }
}
