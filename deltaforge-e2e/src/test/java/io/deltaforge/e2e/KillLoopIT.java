package io.deltaforge.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.deltaforge.e2e.oracle.Checkpoint;
import io.deltaforge.e2e.oracle.SavedPositions;
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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kills DeltaForge over and over under load: while it delivers, while it starts, and while Kafka is down.
 *
 * <p>Three kills by default, one of each kind; 200 with {@code ./mvnw -Pchaos verify}, or as many as {@code -Ddeltaforge.kills}
 * says. One with a given course: {@code -Ddeltaforge.seed=N}.
 */
@Tag("chaos")
class KillLoopIT {

    private static final Logger LOG = LoggerFactory.getLogger(KillLoopIT.class);
    private static final int KILLS = Integer.getInteger("deltaforge.kills", 3);
    private static final long CHANGES_PER_SECOND = Long.getLong("deltaforge.rate", 1_000);
    /** How much may be delivered between two kills: what is committed in a second and a half. */
    private static final int RECORDS = (int) (CHANGES_PER_SECOND * 3 / 2);

    private static final Duration PROGRESS_TIMEOUT = Duration.ofMinutes(3);
    private static final String SINK = "kafka";

    /** What stood on disk, in the slot and in Kafka between a kill and the next start. */
    private record AtKill(int number, Checkpoint saved, long released, Map<TopicPartition, Long> ends) {}

    private final long seed = Seeds.seed();
    private final Random random = new Random(seed);
    private final List<AtKill> kills = new ArrayList<>();
    private final String pipeline = Sandbox.uniqueName("loop");

    @TempDir
    private Path directory;

    private WorkloadDatabase database;
    private KafkaBroker broker;
    private SinkTopics topics;
    private DeltaForge deltaForge;
    private Workload workload;

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    @ParameterizedTest(name = "exactly once: {0}")
    @ValueSource(booleans = {false, true})
    void shouldLoseNothingAndKeepOrderThroughKills(boolean exactlyOnce) {
        LOG.info("Kill loop of {} kills, exactly once {}, {}", KILLS, exactlyOnce, Seeds.describe(seed));
        database = WorkloadDatabase.create(Sandbox.postgres(), pipeline);
        try (KafkaBroker ownBroker = KafkaBroker.builder().start();
                SinkTopics ownTopics = SinkTopics.create(ownBroker.bootstrapServers(), pipeline);
                DeltaForge ownDeltaForge = new DeltaForge(directory, text(ownBroker, exactlyOnce))) {
            broker = ownBroker;
            topics = ownTopics;
            deltaForge = ownDeltaForge;
            deltaForge.start().awaitReading(pipeline);
            try (Workload load = Workload.start(database, seed, CHANGES_PER_SECOND)) {
                workload = load;
                for (int kill = 1; kill <= KILLS; kill++) {
                    killOnce(kill);
                }
                load.stop();
                LOG.info("{} changes committed, {} per second", load.changes(), Math.round(load.rate()));
            }
            topics.awaitEverythingOf(database);
            check(exactlyOnce);
        }
    }

    private String text(KafkaBroker kafka, boolean exactlyOnce) {
        return new PipelineText(pipeline, database.dsn())
                .sink(SINK, kafka.bootstrapServers(), pipeline)
                .batch("max_events = 500", "split_events = 300")
                .exactlyOnce(exactlyOnce)
                .toString();
    }

    private void killOnce(int kill) {
        if (kill % 4 == 2) {
            killWhileStarting();
        } else if (kill % 5 == 3) {
            killWithKafkaDown();
        } else {
            killWhileDelivering();
        }
        observe(kill);
        deltaForge.start();
        if (kill % 4 != 1) {
            deltaForge.awaitReading(pipeline);
        }
    }

    private void killWhileDelivering() {
        topics.awaitRecords(topics.records() + 1 + random.nextInt(RECORDS));
        deltaForge.kill();
    }

    /** The process was started just before and not waited for. */
    private void killWhileStarting() {
        LockSupport.parkNanos(Duration.ofMillis(100 + random.nextInt(2_000)).toNanos());
        deltaForge.kill();
    }

    private void killWithKafkaDown() {
        topics.awaitRecords(topics.records() + 1 + random.nextInt(RECORDS));
        broker.kill();
        long changes = workload.changes() + 500 + random.nextInt(RECORDS);
        await().atMost(PROGRESS_TIMEOUT).until(() -> workload.changes() >= changes);
        deltaForge.kill();
        broker.restart();
    }

    private void observe(int number) {
        Checkpoint saved = SavedPositions.read(deltaForge.dataDirectory(), directory, pipeline)
                .get(SINK);
        String slot = PipelineText.slot(pipeline);
        await().atMost(PROGRESS_TIMEOUT).until(() -> !database.isSlotInUse(slot));
        long released = database.confirmedFlush(slot);
        assertThat(saved)
                .as("position on disk after kill %s, %s", number, Seeds.describe(seed))
                .isNotNull();
        kills.add(new AtKill(number, saved, released, topics.ends()));
    }

    private void check(boolean exactlyOnce) {
        String run = Seeds.describe(seed);
        topics.assertHold(database, run);
        long repeatable = 0;
        for (AtKill kill : kills) {
            long behind = topics.oracle().repeatable(kill.saved(), kill.ends());
            repeatable += behind;
            LOG.info("Kill {}: position {}, {} events in Kafka behind it", kill.number(), kill.saved(), behind);
            assertThat(topics.oracle().checkpointProblems(kill.saved(), kill.ends()))
                    .as("the position was ahead of Kafka at kill %s, %s", kill.number(), run)
                    .isEmpty();
            assertThat(kill.released())
                    .as("the slot was ahead of the saved position %s at kill %s, %s", kill.saved(), kill.number(), run)
                    .isLessThanOrEqualTo(kill.saved().lsn());
        }
        assertThat(topics.oracle().duplicates())
                .as("only what was in Kafka behind the saved position at a kill may come again, at least once, %s", run)
                .isLessThanOrEqualTo(exactlyOnce ? 0 : repeatable);
    }
}
