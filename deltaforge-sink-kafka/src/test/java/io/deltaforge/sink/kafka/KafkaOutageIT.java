package io.deltaforge.sink.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.sandbox.KafkaBroker;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** "Broker unavailable: retries with backoff; blocks checkpoint." */
final class KafkaOutageIT extends FailureCase {

    private static final int DELIVERY_TIMEOUTS = 3;
    private static final String[] GONE = {"BROKER_UNAVAILABLE", "PRODUCER_FAILED", "PRODUCER_STATE_LOST"};

    private static KafkaBroker broker;

    @BeforeAll
    static void startBroker() {
        broker = KafkaBroker.builder().autoCreateTopics(false).start();
    }

    @AfterAll
    static void closeBroker() {
        broker.close();
    }

    @BeforeEach
    void createTopics() throws Exception {
        for (TopicLog topic : bothTopics(broker.bootstrapServers())) {
            topic.create(3, Map.of());
        }
    }

    @Test
    void shouldWaitForBrokersThatAreDownAtTheStart() {
        broker.kill();
        List<Side> sides = startBoth(this::impatient, broker.bootstrapServers(), batches.size());
        for (Side side : sides) {
            side.lane().awaitFailures(2);
            assertRetried(side.lane().failures(), "BROKER_UNAVAILABLE");
            assertThat(side.lane().failures().get(0)).hasMessageContaining(broker.bootstrapServers());
            assertThat(side.lane().acknowledged()).isZero();
        }

        broker.restart();
        assertBothDeliver(sides);
    }

    @Test
    void shouldGoOnAfterAnOutageOfMoreThanThreeDeliveryTimeouts() {
        List<Side> sides = startBothAfter(this::impatient, broker.bootstrapServers(), 5);

        broker.kill();
        sides.forEach(side -> side.lane().allowAll());
        for (Side side : sides) {
            side.lane().awaitFailures(DELIVERY_TIMEOUTS);
            assertRetried(side.lane().failures(), GONE);
            assertThat(side.lane().acknowledged())
                    .as("nothing counts as delivered")
                    .isEqualTo(5);
        }

        broker.restart();
        assertBothDeliver(sides);
    }
}
