package io.deltaforge.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.Test;

final class KafkaClusterIT {

    @Test
    void shouldGoOnWithoutItsLeaderAndTakeItBack() throws Exception {
        try (KafkaCluster cluster = KafkaCluster.start(3);
                Admin admin = Admin.create(Map.of("bootstrap.servers", cluster.bootstrapServers()));
                KafkaProducer<String, String> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", cluster.bootstrapServers()),
                        new StringSerializer(),
                        new StringSerializer())) {
            admin.createTopics(List.of(new NewTopic("spared", Optional.of(1), Optional.empty())))
                    .all()
                    .get(20, TimeUnit.SECONDS);
            producer.send(new ProducerRecord<>("spared", "before")).get(20, TimeUnit.SECONDS);
            KafkaBroker leader = cluster.leader("spared", 0);

            leader.kill();

            assertThat(producer.send(new ProducerRecord<>("spared", "without it"))
                            .get(30, TimeUnit.SECONDS)
                            .offset())
                    .isEqualTo(1);
            assertThat(cluster.leader("spared", 0).nodeId()).isNotEqualTo(leader.nodeId());
            leader.restart();
            await().atMost(Duration.ofSeconds(30)).until(() -> cluster.inSync("spared", 0) == 3);
        }
    }
}
