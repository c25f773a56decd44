package io.deltaforge.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.e2e.broker.Broker;
import io.deltaforge.e2e.broker.Brokers;
import io.deltaforge.e2e.oracle.SinkTopics;
import io.deltaforge.e2e.run.DeltaForge;
import io.deltaforge.e2e.run.PipelineText;
import io.deltaforge.e2e.run.Seeds;
import io.deltaforge.e2e.workload.Workload;
import io.deltaforge.e2e.workload.WorkloadDatabase;
import io.deltaforge.sandbox.Sandbox;
import java.nio.file.Path;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The whole way once: changes committed in PostgreSQL arrive in Kafka, and go on after a {@code kill -9}. This is the one
 * end-to-end test on newer JDKs, and the one to run with a Kafka in Docker ({@code -Ddeltaforge.kafka=docker}).
 */
@Tag("smoke")
class SmokeIT {

    @TempDir
    private Path directory;

    @Test
    void shouldDeliverWhatIsCommittedBeforeAndAfterAKill() {
        long seed = Seeds.seed();
        String pipeline = Sandbox.uniqueName("smoke");
        try (WorkloadDatabase database = WorkloadDatabase.create(Sandbox.postgres(), pipeline);
                Broker broker = Brokers.start();
                SinkTopics topics = SinkTopics.create(broker.bootstrapServers(), pipeline)) {
            String text = new PipelineText(pipeline, database.dsn())
                    .sink("kafka", broker.bootstrapServers(), pipeline)
                    .toString();
            try (DeltaForge deltaForge = new DeltaForge(directory, text).start().awaitReading(pipeline);
                    Workload load = Workload.start(database, seed, 2_000)) {
                topics.awaitRecords(1_000);
                deltaForge.kill();
                deltaForge.start().awaitReading(pipeline);
                topics.awaitRecords(topics.records() + 1_000);
                load.stop();
                topics.awaitEverythingOf(database);
                topics.assertHold(database, Seeds.describe(seed));
                assertThat(deltaForge.health().statusCode()).isEqualTo(200);
                assertThat(deltaForge
                                .metric("deltaforge_sink_events_total", "sink=\"kafka\"")
                                .orElseThrow())
                        .isPositive();
            }
        }
    }
}
