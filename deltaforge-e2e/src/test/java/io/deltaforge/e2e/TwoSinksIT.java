package io.deltaforge.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.deltaforge.e2e.oracle.Checkpoint;
import io.deltaforge.e2e.oracle.SavedPositions;
import io.deltaforge.e2e.oracle.SinkTopics;
import io.deltaforge.e2e.run.DeltaForge;
import io.deltaforge.e2e.run.Health;
import io.deltaforge.e2e.run.PipelineText;
import io.deltaforge.e2e.run.Seeds;
import io.deltaforge.e2e.workload.Workload;
import io.deltaforge.e2e.workload.WorkloadDatabase;
import io.deltaforge.sandbox.KafkaBroker;
import io.deltaforge.sandbox.Sandbox;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Two sinks in two Kafkas under load. One Kafka dies, DeltaForge is killed, both come back: each sink gets its missing
 * suffix and no more, and the policy alone decides what was reported as committed meanwhile.
 */
class TwoSinksIT {

    private static final Duration TIMEOUT = Duration.ofMinutes(3);
    private static final String UP = "up";
    private static final String DOWN = "down";

    private static KafkaBroker stays;
    private static KafkaBroker dies;

    @TempDir
    private Path directory;

    @BeforeAll
    static void startBrokers() {
        stays = KafkaBroker.builder().start();
        dies = KafkaBroker.builder().start();
    }

    @AfterAll
    static void closeBrokers() {
        stays.close();
        dies.close();
    }

    @ParameterizedTest(name = "{0}, the sink that goes down is required: {1}")
    @CsvSource(
            delimiter = '|',
            value = {
                "mode = all                | true  | false",
                "mode = required           | false | true",
                "mode = quorum, quorum = 1 | true  | true"
            })
    void shouldGiveEachSinkItsMissingSuffixAndReportByThePolicy(
            String policy, boolean required, boolean committedGoesOn) {
        long seed = Seeds.seed();
        String run = policy + ", " + Seeds.describe(seed);
        String pipeline = Sandbox.uniqueName("two");
        try (WorkloadDatabase database = WorkloadDatabase.create(Sandbox.postgres(), pipeline);
                SinkTopics up = SinkTopics.create(stays.bootstrapServers(), pipeline);
                SinkTopics down = SinkTopics.create(dies.bootstrapServers(), pipeline);
                DeltaForge deltaForge = new DeltaForge(directory, text(pipeline, database, required, policy))
                        .start()
                        .awaitReading(pipeline);
                Workload load = Workload.start(database, seed, 1_000)) {
            up.awaitRecords(1_000);
            down.awaitRecords(1_000);
            dies.kill();
            up.awaitRecords(up.records() + 1_000);
            awaitReport(deltaForge, pipeline, committedGoesOn);
            deltaForge.kill();

            Map<String, Checkpoint> saved = SavedPositions.read(deltaForge.dataDirectory(), directory, pipeline);
            Map<TopicPartition, Long> upEnds = up.ends();
            dies.restart();
            Map<TopicPartition, Long> downEnds = down.ends();
            deltaForge.start().awaitReading(pipeline);
            load.stop();
            up.awaitEverythingOf(database);
            down.awaitEverythingOf(database);

            up.assertHold(database, run);
            down.assertHold(database, run);
            assertSuffix(up, saved.get(UP), upEnds, run);
            assertSuffix(down, saved.get(DOWN), downEnds, run);
        } finally {
            if (!dies.isRunning()) {
                dies.restart();
            }
        }
    }

    private static String text(String pipeline, WorkloadDatabase database, boolean required, String policy) {
        PipelineText text = new PipelineText(pipeline, database.dsn())
                .sink(UP, stays.bootstrapServers(), pipeline)
                .batch("max_events = 500", "split_events = 300")
                .policy(policy);
        String timeout = "message.timeout.ms = 8000";
        return (required
                        ? text.sink(DOWN, dies.bootstrapServers(), pipeline, timeout)
                        : text.optionalSink(DOWN, dies.bootstrapServers(), pipeline, timeout))
                .toString();
    }

    /** Waits until the sink that is up is ahead of the other one, and what is reported follows the policy. */
    private static void awaitReport(DeltaForge deltaForge, String pipeline, boolean committedGoesOn) {
        await().atMost(TIMEOUT).untilAsserted(() -> {
            Health health = deltaForge.health();
            String upPosition = health.position(pipeline, UP);
            String downPosition = health.position(pipeline, DOWN);
            assertThat(health.state(pipeline)).as("%s", health).isEqualTo("degraded");
            assertThat(upPosition).isNotEqualTo(downPosition);
            assertThat(health.committed(pipeline)).isEqualTo(committedGoesOn ? upPosition : downPosition);
        });
    }

    private static void assertSuffix(SinkTopics topics, Checkpoint saved, Map<TopicPartition, Long> ends, String run) {
        assertThat(topics.oracle().checkpointProblems(saved, ends)).as(run).isEmpty();
        assertThat(topics.oracle().duplicates())
                .as("only what was there behind the saved position %s may come again, %s", saved, run)
                .isLessThanOrEqualTo(topics.oracle().repeatable(saved, ends));
    }
}
