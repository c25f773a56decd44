package io.deltaforge.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.deltaforge.e2e.oracle.Checkpoint;
import io.deltaforge.e2e.oracle.SavedPositions;
import io.deltaforge.e2e.oracle.SinkTopics;
import io.deltaforge.e2e.run.DeltaForge;
import io.deltaforge.e2e.run.PipelineText;
import io.deltaforge.e2e.run.Seeds;
import io.deltaforge.e2e.run.StallingCheckpointStoreFactory;
import io.deltaforge.e2e.workload.BigTransaction;
import io.deltaforge.e2e.workload.Workload;
import io.deltaforge.e2e.workload.WorkloadDatabase;
import io.deltaforge.sandbox.KafkaBroker;
import io.deltaforge.sandbox.Sandbox;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** What the database may forget and where a replay starts, at the moments that random kills seldom hit. */
class PositionIT {

    private static final Duration TIMEOUT = Duration.ofMinutes(3);
    private static final String SINK = "kafka";

    private static KafkaBroker broker;

    @TempDir
    private Path directory;

    private final String pipeline = Sandbox.uniqueName("position");
    private final String slot = PipelineText.slot(pipeline);
    private WorkloadDatabase database;

    @BeforeAll
    static void startBroker() {
        broker = KafkaBroker.builder().start();
    }

    @AfterAll
    static void closeBroker() {
        broker.close();
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    private String pipeline(String... batch) {
        database = WorkloadDatabase.create(Sandbox.postgres(), pipeline);
        // The source tells the server how far it is at least four times in this time.
        database.execute("ALTER DATABASE " + pipeline + " SET wal_sender_timeout = '2s'");
        return new PipelineText(pipeline, database.dsn())
                .sink(SINK, broker.bootstrapServers(), pipeline)
                .batch(batch)
                .toString();
    }

    private SinkTopics topics() {
        return SinkTopics.create(broker.bootstrapServers(), pipeline);
    }

    /** Returns the position on disk; fails if the slot has been let go further than that. */
    private Checkpoint positionAfterKill(DeltaForge deltaForge) {
        deltaForge.kill();
        await().atMost(TIMEOUT).until(() -> !database.isSlotInUse(slot));
        Checkpoint saved = SavedPositions.read(deltaForge.dataDirectory(), directory, pipeline)
                .get(SINK);
        assertThat(database.confirmedFlush(slot))
                .as("the slot, compared with the position on disk %s", saved)
                .isLessThanOrEqualTo(saved.lsn());
        return saved;
    }

    /** Blocks until the server has heard from the source so many times more. */
    private void awaitReports(int count) {
        for (int i = 0; i < count; i++) {
            long before = lastReport();
            await().atMost(TIMEOUT).until(() -> lastReport() > before);
        }
    }

    private long lastReport() {
        return database.number("SELECT (extract(epoch FROM max(reply_time)) * 1000000)::bigint FROM pg_stat_replication"
                + " JOIN pg_replication_slots ON active_pid = pid WHERE slot_name = '" + slot + "'");
    }

    @Test
    void shouldReleaseNothingWhileNoPositionCanBeSaved() {
        long seed = Seeds.seed();
        String text = pipeline("max_events = 500", "split_events = 300");
        try (SinkTopics topics = topics();
                DeltaForge deltaForge = new DeltaForge(directory, text)
                        .checkpointStore(StallingCheckpointStoreFactory.TYPE)
                        .start()
                        .awaitReading(pipeline);
                Workload load = Workload.start(database, seed, 2_000)) {
            topics.awaitRecords(1_000);
            StallingCheckpointStoreFactory.stall(deltaForge.dataDirectory());
            topics.awaitRecords(topics.records() + 3_000);
            awaitReports(3);
            Checkpoint saved = positionAfterKill(deltaForge);
            Map<TopicPartition, Long> ends = topics.ends();
            StallingCheckpointStoreFactory.goOn(deltaForge.dataDirectory());

            deltaForge.start().awaitReading(pipeline);
            load.stop();
            topics.awaitEverythingOf(database);
            topics.assertHold(database, Seeds.describe(seed));
            assertThat(topics.oracle().checkpointProblems(saved, ends)).isEmpty();
            assertThat(topics.oracle().repeatable(saved, ends)).isGreaterThan(2_000);
            assertThat(topics.oracle().duplicates())
                    .isLessThanOrEqualTo(topics.oracle().repeatable(saved, ends));
        }
    }

    @Test
    void shouldGoOnInsideATransactionThatIsDeliveredInParts() {
        int rows = 150_000;
        String text = pipeline("max_events = 500", "split_events = 1000", "window_events = 4000");
        try (SinkTopics topics = topics();
                DeltaForge deltaForge = new DeltaForge(directory, text)) {
            deltaForge.start().awaitReading(pipeline);
            try (BigTransaction transaction = BigTransaction.begin(database, 1)) {
                transaction.insert(1, rows);
                transaction.commit();
            }
            topics.awaitRecords(10_000);
            Checkpoint saved = positionAfterKill(deltaForge);
            Map<TopicPartition, Long> ends = topics.ends();
            assertThat(saved.events())
                    .as("events of the transaction before the position on disk, while it was being delivered")
                    .isBetween(1L, (long) rows);

            deltaForge.start().awaitReading(pipeline);
            topics.awaitEverythingOf(database);
            topics.assertHold(database, "one transaction of " + rows + " rows");
            assertThat(topics.oracle().checkpointProblems(saved, ends)).isEmpty();
            assertThat(topics.oracle().duplicates())
                    .as("events that come again, of %s", rows)
                    .isLessThanOrEqualTo(topics.oracle().repeatable(saved, ends));
        }
    }

    /**
     * The case in which the driver, left to itself, lets the server forget what it has read and nobody has acknowledged: a
     * long transaction whose rows were logged before a position that is confirmed already is being sent while another one
     * that was committed before it waits for its sink.
     */
    @Test
    void shouldNotReleaseWhatWasReadAndNotAcknowledged() {
        String text = pipeline("split_events = 5000");
        try (SinkTopics topics = topics();
                DeltaForge deltaForge = new DeltaForge(directory, text).start().awaitReading(pipeline);
                BigTransaction early = BigTransaction.begin(database, 1)) {
            early.insert(1, 300_000);
            commitOne(2, 1_000_001);
            topics.awaitEverythingOf(database);
            long acknowledged = database.number("SELECT pg_current_wal_flush_lsn() - '0/0'");
            commitOne(3, 1_000_002);
            topics.awaitEverythingOf(database);
            await().atMost(TIMEOUT).until(() -> database.confirmedFlush(slot) > acknowledged);
            broker.kill();
            try {
                commitOne(4, 1_000_003);
                long waiting = database.number("SELECT pg_current_wal_flush_lsn() - '0/0'");
                early.commit();
                awaitReports(4);
                Checkpoint saved = positionAfterKill(deltaForge);
                assertThat(saved.lsn()).as("nothing was acknowledged").isLessThan(waiting);
            } finally {
                broker.restart();
            }
            deltaForge.start().awaitReading(pipeline);
            topics.awaitEverythingOf(database);
            topics.assertHold(database, "interleaved transactions");
        }
    }

    private void commitOne(long txid, long id) {
        try (BigTransaction transaction = BigTransaction.begin(database, txid)) {
            transaction.insert(id, 1);
            transaction.commit();
        }
    }
}
