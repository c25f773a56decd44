package io.deltaforge.sink.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.sandbox.FaultProxy;
import io.deltaforge.sandbox.KafkaBroker;
import io.deltaforge.testkit.context.SettingsDraft;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** What goes wrong with transactions alone: another producer takes over, or they take too long. */
final class KafkaTransactionIT extends FailureCase {

    private static FaultProxy proxy;
    private static KafkaBroker broker;

    private TopicLog topic;

    @BeforeAll
    static void start() {
        proxy = FaultProxy.start(1);
        broker = KafkaBroker.builder()
                .listener("EDGE", proxy)
                .property("transaction.max.timeout.ms", "120000")
                .property("transaction.abort.timed.out.transaction.cleanup.interval.ms", "200")
                .start();
    }

    @AfterAll
    static void stop() {
        broker.close();
        proxy.close();
    }

    @BeforeEach
    void createTopic() throws Exception {
        topic = new TopicLog(broker.bootstrapServers(), topicName);
        topic.create(2, Map.of());
    }

    @Test
    void shouldStopWhenAnotherInstanceHasTakenOver() throws Exception {
        TestLane first = startedAfter(usual(broker.bootstrapServers(), true), 5);
        TestLane second = startedAfter(usual(broker.bootstrapServers(), true), 10);
        first.allowAll();

        assertFatal(first.awaitEnd(), "FENCED", "another instance runs this pipeline");
        assertThat(first.failures()).as("no attempt to take it back").hasSize(1);

        second.awaitEverything();
        assertThat(second.failures()).isEmpty();
        new Rows(topic, batches).assertEachOnce();
    }

    @Test
    void shouldStopWhenAnOperatorHasFencedIt() throws Exception {
        TestLane lane = startedAfter(usual(broker.bootstrapServers(), true), 5);
        String id = "deltaforge-" + context.pipeline() + "-" + context.sink();
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            admin.fenceProducers(List.of(id)).all().get(20, TimeUnit.SECONDS);
        }
        lane.allowAll();

        assertFatal(lane.awaitEnd(), "FENCED", "another instance");
        startedAfter(usual(broker.bootstrapServers(), true), batches.size());
        new Rows(topic, batches).assertEachOnce();
    }

    @Test
    void shouldWriteATransactionAgainThatTookTooLong() {
        SettingsDraft settings = impatient(proxy.address(), true).put("client_conf", "transaction.timeout.ms", 1_500);
        TestLane lane = startedAfter(settings, 5);

        proxy.halfOpen();
        lane.allowAll();
        lane.awaitFailures(3);
        assertRetried(lane.failures(), "BROKER_UNAVAILABLE", "PRODUCER_FAILED", "PRODUCER_STATE_LOST");
        proxy.heal();

        lane.awaitEverything();
        new Rows(topic, batches).assertEachOnce();
        assertThat(context.metrics().counters().get("deltaforge_sink_txn_aborts_total"))
                .isPositive();
    }

    @Test
    void shouldRefuseATimeoutThatTheBrokersDoNotAllow() {
        TestLane lane =
                start(usual(broker.bootstrapServers(), true).put("client_conf", "transaction.timeout.ms", 120_001), 1);

        DeliveryException failure = lane.awaitEnd();
        assertFatal(
                failure,
                "TRANSACTION_TIMEOUT",
                "transaction.timeout.ms is 120001",
                "transaction.max.timeout.ms = 120000");
        startedAfter(usual(broker.bootstrapServers(), true).put("client_conf", "transaction.timeout.ms", 120_000), 1);
    }
}
