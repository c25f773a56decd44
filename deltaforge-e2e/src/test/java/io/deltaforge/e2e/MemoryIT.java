package io.deltaforge.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.deltaforge.e2e.oracle.SinkTopics;
import io.deltaforge.e2e.run.DeltaForge;
import io.deltaforge.e2e.run.PipelineText;
import io.deltaforge.e2e.workload.BigTransaction;
import io.deltaforge.e2e.workload.WorkloadDatabase;
import io.deltaforge.sandbox.KafkaBroker;
import io.deltaforge.sandbox.Sandbox;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * With a heap of 256 MB nothing that the database does makes memory grow: a backlog, one big transaction, rows of 20 MB,
 * and a sink that does not move. The server's sender never loses patience meanwhile.
 *
 * <p>Scaled down by default. Full size: {@code -Ddeltaforge.memory=full} (a backlog of 1 GB, a transaction of 1,000,000
 * rows), run alone with {@code ./mvnw -pl deltaforge-e2e -am verify -Dit.test=MemoryIT
 * -Dfailsafe.failIfNoSpecifiedTests=false -Dsurefire.failIfNoSpecifiedTests=false}.
 */
class MemoryIT {

    private static final Logger LOG = LoggerFactory.getLogger(MemoryIT.class);
    private static final boolean FULL = "full".equals(System.getProperty("deltaforge.memory"));
    private static final Duration TIMEOUT = Duration.ofMinutes(FULL ? 20 : 3);
    private static final long MEGABYTE = 1L << 20;

    /** A quarter of the heap, which is what the engine allows itself, and one event above it. */
    private static final long BUDGET = 256 * MEGABYTE / 4;

    private static KafkaBroker broker;

    @TempDir
    private Path directory;

    private final String pipeline = Sandbox.uniqueName("memory");
    private final AtomicLong mostRetained = new AtomicLong();
    private WorkloadDatabase database;
    private long sender;

    @BeforeAll
    static void startBroker() {
        broker = KafkaBroker.builder()
                .property("message.max.bytes", Long.toString(64 * MEGABYTE))
                .property("replica.fetch.max.bytes", Long.toString(64 * MEGABYTE))
                .jvmOption("-Xmx640m")
                .start();
    }

    @AfterAll
    static void closeBroker() {
        broker.close();
    }

    @AfterEach
    void dropDatabase() {
        database.close();
    }

    private DeltaForge deltaForge(String... clientConf) {
        database = WorkloadDatabase.create(Sandbox.postgres(), pipeline);
        database.execute("ALTER DATABASE " + pipeline + " SET wal_sender_timeout = '3s'");
        String text = new PipelineText(pipeline, database.dsn())
                .sink("kafka", broker.bootstrapServers(), pipeline, clientConf)
                .toString();
        return new DeltaForge(directory, text, "-Xmx256m");
    }

    private SinkTopics topics() {
        return SinkTopics.create(broker.bootstrapServers(), pipeline);
    }

    private void start(DeltaForge deltaForge) {
        deltaForge.start().awaitReading(pipeline);
        await().atMost(TIMEOUT).until(() -> (sender = sender()) != 0);
    }

    /** Returns the process id of the server's sender, 0 while there is none. */
    private long sender() {
        return database.number("SELECT coalesce(max(active_pid), 0) FROM pg_replication_slots WHERE slot_name = '"
                + PipelineText.slot(pipeline) + "'");
    }

    /** Creates the slot, so that what follows gathers behind it. */
    private void startAndStop(DeltaForge deltaForge) {
        start(deltaForge);
        deltaForge.terminate();
        assertThat(deltaForge.awaitEnd(TIMEOUT)).hasValue(0);
    }

    private void insert(long txid, long first, int rows, int noteLength) {
        try (BigTransaction transaction = BigTransaction.begin(database, txid)) {
            transaction.insert(first, rows, noteLength);
            transaction.commit();
        }
    }

    /** Blocks until so many records are there, keeping an eye on what is retained. */
    private void awaitRecords(DeltaForge deltaForge, SinkTopics topics, long records) {
        await().atMost(TIMEOUT).pollInterval(Duration.ofMillis(50)).until(() -> {
            watch(deltaForge);
            return topics.records() >= records;
        });
    }

    private void watch(DeltaForge deltaForge) {
        assertThat(deltaForge.isRunning()).as(deltaForge::log).isTrue();
        deltaForge
                .metric("deltaforge_window_retained_bytes")
                .ifPresent(now -> mostRetained.accumulateAndGet((long) now, Math::max));
    }

