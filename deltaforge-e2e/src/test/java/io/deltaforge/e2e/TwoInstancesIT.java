package io.deltaforge.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.deltaforge.e2e.oracle.SinkTopics;
import io.deltaforge.e2e.run.DeltaForge;
import io.deltaforge.e2e.run.Health;
import io.deltaforge.e2e.run.PipelineText;
import io.deltaforge.e2e.workload.BigTransaction;
import io.deltaforge.e2e.workload.WorkloadDatabase;
import io.deltaforge.sandbox.Sandbox;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Two instances of one pipeline: one works, the other stands by, and takes over without losing anything. */
class TwoInstancesIT {

    private static final Duration TIMEOUT = Duration.ofMinutes(3);
    private static final Duration TAKE_OVER = Duration.ofSeconds(5);

    @TempDir
    private Path directory;

    private final String name = Sandbox.uniqueName("two");
    private long nextId = 1;

    private void commit(WorkloadDatabase database, int rows) {
        try (BigTransaction transaction = BigTransaction.begin(database, nextId)) {
            transaction.insert(nextId, rows);
            transaction.commit();
        }
        nextId += rows;
    }

    private String text(WorkloadDatabase database) {
        return new PipelineText(name, database.dsn())
                .sink("kafka", Sandbox.kafka().bootstrapServers(), name)
                .toString();
    }

    private void awaitState(DeltaForge instance, String state, Duration limit) {
        await().atMost(limit).untilAsserted(() -> assertThat(instance.health().state(name))
                .as("%s", instance.health())
                .isEqualTo(state));
    }

    /** Ownership changes hands at once; what comes then is an ordinary start, which takes as long as the machine is busy. */
    private void awaitTakeOver(DeltaForge instance) {
        await().atMost(TAKE_OVER)
                .untilAsserted(() -> assertThat(instance.health().state(name))
                        .as("%s", instance.health())
                        .isNotEqualTo("standby"));
        awaitState(instance, "running", TIMEOUT);
    }

    private void assertStandsBy(DeltaForge instance, String reason) {
        awaitState(instance, "standby", TIMEOUT);
        Health health = instance.health();
        assertThat(health.statusCode()).as("a standby needs no operator").isEqualTo(200);
        assertThat(health.reason(name)).isEqualTo(reason);
        assertThat(instance.api("/ready").statusCode()).isEqualTo(503);
        assertThat(instance.api("/live").statusCode()).isEqualTo(200);
    }

    @Test
    void shouldTakeOverOnASharedDataDirectoryWhenTheOwnerIsKilled() {
        try (WorkloadDatabase database = WorkloadDatabase.create(Sandbox.postgres(), name);
                SinkTopics topics = SinkTopics.create(Sandbox.kafka().bootstrapServers(), name);
                DeltaForge first = new DeltaForge(directory.resolve("first"), text(database));
                DeltaForge second = new DeltaForge(directory.resolve("second"), text(database)).shareDataWith(first)) {
            first.start().awaitReading(name);
            commit(database, 50);
            topics.awaitEverythingOf(database);
            second.start();
            assertStandsBy(second, "DATA_DIRECTORY_IN_USE");
            commit(database, 2_000);
            first.kill();
            awaitTakeOver(second);
            topics.awaitEverythingOf(database);
            topics.assertHold(database, "after the take-over");
            assertThat(second.api("/ready").statusCode()).isEqualTo(200);
        }
    }

    /**
     * With data directories of their own the slot is what both know. It is never ahead of what was delivered and saved, so a
     * fresh instance begins there; one that has positions of its own, behind the slot, cannot know who moved that, and halts.
     */
    @Test
    void shouldTakeOverTheSlotWithADataDirectoryOfItsOwnAndHaltOnPositionsThatAreBehind() {
        try (WorkloadDatabase database = WorkloadDatabase.create(Sandbox.postgres(), name);
                SinkTopics topics = SinkTopics.create(Sandbox.kafka().bootstrapServers(), name);
                DeltaForge first = new DeltaForge(directory.resolve("first"), text(database));
                DeltaForge second = new DeltaForge(directory.resolve("second"), text(database))) {
            first.start().awaitReading(name);
            commit(database, 50);
            topics.awaitEverythingOf(database);
            second.start();
            assertStandsBy(second, "OWNED_BY_OTHER");
            commit(database, 2_000);
            first.kill();
            awaitTakeOver(second);
            topics.awaitEverythingOf(database);
            topics.assertHold(database, "after the take-over");
            assertThat(second.log()).contains("is there already: reading from");

            first.start();
            assertStandsBy(first, "OWNED_BY_OTHER");
            commit(database, 50);
            topics.awaitEverythingOf(database);
            awaitReleased(second, database);
            second.kill();
            Map<TopicPartition, Long> ends = topics.ends();
            awaitState(first, "held", TIMEOUT);
            assertThat(first.health().reason(name)).isEqualTo("LOG_AHEAD");
            assertThat(first.health().statusCode()).isEqualTo(503);
            assertThat(topics.ends()).as("nothing is written on a doubt").isEqualTo(ends);

            first.terminate();
            assertThat(first.awaitEnd(TIMEOUT)).hasValue(0);
            first.command(0, "checkpoint", "accept-slot", "--config", "FILE", name, "--yes");
            first.start().awaitReading(name);
            commit(database, 50);
            topics.awaitEverythingOf(database);
            topics.assertHold(database, "after the slot was accepted");
        }
    }

    /** Waits until the slot is ahead of what the other instance has saved. */
    private void awaitReleased(DeltaForge owner, WorkloadDatabase database) {
        long before = database.number("SELECT pg_current_wal_lsn() - '0/0'");
        database.execute("SELECT pg_logical_emit_message(true, 'test', 'moves the log')");
        await().atMost(TIMEOUT).untilAsserted(() -> assertThat(database.confirmedFlush(PipelineText.slot(name)))
                .as(owner::log)
                .isGreaterThanOrEqualTo(before));
    }
}
