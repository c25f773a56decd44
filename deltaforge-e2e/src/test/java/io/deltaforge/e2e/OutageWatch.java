package io.deltaforge.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.deltaforge.e2e.oracle.SinkTopics;
import io.deltaforge.e2e.run.DeltaForge;
import io.deltaforge.e2e.run.JvmMemory;
import io.deltaforge.e2e.run.PipelineText;
import io.deltaforge.e2e.workload.WorkloadDatabase;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks at a DeltaForge again and again while one of its sinks is down: nobody waits for that one, the database keeps little
 * for it, and memory does not grow. For one thread.
 */
final class OutageWatch {

    private static final Logger LOG = LoggerFactory.getLogger(OutageWatch.class);
    private static final Duration TIMEOUT = Duration.ofMinutes(3);
    private static final Duration STALL = Duration.ofMinutes(2);
    private static final Duration FOREVER = Duration.ofHours(2);
    private static final Duration POLL = Duration.ofMillis(500);
    /** What may not be released yet: what is in memory, and what was not synced yet. */
    private static final long HELD_BYTES = 64L << 20;
    /** By how much the live heap may differ: what is in the window, and in the producers' buffers. */
    private static final long BREATH_BYTES = 48L << 20;
    /** How often memory is looked at while so many records come; each time costs a full collection. */
    private static final int MEMORY_LOOKS = 6;

    private final WorkloadDatabase database;
    private final DeltaForge deltaForge;
    private final String pipeline;
    private long mostHeld;

    OutageWatch(WorkloadDatabase database, DeltaForge deltaForge, String pipeline) {
        this.database = database;
        this.deltaForge = deltaForge;
        this.pipeline = pipeline;
    }

    /** Waits until the spool has what the sink misses, and the database may forget everything that is committed now. */
    void awaitReleased() {
        long now = database.number("SELECT pg_current_wal_insert_lsn() - '0/0'::pg_lsn");
        await().atMost(TIMEOUT).untilAsserted(() -> {
            assertThat(spoolBytes()).isGreaterThan(0);
            assertThat(database.confirmedFlush(PipelineText.slot(pipeline)))
                    .as("the slot moves on while a sink is down")
                    .isGreaterThanOrEqualTo(now);
            assertThat(held()).isLessThan(HELD_BYTES);
        });
    }

    /** Waits until so many records more have come to every one of some sinks, with an eye on everything. */
    void awaitPast(long records, SinkTopics... sinks) {
        long begin = fewest(sinks);
        List<JvmMemory> memory = new ArrayList<>();
        long[] last = {begin, System.nanoTime()};
        await().atMost(FOREVER)
                .pollInterval(POLL)
                .failFast("nothing more has come for " + STALL, () -> System.nanoTime() - last[1] > STALL.toNanos())
                .until(() -> {
                    look();
                    long now = fewest(sinks);
                    if (now > last[0]) {
                        last[0] = now;
                        last[1] = System.nanoTime();
                    }
                    if (now - begin >= records * (memory.size() + 1) / MEMORY_LOOKS) {
                        look(memory);
                    }
                    return memory.size() == MEMORY_LOOKS;
                });
        assertFlat(memory);
        LOG.info("{}: {} records past the sink that is down, at most {} bytes held", pipeline, records, mostHeld);
    }

    private static long fewest(SinkTopics... sinks) {
        long fewest = Long.MAX_VALUE;
        for (SinkTopics each : sinks) {
            fewest = Math.min(fewest, each.records());
        }
        return fewest;
    }

    private void look() {
        assertThat(deltaForge.isRunning()).as(deltaForge::log).isTrue();
        assertNobodyHasWaited();
        long held = held();
        mostHeld = Math.max(mostHeld, held);
        assertThat(held)
                .as("what the database keeps, current_lsn - confirmed_flush_lsn")
                .isLessThan(HELD_BYTES);
    }

    private void look(List<JvmMemory> memory) {
        JvmMemory now = JvmMemory.of(deltaForge.pid());
        memory.add(now);
        LOG.info(
                "{}: live heap {} KB, resident {} KB, spool {} KB",
                pipeline,
                now.liveHeap() >> 10,
                now.resident() >> 10,
                Math.round(spoolBytes() / 1_024));
    }

    /** It breathes, with what is under way, but it does not grow with what the sink misses. */
    private static void assertFlat(List<JvmMemory> memory) {
        long early = most(memory.subList(0, MEMORY_LOOKS / 2));
        long late = most(memory.subList(MEMORY_LOOKS / 2, MEMORY_LOOKS));
        assertThat(late)
                .as("live heap while the spool grew: %s", memory)
                .isPositive()
                .isLessThan(early + BREATH_BYTES);
    }

    private static long most(List<JvmMemory> memory) {
        return memory.stream().mapToLong(JvmMemory::liveHeap).max().orElseThrow();
    }

    void assertNobodyHasWaited() {
        assertThat(deltaForge.metric("deltaforge_lane_wait_seconds", "pipeline=\"" + pipeline + "\""))
                .as("time that a sink waited for another one")
                .hasValue(0);
    }

    /** Waits until every sink has everything that is committed, as long as more and more comes. */
    void awaitRunning(SinkTopics behind) {
        long[] last = {-1, System.nanoTime()};
        await().atMost(FOREVER)
                .pollInterval(POLL)
                .failFast("nothing more has come for " + STALL, () -> System.nanoTime() - last[1] > STALL.toNanos())
                .until(() -> {
                    long now = behind.records();
                    if (now > last[0]) {
                        last[0] = now;
                        last[1] = System.nanoTime();
                    }
                    return deltaForge.health().state(pipeline).equals("running");
                });
    }

    void awaitEmptySpool() {
        await().atMost(TIMEOUT).untilAsserted(() -> assertThat(spoolBytes())
                .as("everything is delivered, and the spool is empty")
                .isZero());
    }

    double spoolBytes() {
        return deltaForge
                .metric("deltaforge_spool_bytes", "pipeline=\"" + pipeline + "\"")
                .orElse(0);
    }

    private long held() {
        return database.number("SELECT pg_current_wal_insert_lsn() - confirmed_flush_lsn FROM pg_replication_slots"
                + " WHERE slot_name = '" + PipelineText.slot(pipeline) + "'");
    }
}