    private void assertBounded(DeltaForge deltaForge, long bound) {
        LOG.info("{}: at most {} bytes retained", pipeline, mostRetained);
        // A short peak may fall between two looks; the tests with longer ones ask for it.
        assertThat(mostRetained.get()).as("retained bytes").isLessThanOrEqualTo(bound);
        assertThat(deltaForge.log()).doesNotContain("OutOfMemoryError");
        assertThat(deltaForge.metric("deltaforge_source_reconnects_total").orElse(0))
                .isZero();
        assertThat(sender())
                .as("the server's sender, which would be another one had it lost patience")
                .isEqualTo(sender);
    }

    @Test
    void shouldWorkOffABacklogInBoundedMemory() {
        int transactions = FULL ? 1_000 : 60;
        try (SinkTopics topics = topics();
                DeltaForge deltaForge = deltaForge()) {
            startAndStop(deltaForge);
            for (int i = 0; i < transactions; i++) {
                insert(i, i * 1_000L, 1_000, 1_000);
            }
            start(deltaForge);
            awaitRecords(deltaForge, topics, transactions * 1_001L);
            assertThat(mostRetained.get()).as("retained bytes").isPositive();
            assertBounded(deltaForge, BUDGET + 16 * MEGABYTE);
            if (!FULL) {
                topics.awaitEverythingOf(database);
                topics.assertHold(database, "a backlog of " + transactions + " MB");
            }
        }
    }

    @Test
    void shouldDeliverATransactionLargerThanMemoryInParts() {
        int rows = FULL ? 1_000_000 : 100_000;
        try (SinkTopics topics = topics();
                DeltaForge deltaForge = deltaForge()) {
            start(deltaForge);
            insert(1, 1, rows, 600);
            awaitRecords(deltaForge, topics, rows + 1);
            assertThat(mostRetained.get()).as("retained bytes").isPositive();
            assertBounded(deltaForge, BUDGET + 16 * MEGABYTE);
            if (!FULL) {
                topics.awaitEverythingOf(database);
                topics.assertHold(database, "a transaction of " + rows + " rows");
            }
        }
    }

    @Test
    void shouldDeliverRowsOfTwentyMegabytes() {
        // The longest text that the JSON reader of the oracle takes.
        int size = 20_000_000;
        try (SinkTopics topics = topics();
                DeltaForge deltaForge = deltaForge("max.request.size = 67108864", "buffer.memory = 67108864")) {
            start(deltaForge);
            // The broker stands still until the first row is seen to be held: a row passes too quickly otherwise.
            broker.pause();
            try {
                for (int i = 1; i <= 3; i++) {
                    insert(i, i, 1, size);
                }
                await().atMost(TIMEOUT).pollInterval(Duration.ofMillis(50)).until(() -> {
                    watch(deltaForge);
                    return mostRetained.get() >= size;
                });
            } finally {
                broker.resume();
            }
            awaitRecords(deltaForge, topics, 6);
            topics.awaitEverythingOf(database);
            topics.assertHold(database, "rows of 20 MB");
            assertBounded(deltaForge, BUDGET + 2L * size);
        }
    }

    @Test
    void shouldKeepTheServerPatientWhileTheSinkDoesNotMove() {
        try (SinkTopics topics = topics();
                DeltaForge deltaForge = deltaForge("message.timeout.ms = 60000")) {
            start(deltaForge);
            insert(1, 1, 1_000, 100);
            topics.awaitEverythingOf(database);
            broker.pause();
            try {
                insert(2, 1_001, 150_000, 600);
                long until = replies() + 9;
                await().atMost(TIMEOUT).pollInterval(Duration.ofMillis(50)).until(() -> {
                    watch(deltaForge);
                    return mostRetained.get() > BUDGET / 2 && replies() >= until;
                });
            } finally {
                broker.resume();
            }
            awaitRecords(deltaForge, topics, 151_002);
            assertThat(mostRetained.get()).as("retained bytes").isPositive();
            assertBounded(deltaForge, BUDGET + 16 * MEGABYTE);
            topics.awaitEverythingOf(database);
            topics.assertHold(database, "after the sink stood still");
        }
    }

    /** Returns the time of the source's newest report to the server, in seconds. */
    private long replies() {
        return database.number("SELECT extract(epoch FROM max(reply_time))::bigint FROM pg_stat_replication"
                + " JOIN pg_replication_slots ON active_pid = pid WHERE slot_name = '" + PipelineText.slot(pipeline)
                + "'");
    }
}
