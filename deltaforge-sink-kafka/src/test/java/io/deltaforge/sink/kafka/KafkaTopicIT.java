package io.deltaforge.sink.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.sandbox.KafkaBroker;
import io.deltaforge.sandbox.Sandbox;
import io.deltaforge.testkit.context.SettingsDraft;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.common.Node;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** "Topic not found: fails batch; retries", and what makes it found. */
final class KafkaTopicIT extends FailureCase {

    private static KafkaBroker broker;
    private static Admin admin;

    private TopicLog topic;

    @BeforeAll
    static void start() {
        broker = KafkaBroker.builder().autoCreateTopics(false).start();
        admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()));
    }

    @AfterAll
    static void stop() {
        admin.close();
        broker.close();
    }

    @BeforeEach
    void nameTopic() {
        topic = new TopicLog(broker.bootstrapServers(), topicName);
    }

    private SettingsDraft creating(boolean exactlyOnce, Map<String, Object> creation) {
        return impatient(broker.bootstrapServers(), exactlyOnce).set("topic_creation", creation);
    }

    private void delete() throws Exception {
        admin.deleteTopics(List.of(topicName)).all().get(10, TimeUnit.SECONDS);
        await().until(() ->
                !admin.listTopics().names().get(10, TimeUnit.SECONDS).contains(topicName));
        // It is not listed any more before its log is closed, which takes records until then and loses them.
        await().until(() -> !logs().contains(topicName));
    }

    /** The topics that the broker has a log of. */
    private Set<String> logs() throws Exception {
        List<Integer> nodes = admin.describeCluster().nodes().get(10, TimeUnit.SECONDS).stream()
                .map(Node::id)
                .toList();
        return admin.describeLogDirs(nodes).allDescriptions().get(10, TimeUnit.SECONDS).values().stream()
                .flatMap(directories -> directories.values().stream())
                .flatMap(directory -> directory.replicaInfos().keySet().stream())
                .map(TopicPartition::topic)
                .collect(Collectors.toSet());
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldNameTheMissingTopicAndTheThreeWaysOut(boolean exactlyOnce) throws Exception {
        // As users have it: the answer must not take as long as a record may wait for its topic.
        TestLane lane = start(usual(broker.bootstrapServers(), exactlyOnce), batches.size());
        lane.awaitFailures(2);

        assertRetried(lane.failures(), "TOPIC_MISSING");
        DeliveryException first = lane.failures().get(0);
        assertThat(first).hasMessageContaining(topicName);
        assertThat(first.remedy().orElseThrow())
                .contains("--create --topic " + topicName, "topic_creation.enabled", "auto.create.topics.enable");
        assertThat(lane.acknowledged()).isZero();

        topic.create(2, Map.of());
        lane.awaitEverything();
        new Rows(topic, batches).assertEachOnce();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldMakeTheTopicBeforeTheFirstRecord(boolean exactlyOnce) throws Exception {
        // With time enough: no failure is to be seen, and a busy machine may need a second.
        TestLane lane = start(
                usual(broker.bootstrapServers(), exactlyOnce)
                        .set("topic_creation", Map.of("enabled", true, "partitions", 3)),
                batches.size());
        lane.awaitEverything();

        assertThat(lane.failures()).isEmpty();
        TopicDescription made = admin.describeTopics(List.of(topicName))
                .topicNameValues()
                .get(topicName)
                .get(10, TimeUnit.SECONDS);
        assertThat(made.partitions()).hasSize(3);
        new Rows(topic, batches).assertEachOnce();
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldLeaveItToBrokersThatMakeTopicsThemselves(boolean exactlyOnce) {
        String brokers = Sandbox.kafka().bootstrapServers();
        TestLane lane = start(usual(brokers, exactlyOnce), batches.size());
        lane.awaitEverything();

        assertThat(lane.failures()).isEmpty();
        new Rows(new TopicLog(brokers, topicName), batches).assertEachOnce();
    }

    @Test
    void shouldStopWhenTheTopicCannotBeMadeAsItIsWanted() {
        TestLane lane = start(creating(false, Map.of("enabled", true, "replication_factor", 2)), batches.size());

        assertFatal(
                lane.awaitEnd(),
                "TOPIC_CREATION",
                topicName,
                "replication_factor = 2",
                "topic_creation.replication_factor");
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldSayThatATopicIsGoneAndGoOnWhenItIsBack(boolean exactlyOnce) throws Exception {
        topic.create(2, Map.of());
        TestLane lane = startedAfter(impatient(broker.bootstrapServers(), exactlyOnce), 5);

        delete();
        lane.allowAll();
        await().until(() ->
                lane.failures().stream().anyMatch(failure -> failure.reason().equals("TOPIC_MISSING")));
        assertRetried(lane.failures(), "TOPIC_MISSING", "BROKER_UNAVAILABLE", "PRODUCER_FAILED", "PRODUCER_STATE_LOST");
        assertThat(lane.acknowledged()).isEqualTo(5);

        topic.create(2, Map.of());
        lane.awaitEverything();
        new Rows(topic, batches.subList(5, batches.size())).assertHold(exactlyOnce);
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void shouldMakeATopicAnewThatWasDeleted(boolean exactlyOnce) throws Exception {
        TestLane lane = startedAfter(creating(exactlyOnce, Map.of("enabled", true, "partitions", 2)), 5);

        delete();
        lane.awaitEverything();

        new Rows(topic, batches.subList(5, batches.size())).assertHold(exactlyOnce);
    }
}
