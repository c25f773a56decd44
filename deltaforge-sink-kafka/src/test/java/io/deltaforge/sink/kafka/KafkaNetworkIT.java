package io.deltaforge.sink.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.deltaforge.sandbox.FaultProxy;
import io.deltaforge.sandbox.KafkaBroker;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** "Network partition: retries; may produce duplicates", and none with {@code exactly_once}. */
final class KafkaNetworkIT extends FailureCase {

    private static final long SEED = Long.getLong("fault.seed", System.nanoTime());
    private static final String[] GONE = {"BROKER_UNAVAILABLE", "PRODUCER_FAILED", "PRODUCER_STATE_LOST"};

    private static FaultProxy proxy;
    private static KafkaBroker broker;

    private TopicLog topic;

    /** What happens to the network. */
    enum Partition {
        CUT,
        RESET,
        STALL,
        HALF_OPEN;

        void happen() {
            switch (this) {
                case CUT -> proxy.cut();
                case RESET -> proxy.reset();
                case STALL -> proxy.stall();
                case HALF_OPEN -> proxy.halfOpen();
            }
        }
    }

    @BeforeAll
    static void start() {
        System.out.println("seed of the network's faults: -Dfault.seed=" + SEED);
        proxy = FaultProxy.start(SEED);
        broker = KafkaBroker.builder()
                .autoCreateTopics(false)
                .listener("EDGE", proxy)
                .start();
    }

    @AfterAll
    static void stop() {
        broker.close();
        proxy.close();
    }

    @BeforeEach
    void createTopic() throws Exception {
        proxy.heal();
        topic = new TopicLog(broker.bootstrapServers(), topicName);
        topic.create(3, Map.of());
    }

    @ParameterizedTest
    @CsvSource({
        "CUT, false",
        "CUT, true",
        "RESET, false",
        "RESET, true",
        "STALL, false",
        "STALL, true",
        "HALF_OPEN, false",
        "HALF_OPEN, true"
    })
    void shouldGoOnAfterAPartitionLongerThanTheDeliveryTimeout(Partition partition, boolean exactlyOnce) {
        TestLane lane = startedAfter(impatient(proxy.address(), exactlyOnce), 5);

        partition.happen();
        lane.allowAll();
        lane.awaitFailures(2);

        assertRetried(lane.failures(), GONE);
        assertThat(lane.acknowledged()).as("nothing counts as delivered").isEqualTo(5);

        proxy.heal();
        lane.awaitEverything();
        new Rows(topic, batches).assertHold(exactlyOnce);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldTakeAPauseOfTheNetworkForNoFailure(boolean exactlyOnce) {
        TestLane lane = startedAfter(usual(proxy.address(), exactlyOnce), 5);

        proxy.stall();
        lane.allow(8);
        await().during(Duration.ofMillis(300)).until(() -> lane.acknowledged() == 5);
        proxy.heal();

        lane.awaitEverything();
        assertThat(lane.failures()).isEmpty();
        new Rows(topic, batches).assertEachOnce();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldBeSlowWithoutAFailureOnASlowNetwork(boolean exactlyOnce) {
        TestLane lane = startedAfter(usual(proxy.address(), exactlyOnce), 5);

        proxy.slow(10_000);
        lane.awaitEverything();

        assertThat(lane.failures()).isEmpty();
        new Rows(topic, batches).assertEachOnce();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldArriveThroughConnectionsThatBreakAtAnyByte(boolean exactlyOnce) {
        TestLane lane = startedAfter(impatient(proxy.address(), exactlyOnce), 5);

        long before = proxy.accepted();
        proxy.cutWithin(6_000);
        lane.allowAll();
        await().atMost(Duration.ofSeconds(60))
                .until(() -> proxy.accepted() >= before + 15 || lane.acknowledged() == batches.size());
        proxy.heal();

        lane.awaitEverything();
        new Rows(topic, batches).assertHold(exactlyOnce);
    }
}
