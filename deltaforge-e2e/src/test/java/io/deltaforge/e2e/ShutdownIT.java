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
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** SIGTERM under load: what was read is finished, so that nothing comes twice after the next start. */
class ShutdownIT {

    private static final Duration DRAIN_TIMEOUT = Duration.ofMinutes(1);

    @TempDir
    private Path directory;

    @Test
    void shouldDrainOnTerminationAndRepeatNothingAfterTheNextStart() {
        long seed = Seeds.seed();
        String run = Seeds.describe(seed);
        String pipeline = Sandbox.uniqueName("drain");
        try (WorkloadDatabase database = WorkloadDatabase.create(Sandbox.postgres(), pipeline);
                Broker broker = Brokers.start();
                SinkTopics topics = SinkTopics.create(broker.bootstrapServers(), pipeline)) {
            String text = new PipelineText(pipeline, database.dsn())
                    .sink("kafka", broker.bootstrapServers(), pipeline)
                    .batch("max_events = 500", "split_events = 300")
                    .toString();
            try (DeltaForge deltaForge = new DeltaForge(directory, text).start().awaitReading(pipeline);
                    Workload load = Workload.start(database, seed, 1_500)) {
                for (int stop = 1; stop <= 3; stop++) {
                    topics.awaitRecords(topics.records() + 1_000);
                    deltaForge.terminate();
                    assertThat(deltaForge.awaitEnd(DRAIN_TIMEOUT))
                            .as("exit status of stop %s, %s:%n%s", stop, run, deltaForge.log())
                            .hasValue(0);
                    deltaForge.start().awaitReading(pipeline);
                }
                load.stop();
                topics.awaitEverythingOf(database);
                topics.assertHold(database, run);
                assertThat(topics.oracle().duplicates()).as(run).isZero();
            }
        }
    }
}
