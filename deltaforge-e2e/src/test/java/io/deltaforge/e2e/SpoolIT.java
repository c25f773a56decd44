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
import io.deltaforge.sandbox.Sandbox;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * A sink is down for long while another one and the source go on; DeltaForge is killed in the middle, when the spool has the
 * only copy of what the sink misses. The sink gets everything, in order, once it is back.
 */
class SpoolIT {

    private static final Duration TIMEOUT = Duration.ofMinutes(3);
    /** How many changes go past while the sink is down. */
    private static final int OUTAGE = Integer.getInteger("deltaforge.outage", 16_000);

    private static final long CHANGES_PER_SECOND = Long.getLong("deltaforge.rate", 2_000);
    /** What may not be released yet: what is in memory, and what was not synced yet. */
    private static final long HELD_BYTES = 64L << 20;

    private final long seed = Seeds.seed();
    private final String name = Sandbox.uniqueName("spool");

    @TempDir
    private Path directory;

    private String text(WorkloadDatabase database, KafkaBroker stays, KafkaBroker dies, String spool) {
        return new PipelineText(name, database.dsn())
                .sink("up", stays.bootstrapServers(), name)
                .optionalSink("down", dies.bootstrapServers(), name, "message.timeout.ms = 8000")
                .batch("max_events = 500", "split_events = 300", "window_events = 10000")
                .spool(spool)
                .toString();
    }

    @Test
    void shouldHoldUpNobodyForASinkThatIsDownAndLoseNothingThroughAKill() {
        String run = Seeds.describe(seed);
        try (WorkloadDatabase database = WorkloadDatabase.create(Sandbox.postgres(), name);
                KafkaBroker stays = KafkaBroker.builder().start();
                KafkaBroker dies = KafkaBroker.builder().start();
                SinkTopics up = SinkTopics.create(stays.bootstrapServers(), name);
                SinkTopics down = SinkTopics.create(dies.bootstrapServers(), name);
                DeltaForge deltaForge = new DeltaForge(directory, text(database, stays, dies, ""))) {
            deltaForge.start().awaitReading(name);
            try (Workload load = Workload.start(database, seed, CHANGES_PER_SECOND)) {
                down.awaitRecords(500);
                dies.kill();
                up.awaitRecords(up.records() + OUTAGE / 2);
                assertReleasedPastTheSinkThatIsDown(database, deltaForge);
                assertThat(deltaForge.metric("deltaforge_lane_wait_seconds", "pipeline=\"" + name + "\""))
                        .as("time that a sink waited for another one, %s", run)
                        .hasValue(0);

                deltaForge.kill();
                deltaForge.start().awaitReading(name);
                up.awaitRecords(up.records() + OUTAGE / 2);
                assertReleasedPastTheSinkThatIsDown(database, deltaForge);

                dies.restart();
                await().atMost(TIMEOUT)
                        .until(() -> deltaForge.health().state(name).equals("running"));
                load.stop();
            }
            up.awaitEverythingOf(database);
            down.awaitEverythingOf(database);
            up.assertHold(database, run);
            down.assertHold(database, run);
            await().atMost(TIMEOUT)
                    .untilAsserted(() -> assertThat(deltaForge.metric("deltaforge_spool_bytes", "pipeline"))
                            .as("everything is delivered, and the spool is empty")
                            .hasValue(0));
        }
    }

    /** The database may forget what only the sink that is down has not got. */
    private void assertReleasedPastTheSinkThatIsDown(WorkloadDatabase database, DeltaForge deltaForge) {
        String slot = PipelineText.slot(name);
        long now = database.number("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn");
        await().atMost(TIMEOUT).untilAsserted(() -> {
            assertThat(deltaForge.metric("deltaforge_spool_bytes", "pipeline").orElse(0))
                    .isGreaterThan(0);
            assertThat(database.confirmedFlush(slot))
                    .as("the slot moves on while a sink is down")
                    .isGreaterThanOrEqualTo(now);
            assertThat(database.number(
                            "SELECT pg_current_wal_insert_lsn() - confirmed_flush_lsn FROM pg_replication_slots"
                                    + " WHERE slot_name = '" + slot + "'"))
                    .isLessThan(HELD_BYTES);
        });
    }
}
