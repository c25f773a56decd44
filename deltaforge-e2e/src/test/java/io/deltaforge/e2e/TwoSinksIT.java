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
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * Two sinks in two Kafkas under load, in three pipelines with a policy each. One Kafka dies, DeltaForge is killed, both come
 * back: each sink gets its missing suffix and no more, and the policy alone decides what was reported as committed meanwhile.
 */
class TwoSinksIT {

    private static final Duration TIMEOUT = Duration.ofMinutes(3);
    private static final String UP = "up";
    private static final String DOWN = "down";

    /** A commit policy, and whether what it reports goes on while the sink {@value #DOWN} is away. */
    private record Policy(String text, boolean downIsRequired, boolean committedGoesOn) {}

    private static final List<Policy> POLICIES = List.of(
            new Policy("mode = all", true, false),
            new Policy("mode = required", false, true),
            new Policy("mode = quorum, quorum = 1", true, true));

    private final long seed = Seeds.seed();
    private final List<Tenant> tenants = new ArrayList<>();

    @TempDir
    private Path directory;

    /** A pipeline with its database, topics in both Kafkas, and load. */
    private static final class Tenant implements AutoCloseable {
        private final String name = Sandbox.uniqueName("two");
        private final Policy policy;
        private final WorkloadDatabase database;
        private final SinkTopics up;
        private final SinkTopics down;
        private final String text;
        private Workload load;
        private Map<String, Checkpoint> saved;
        private Map<TopicPartition, Long> upEnds;
        private Map<TopicPartition, Long> downEnds;

        Tenant(Policy policy, KafkaBroker stays, KafkaBroker dies) {
            this.policy = policy;
            this.database = WorkloadDatabase.create(Sandbox.postgres(), name);
            this.up = SinkTopics.create(stays.bootstrapServers(), name);
            this.down = SinkTopics.create(dies.bootstrapServers(), name);
            PipelineText pipeline = new PipelineText(name, database.dsn())
                    .sink(UP, stays.bootstrapServers(), name)
                    .batch("max_events = 500", "split_events = 300")
                    .policy(policy.text());
            String timeout = "message.timeout.ms = 8000, max.block.ms = 3000";
            this.text = (policy.downIsRequired()
                            ? pipeline.sink(DOWN, dies.bootstrapServers(), name, timeout)
                            : pipeline.optionalSink(DOWN, dies.bootstrapServers(), name, timeout))
                    .toString();
        }

        /** Waits until the sink that is up is ahead of the other one, and what is reported follows the policy. */
        void awaitReport(DeltaForge deltaForge) {
            await().atMost(TIMEOUT).untilAsserted(() -> {
                Health health = deltaForge.health();
                String upPosition = health.position(name, UP);
                String downPosition = health.position(name, DOWN);
                assertThat(health.state(name)).as("%s", health).isEqualTo("degraded");
                assertThat(upPosition).isNotEqualTo(downPosition);
                assertThat(health.committed(name)).isEqualTo(policy.committedGoesOn() ? upPosition : downPosition);
            });
        }

        void assertSuffixes(String run) {
            String what = policy.text() + ", " + run;
            up.awaitEverythingOf(database);
            down.awaitEverythingOf(database);
            up.assertHold(database, what);
            down.assertHold(database, what);
            assertSuffix(up, saved.get(UP), upEnds, what);
            assertSuffix(down, saved.get(DOWN), downEnds, what);
        }

        private static void assertSuffix(
                SinkTopics topics, Checkpoint saved, Map<TopicPartition, Long> ends, String what) {
            assertThat(topics.oracle().checkpointProblems(saved, ends)).as(what).isEmpty();
            assertThat(topics.oracle().duplicates())
                    .as("only what was there behind the saved position %s may come again, %s", saved, what)
                    .isLessThanOrEqualTo(topics.oracle().repeatable(saved, ends));
        }

        @Override
        public void close() {
            if (load != null) {
                load.close();
            }
            up.close();
            down.close();
            database.close();
        }
    }

    @Test
    void shouldGiveEachSinkItsMissingSuffixAndReportByThePolicy() {
        try (KafkaBroker stays = KafkaBroker.builder().start();
                KafkaBroker dies = KafkaBroker.builder().start()) {
            POLICIES.forEach(policy -> tenants.add(new Tenant(policy, stays, dies)));
            String pipelines = tenants.stream().map(tenant -> tenant.text).collect(Collectors.joining());
            try (DeltaForge deltaForge = new DeltaForge(directory, pipelines)) {
                startAll(deltaForge);
                for (Tenant tenant : tenants) {
                    tenant.load = Workload.start(tenant.database, seed, 250);
                    tenant.up.awaitRecords(300);
                    tenant.down.awaitRecords(300);
                }
                dies.kill();
                tenants.forEach(tenant -> tenant.up.awaitRecords(tenant.up.records() + 300));
                tenants.forEach(tenant -> tenant.awaitReport(deltaForge));
                deltaForge.kill();

                for (Tenant tenant : tenants) {
                    tenant.saved = SavedPositions.read(deltaForge.dataDirectory(), directory, tenant.name);
                    tenant.upEnds = tenant.up.ends();
                }
                dies.restart();
                tenants.forEach(tenant -> tenant.downEnds = tenant.down.ends());
                startAll(deltaForge);
                tenants.forEach(tenant -> tenant.load.stop());
                tenants.forEach(tenant -> tenant.assertSuffixes(Seeds.describe(seed)));
            } finally {
                tenants.forEach(Tenant::close);
            }
        }
    }

    private void startAll(DeltaForge deltaForge) {
        deltaForge.start();
        tenants.forEach(tenant -> deltaForge.awaitReading(tenant.name));
    }
}
