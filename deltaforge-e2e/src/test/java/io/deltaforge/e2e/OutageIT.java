package io.deltaforge.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.deltaforge.e2e.oracle.SinkTopics;
import io.deltaforge.e2e.run.DeltaForge;
import io.deltaforge.e2e.run.PipelineText;
import io.deltaforge.e2e.run.Seeds;
import io.deltaforge.e2e.workload.Workload;
import io.deltaforge.e2e.workload.WorkloadDatabase;
import io.deltaforge.sandbox.KafkaBroker;
import io.deltaforge.sandbox.PostgresServer;
import io.deltaforge.sandbox.Sandbox;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What DeltaForge depends on goes away and comes back, under load; the same process heals. */
class OutageIT {

    private static final Duration TIMEOUT = Duration.ofMinutes(3);
    private static final String PIPELINE = "outage";
    private static final String SINK = "kafka";
    /** Each delivery is given up after these: so many of them take so many times as long. */
    private static final int DELIVERY_TIMEOUTS = 3;

    @TempDir
    private Path directory;

    @Test
    void shouldHealByItselfAfterKafkaAndAfterPostgresHaveBeenDown() {
        long seed = Seeds.seed();
        String run = Seeds.describe(seed);
        try (PostgresServer server = PostgresServer.builder().start();
                KafkaBroker broker = KafkaBroker.builder().start();
                SinkTopics topics = SinkTopics.create(broker.bootstrapServers(), PIPELINE)) {
            WorkloadDatabase database = WorkloadDatabase.create(server, PIPELINE);
            String text = new PipelineText(PIPELINE, database.dsn())
                    .sink(SINK, broker.bootstrapServers(), PIPELINE, "message.timeout.ms = 2000", "max.block.ms = 2000")
                    .batch("max_events = 500", "split_events = 300", "window_events = 5000")
                    .toString();
            try (DeltaForge deltaForge = new DeltaForge(directory, text).start().awaitReading(PIPELINE);
                    Workload load = Workload.start(database, seed, 1_000)) {
                long pid = deltaForge.pid();
                topics.awaitRecords(1_000);

                takeKafkaDown(deltaForge, broker, database);
                topics.awaitRecords(topics.records() + 2_000);

                server.kill();
                await().atMost(TIMEOUT)
                        .until(() -> deltaForge.health().state(PIPELINE).equals("degraded"));
                server.restart();
                topics.awaitRecords(topics.records() + 2_000);

                load.stop();
                topics.awaitEverythingOf(database);
                topics.assertHold(database, run);
                assertThat(deltaForge.pid()).isEqualTo(pid);
                assertThat(deltaForge.isRunning()).isTrue();
                await().atMost(TIMEOUT)
                        .until(() -> deltaForge.health().state(PIPELINE).equals("running"));
            }
        }
    }

    @Test
    void shouldGoOnAfterItWasFrozenForLongerThanTheServerWaits() {
        long seed = Seeds.seed();
        String pipeline = Sandbox.uniqueName("frozen");
        String brokers = Sandbox.kafka().bootstrapServers();
        try (WorkloadDatabase database = WorkloadDatabase.create(Sandbox.postgres(), pipeline);
                SinkTopics topics = SinkTopics.create(brokers, pipeline)) {
            database.execute("ALTER DATABASE " + pipeline + " SET wal_sender_timeout = '2s'");
            String text = new PipelineText(pipeline, database.dsn())
                    .sink(SINK, brokers, pipeline)
                    .toString();
            try (DeltaForge deltaForge = new DeltaForge(directory, text).start().awaitReading(pipeline);
                    Workload load = Workload.start(database, seed, 2_000)) {
                topics.awaitRecords(500);
                deltaForge.pause();
                await().atMost(TIMEOUT).until(() -> !database.isSlotInUse(PipelineText.slot(pipeline)));
                deltaForge.resume();
                topics.awaitRecords(topics.records() + 500);
                load.stop();
                topics.awaitEverythingOf(database);
                topics.assertHold(database, Seeds.describe(seed));
            }
        }
    }

    private static void takeKafkaDown(DeltaForge deltaForge, KafkaBroker broker, WorkloadDatabase database) {
        broker.kill();
        double before = reconnects(deltaForge);
        await().atMost(TIMEOUT).until(() -> reconnects(deltaForge) >= before + 1);
        long released = database.confirmedFlush(PipelineText.slot(PIPELINE));
        await().atMost(TIMEOUT).until(() -> reconnects(deltaForge) >= before + DELIVERY_TIMEOUTS);
        assertThat(deltaForge.health().state(PIPELINE)).isEqualTo("degraded");
        assertThat(deltaForge.health().reason(PIPELINE)).isNotEmpty();
        assertThat(deltaForge.health().statusCode())
                .as("a pipeline that heals by itself is alive")
                .isEqualTo(200);
        assertThat(database.confirmedFlush(PipelineText.slot(PIPELINE)))
                .as("nothing is released while nothing is acknowledged")
                .isEqualTo(released);
        broker.restart();
    }

    private static double reconnects(DeltaForge deltaForge) {
        return deltaForge
                .metric("deltaforge_sink_reconnects_total", "sink=\"" + SINK + "\"")
                .orElse(0);
    }
}
