package io.deltaforge.sandbox;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.clients.producer.KafkaProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;
import org.apache.kafka.common.serialization.StringSerializer;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

final class KafkaBrokerIT {
    @TempDir
    private static Path directory;

    private static KafkaBroker broker;

    @BeforeAll
    static void startBroker() {
        broker = KafkaBroker.builder()
                .jvmOption("-Xlog:class+load:file=" + directory.resolve("classes.txt"))
                .start();
    }

    @AfterAll
    static void closeBroker() {
        ProcessHandle process = ProcessHandle.of(broker.pid()).orElseThrow();
        broker.close();

        assertThat(broker.dataDirectory()).doesNotExist();
        assertThat(ProcessTree.isRunning(process)).isFalse();
    }

    @Test
    void shouldLoadTheBrokersClassesFromAnArchive() throws Exception {
        assertThat(Files.readAllLines(directory.resolve("classes.txt")))
                .anyMatch(line -> line.contains("kafka.server.BrokerServer source: shared objects file (top)"));
    }

    @Test
    void shouldDeliverWhatWasProducedInATransaction() throws Exception {
        try (KafkaProducer<String, String> producer = producer(Map.of("transactional.id", "t1"))) {
            producer.initTransactions();
            producer.beginTransaction();
            producer.send(new ProducerRecord<>("transactions", "k", "v")).get(10, TimeUnit.SECONDS);
            producer.commitTransaction();
        }

        assertThat(consume("transactions", 1)).containsExactly("v");
    }

    @Test
    void shouldBeFormattedWithTransactionVersion2() throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", broker.bootstrapServers()))) {
            var features = admin.describeFeatures().featureMetadata().get(10, TimeUnit.SECONDS);

            assertThat(features.finalizedFeatures().get("transaction.version").maxVersionLevel())
                    .isEqualTo((short) 2);
        }
    }

    @Test
    void shouldKeepAcknowledgedRecordsWhenKilledAndServeThemOnTheSamePort() throws Exception {
        int port = broker.port();
        long pid = broker.pid();
        try (KafkaProducer<String, String> producer = producer(Map.of())) {
            producer.send(new ProducerRecord<>("kept", "before")).get(10, TimeUnit.SECONDS);

            broker.kill();
            assertThat(broker.isRunning()).isFalse();
            broker.restart();

            assertThat(broker.port()).isEqualTo(port);
            assertThat(broker.pid()).isNotEqualTo(pid);
            producer.send(new ProducerRecord<>("kept", "after")).get(30, TimeUnit.SECONDS);
        }
        assertThat(consume("kept", 2)).containsExactly("before", "after");
    }

    @Test
    void shouldNotAnswerWhilePausedAndAnswerTheSameRequestAfterwards() throws Exception {
        try (KafkaProducer<String, String> producer = producer(Map.of())) {
            producer.send(new ProducerRecord<>("paused", "1")).get(10, TimeUnit.SECONDS);

            broker.pause();
            Future<RecordMetadata> answer = producer.send(new ProducerRecord<>("paused", "2"));
            assertThatThrownBy(() -> answer.get(300, TimeUnit.MILLISECONDS)).isInstanceOf(TimeoutException.class);

            broker.resume();
            assertThat(answer.get(10, TimeUnit.SECONDS).offset()).isEqualTo(1);
        }
        assertThat(broker.cpuSeconds()).isPositive();
    }

    @Test
    void shouldLeadClientsThroughTheProxyOfAListener() throws Exception {
        try (FaultProxy proxy = FaultProxy.start(1);
                KafkaBroker behind =
                        KafkaBroker.builder().listener("EDGE", proxy).start();
                KafkaProducer<String, String> producer = new KafkaProducer<>(
                        Map.of("bootstrap.servers", behind.bootstrapServers("EDGE")),
                        new StringSerializer(),
                        new StringSerializer())) {
            assertThat(behind.bootstrapServers("EDGE")).isEqualTo(proxy.address());
            producer.send(new ProducerRecord<>("proxied", "1")).get(10, TimeUnit.SECONDS);

            proxy.stall();
            Future<RecordMetadata> answer = producer.send(new ProducerRecord<>("proxied", "2"));
            assertThatThrownBy(() -> answer.get(300, TimeUnit.MILLISECONDS))
                    .as("no way leads around the proxy")
                    .isInstanceOf(TimeoutException.class);

            proxy.heal();
            assertThat(answer.get(10, TimeUnit.SECONDS).offset()).isEqualTo(1);
        }
    }

    @Test
    void shouldRefuseAPortThatIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            KafkaBroker.Builder builder = KafkaBroker.builder().port(taken.getLocalPort());

            assertThatThrownBy(builder::start)
                    .isInstanceOf(SandboxException.class)
                    .hasMessageContaining("port " + taken.getLocalPort() + " on 127.0.0.1 is taken");
        }
    }

    @Test
    void shouldShowTheLogOfABrokerThatDoesNotStart() {
        KafkaBroker.Builder builder = KafkaBroker.builder().property("num.io.threads", "none");

        assertThatThrownBy(builder::start)
                .isInstanceOf(SandboxException.class)
                .hasMessageContaining("before it was ready")
                .hasMessageContaining("num.io.threads");
    }

    private static KafkaProducer<String, String> producer(Map<String, String> more) {
        Map<String, Object> configuration = new java.util.HashMap<>(more);
        configuration.put("bootstrap.servers", broker.bootstrapServers());
        return new KafkaProducer<>(configuration, new StringSerializer(), new StringSerializer());
    }

    private static List<String> consume(String topic, int count) {
        Map<String, Object> configuration = Map.of(
                "bootstrap.servers", broker.bootstrapServers(),
                "isolation.level", "read_committed",
                "auto.offset.reset", "earliest");
        List<String> values = new java.util.ArrayList<>();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(configuration, new StringDeserializer(), new StringDeserializer())) {
            consumer.assign(List.of(new TopicPartition(topic, 0)));
            long deadline = System.nanoTime() + Duration.ofSeconds(20).toNanos();
            while (values.size() < count && System.nanoTime() < deadline) {
                for (ConsumerRecord<String, String> record : consumer.poll(Duration.ofMillis(100))) {
                    values.add(record.value());
                }
            }
        }
        return values;
    }
}
