package io.deltaforge.sink.kafka;

import static io.deltaforge.testkit.event.Events.ORDERS;

import io.deltaforge.api.sink.SinkFactory;
import io.deltaforge.sandbox.KafkaBroker;
import io.deltaforge.sandbox.Sandbox;
import io.deltaforge.testkit.event.TransactionBuilder;
import io.deltaforge.testkit.sink.SinkCapability;
import io.deltaforge.testkit.sink.SinkConformanceTest;
import io.deltaforge.testkit.sink.StoredEvent;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;

/** Runs the suite for sinks on a real broker and a topic of three partitions. */
abstract class KafkaConformance extends SinkConformanceTest {

    private static KafkaBroker broker;

    private TopicLog topic;

    static String brokers() {
        return broker.bootstrapServers();
    }

    @BeforeAll
    static void startBroker() {
        broker = KafkaBroker.builder().autoCreateTopics(false).start();
    }

    @AfterAll
    static void closeBroker() {
        broker.close();
    }

    @Override
    protected void reset() throws Exception {
        topic = new TopicLog(broker.bootstrapServers(), Sandbox.uniqueName("conformance"));
        topic.create(3, Map.of());
    }

    @Override
    protected SinkFactory factory() {
        return new KafkaSinkFactory();
    }

    @Override
    protected Map<String, Object> settings() {
        return Map.of(
                "brokers", broker.bootstrapServers(),
                "topic", topic.name(),
                "send_timeout_secs", 3,
                "client_conf", Map.of("message.timeout.ms", "3000"));
    }

    Map<String, Object> settingsWith(String name, Object value) {
        Map<String, Object> settings = new HashMap<>(settings());
        settings.put(name, value);
        return settings;
    }

    @Override
    protected Map<String, Map<String, Object>> wrongSettings() {
        return Map.of(
                "brokers", settingsWith("brokers", "localhost"),
                "topic", settingsWith("topic", "not a topic"),
                "key", settingsWith("key", "${nothing.known}"),
                "client_conf.transactional.id", settingsWith("client_conf", Map.of("transactional.id", "mine")),
                "client_conf.ackz", settingsWith("client_conf", Map.of("ackz", "all")));
    }

    @Override
    protected List<StoredEvent> stored() {
        return topic.read().stream()
                .map(entry -> new StoredEvent(entry.id(), entry.value().getBytes(StandardCharsets.UTF_8)))
                .toList();
    }

    @Override
    protected Set<SinkCapability> capabilities() {
        return Set.of(SinkCapability.TRUNCATE, SinkCapability.REJECTS_EVENTS, SinkCapability.FAULTS);
    }

    @Override
    protected void addRejected(TransactionBuilder transaction) {
        transaction.create(ORDERS, 2L, "x".repeat(2_000_000));
    }

    @Override
    protected void breakTarget() {
        broker.pause();
    }

    @Override
    protected void mendTarget() {
        broker.resume();
    }
}
