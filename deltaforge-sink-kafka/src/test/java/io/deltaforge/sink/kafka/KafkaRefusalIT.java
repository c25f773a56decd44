package io.deltaforge.sink.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.event.EventId;
import io.deltaforge.sandbox.KafkaBroker;
import io.deltaforge.testkit.context.SettingsDraft;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** "Message too large: fails message permanently", its neighbours never. */
final class KafkaRefusalIT extends FailureCase {

    private static final int LARGE = 10_000;

    private static KafkaBroker broker;

    private final ChangeEvent large = Changes.change(Changes.ORDERS, 2, 1, 1, "x".repeat(LARGE));
    private final List<ChangeEvent> small = new ArrayList<>();
    private final List<EventBatch> mixed = mixed();
    private TopicLog topic;

    @BeforeAll
    static void start() {
        broker = KafkaBroker.builder().autoCreateTopics(false).start();
    }

    @AfterAll
    static void stop() {
        broker.close();
    }

    @BeforeEach
    void createTopic() throws Exception {
        topic = new TopicLog(broker.bootstrapServers(), topicName);
        topic.create(1, Map.of("max.message.bytes", "5000"));
    }

    private List<EventBatch> mixed() {
        List<EventBatch> made = new ArrayList<>();
        for (int tx = 1; tx <= 3; tx++) {
            List<ChangeEvent> events = new ArrayList<>();
            for (int ordinal = 0; ordinal < 3; ordinal++) {
                boolean isLarge = tx == 2 && ordinal == 1;
                ChangeEvent event =
                        isLarge ? large : Changes.change(Changes.ORDERS, tx, ordinal, ordinal, "note " + tx);
                events.add(event);
                if (!isLarge) {
                    small.add(event);
                }
            }
            made.add(Changes.batch(tx, events.toArray(ChangeEvent[]::new)));
        }
        return made;
    }

    /** Small batches, since the broker judges a batch by its size. */
    private SettingsDraft settings(boolean exactlyOnce) {
        return usual(broker.bootstrapServers(), exactlyOnce)
                .put("client_conf", "compression.type", "none")
                .put("client_conf", "batch.size", 2_000);
    }

    @ParameterizedTest
    @CsvSource({
        "message.max.bytes, 4000,  false", "message.max.bytes, 4000,  true", "buffer.memory,     8000,  false",
        "buffer.memory,     8000,  true", "retries,           1000,  false", "retries,           1000,  true"
    })
    void shouldPutTheLargeOneAsideAndDeliverItsNeighbours(String limit, int value, boolean exactlyOnce) {
        TestLane lane = start(settings(exactlyOnce).put("client_conf", limit, value), mixed);
        lane.awaitEverything();

        assertThat(lane.failures()).isEmpty();
        assertThat(context.putAside()).containsOnlyKeys(EventId.of(large));
        assertThat(context.putAside().values()).singleElement().satisfies(reason -> {
            assertThat(reason.kind()).isEqualTo(ErrorKind.RECORD);
            assertThat(reason.reason()).isEqualTo("MESSAGE_TOO_LARGE");
            assertThat(reason.remedy().orElseThrow()).contains("max.request.size", "max.message.bytes");
        });
        assertThat(topic.read())
                .extracting(TopicLog.Entry::id)
                .isEqualTo(small.stream().map(EventId::of).toList());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldStopNamingTheEventWhenNobodyTakesDeadLetters(boolean exactlyOnce) {
        context.refuseDeadLetters();
        TestLane lane = start(settings(exactlyOnce), mixed);

        DeliveryException failure = lane.awaitEnd();

        assertThat(failure.kind()).isEqualTo(ErrorKind.FATAL);
        assertThat(failure.reason()).isEqualTo("MESSAGE_TOO_LARGE");
        assertThat(failure).hasMessageContaining(EventId.of(large).toString());
        assertThat(lane.acknowledged()).as("what came before").isLessThanOrEqualTo(1);
        assertThat(topic.read()).extracting(TopicLog.Entry::id).doesNotContain(EventId.of(large));
    }
}
