package io.deltaforge.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.api.fault.CrashPoint;
import io.deltaforge.e2e.oracle.SinkTopics;
import io.deltaforge.e2e.run.DeltaForge;
import io.deltaforge.e2e.run.PipelineText;
import io.deltaforge.e2e.run.Seeds;
import io.deltaforge.e2e.workload.Workload;
import io.deltaforge.e2e.workload.WorkloadDatabase;
import io.deltaforge.sandbox.KafkaBroker;
import io.deltaforge.sandbox.Sandbox;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ends DeltaForge at each place between two steps that belong together, under load. With exactly-once delivery a reader of
 * committed records sees every event once all the same.
 *
 * <p>Each place once by default; ten times each: {@code -Ddeltaforge.crashes=10}.
 */
@Tag("chaos")
class CrashPointIT {

    private static final Logger LOG = LoggerFactory.getLogger(CrashPointIT.class);
    private static final Duration TIMEOUT = Duration.ofMinutes(3);
    private static final int CRASHES = Integer.getInteger("deltaforge.crashes", 1);

    /** In the order in which an event passes them. */
    private static final List<String> POINTS = List.of(
            "kafka.begun",
            "kafka.sent",
            "kafka.position-sent",
            "kafka.committed",
            "engine.saving",
            "engine.saved",
            "engine.released");

    @TempDir
    private Path directory;

    @Test
    void shouldDeliverEveryEventOnceWhereverItCrashes() {
        assertThat(duplicatesAfterCrashes(true, POINTS)).isZero();
    }

    /** What the other test shows is the transaction's doing: with the position saved apart, readers see events twice. */
    @Test
    void shouldDeliverEventsTwiceWhenThePositionIsSavedApart() {
        assertThat(duplicatesAfterCrashes(false, List.of("engine.saving"))).isPositive();
    }

    private long duplicatesAfterCrashes(boolean exactlyOnce, List<String> points) {
        long seed = Seeds.seed();
        Random random = new Random(seed);
        String pipeline = Sandbox.uniqueName("crash");
        try (WorkloadDatabase database = WorkloadDatabase.create(Sandbox.postgres(), pipeline);
                KafkaBroker broker = KafkaBroker.builder().start();
                SinkTopics topics = SinkTopics.create(broker.bootstrapServers(), pipeline);
                DeltaForge deltaForge = new DeltaForge(directory, text(pipeline, database, broker, exactlyOnce))
                        .start()
                        .awaitReading(pipeline);
                Workload load = Workload.start(database, seed, 1_000)) {
            deltaForge.kill();
            for (int round = 1; round <= CRASHES; round++) {
                for (String point : points) {
                    String passes = point + ":" + (1 + random.nextInt(10));
                    deltaForge.crashAt(passes).start();
                    assertThat(deltaForge.awaitEnd(TIMEOUT))
                            .as("exit status at %s, %s: %s", passes, Seeds.describe(seed), deltaForge.log())
                            .hasValue(CrashPoint.EXIT_STATUS);
                    LOG.info("Ended at {}", passes);
                }
            }
            deltaForge.crashAt("").start();
            load.stop();
            topics.awaitEverythingOf(database);
            topics.assertHold(database, Seeds.describe(seed));
            return topics.oracle().duplicates();
        }
    }

    private static String text(String pipeline, WorkloadDatabase database, KafkaBroker broker, boolean exactlyOnce) {
        return new PipelineText(pipeline, database.dsn())
                .sink("kafka", broker.bootstrapServers(), pipeline)
                .batch("max_events = 200", "split_events = 150")
                .exactlyOnce(exactlyOnce)
                .toString();
    }
}
