package io.deltaforge.sink.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.deltaforge.sandbox.KafkaBroker;
import io.deltaforge.sandbox.KafkaCluster;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.common.ElectionType;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** "Leader election: automatic retry after metadata refresh", with three brokers of which one dies. */
final class KafkaClusterIT extends FailureCase {

    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private static KafkaCluster cluster;
    private static Admin admin;

    @BeforeAll
    static void start() {
        cluster = KafkaCluster.start(3);
        admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()));
    }

    @AfterAll
    static void stop() {
        admin.close();
        cluster.close();
    }

    @Test
    void shouldNotNoticeThatALeaderDiesAndThatItLeadsAgain() throws Exception {
        List<TopicLog> topics = bothTopics(cluster.bootstrapServers());
        admin.createTopics(topics.stream()
                        .map(topic -> new NewTopic(topic.name(), Optional.of(1), Optional.empty()))
                        .toList())
                .all()
                .get(20, TimeUnit.SECONDS);
        List<Side> sides = startBothAfter(this::usual, cluster.bootstrapServers(), 5);
        // Of the topic of the exactly-once sink; the other may have the same leader or not.
        String topic = topics.get(1).name();

        KafkaBroker leader = cluster.leader(topic, 0);
        leader.kill();
        sides.forEach(side -> side.lane().allow(15));
        sides.forEach(side -> side.lane().awaitAcknowledged(15));
        assertThat(cluster.leader(topic, 0).nodeId()).isNotEqualTo(leader.nodeId());

        leader.restart();
        await().atMost(PATIENCE).until(() -> cluster.inSync(topic, 0) == 3);
        sides.forEach(side -> side.lane().allow(20));
        admin.electLeaders(ElectionType.PREFERRED, Set.of(new TopicPartition(topic, 0)))
                .all()
                .get(20, TimeUnit.SECONDS);
        sides.forEach(side -> side.lane().awaitEverything());

        assertThat(cluster.leader(topic, 0).nodeId()).isEqualTo(leader.nodeId());
        for (Side side : sides) {
            assertThat(side.lane().failures()).isEmpty();
            new Rows(side.topic(), batches).assertEachOnce();
        }
    }
}
