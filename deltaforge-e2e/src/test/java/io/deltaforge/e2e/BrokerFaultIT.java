package io.deltaforge.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.deltaforge.e2e.oracle.SinkTopics;
import io.deltaforge.e2e.run.DeltaForge;
import io.deltaforge.e2e.run.PipelineText;
import io.deltaforge.e2e.run.Seeds;
import io.deltaforge.e2e.workload.Workload;
import io.deltaforge.e2e.workload.WorkloadDatabase;
import io.deltaforge.sandbox.FaultProxy;
import io.deltaforge.sandbox.FaultProxy.Loss;
import io.deltaforge.sandbox.KafkaBroker;
import io.deltaforge.sandbox.Sandbox;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Random;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Kills the broker and cuts the network under load, the latter at the worst moment: when a transaction is being committed, so
 * that nobody knows whether it is. With exactly-once delivery a reader of committed records sees every event once all the
 * same, and the same process goes on.
 */
@Tag("chaos")
class BrokerFaultIT {

    private static final Logger LOG = LoggerFactory.getLogger(BrokerFaultIT.class);
    private static final Duration TIMEOUT = Duration.ofMinutes(3);
    private static final int FAULTS = Integer.getInteger("deltaforge.faults", 1);
    private static final String LISTENER = "FAULTS";

    /** Kafka protocol guide, "Api Keys": EndTxn. */
    private static final int END_TRANSACTION = 26;

    private final long seed = Seeds.seed();
    private final Random random = new Random(seed);
    private final String pipeline = Sandbox.uniqueName("faults");

    @TempDir
    private Path directory;

    private DeltaForge deltaForge;
    private SinkTopics topics;
    private Workload load;

    @Test
    void shouldDeliverEveryEventOnceThroughBrokersThatDieAndCommitsThatAreCutOff() {
        try (WorkloadDatabase database = WorkloadDatabase.create(Sandbox.postgres(), pipeline);
                FaultProxy proxy = FaultProxy.start(seed);
                KafkaBroker broker =
                        KafkaBroker.builder().listener(LISTENER, proxy).start();
                SinkTopics ownTopics = SinkTopics.create(broker.bootstrapServers(), pipeline);
                DeltaForge ownDeltaForge = new DeltaForge(directory, text(database, broker))
                        .start()
                        .awaitReading(pipeline);
                Workload ownLoad = Workload.start(database, seed, 1_000)) {
            deltaForge = ownDeltaForge;
            topics = ownTopics;
            load = ownLoad;
            long pid = deltaForge.pid();
            for (int round = 1; round <= FAULTS; round++) {
                awaitProgress();
                killBroker(broker);
                awaitProgress();
                cutOffACommit(proxy, Loss.REQUEST);
                awaitProgress();
                cutOffACommit(proxy, Loss.ANSWER);
                awaitProgress();
                LOG.info("Round {} of {} is over, {}", round, FAULTS, Seeds.describe(seed));
            }
            load.stop();
            topics.awaitEverythingOf(database);
            topics.assertHold(database, Seeds.describe(seed));
            assertThat(topics.oracle().duplicates())
                    .as("events that a reader of committed records sees twice, %s", Seeds.describe(seed))
                    .isZero();
            assertThat(deltaForge.pid()).isEqualTo(pid);
            assertThat(deltaForge.isRunning()).isTrue();
        }
    }

    private String text(WorkloadDatabase database, KafkaBroker broker) {
        return new PipelineText(pipeline, database.dsn())
                .sink(
                        "kafka",
                        broker.bootstrapServers(LISTENER),
                        pipeline,
                        "message.timeout.ms = 3000",
                        "max.block.ms = 3000")
                .batch("max_events = 200", "split_events = 150")
                .exactlyOnce(true)
                .toString();
    }

    private void awaitProgress() {
        topics.awaitRecords(topics.records() + 500 + random.nextInt(1_000));
    }

    private void killBroker(KafkaBroker broker) {
        broker.kill();
        long changes = load.changes() + random.nextInt(3_000);
        await().atMost(TIMEOUT).until(() -> load.changes() >= changes);
        broker.restart();
    }

    private void cutOffACommit(FaultProxy proxy, Loss loss) {
        double before = reconnects();
        proxy.loseAt(END_TRANSACTION, loss);
        await().atMost(TIMEOUT).until(() -> !proxy.isWaiting());
        await().atMost(TIMEOUT).until(() -> reconnects() > before);
        assertThat(deltaForge.health().reason(pipeline)).isEqualTo("BROKER_UNAVAILABLE");
        proxy.heal();
    }

    private double reconnects() {
        return deltaForge
                .metric("deltaforge_sink_reconnects_total", "pipeline=\"" + pipeline + "\"")
                .orElse(0);
    }
}
