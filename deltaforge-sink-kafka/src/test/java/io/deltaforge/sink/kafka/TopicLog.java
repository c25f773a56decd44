package io.deltaforge.sink.kafka;

import static org.awaitility.Awaitility.await;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.StringDeserializer;

/** One topic, created and read back by means of its own. */
record TopicLog(String brokers, String name) {

    /** What stands in the topic. */
    record Entry(UUID id, String key, String value, int partition) {}

    private static final Duration READ_LIMIT = Duration.ofSeconds(20);

    void create(int partitions, Map<String, String> settings) throws Exception {
        try (Admin admin = Admin.create(Map.of("bootstrap.servers", brokers))) {
            NewTopic topic = new NewTopic(name, Optional.of(partitions), Optional.of((short) 1)).configs(settings);
            admin.createTopics(List.of(topic)).all().get(20, TimeUnit.SECONDS);
            // The controller has answered; the broker may not have heard of it.
            await().ignoreExceptions().until(() -> admin.describeTopics(List.of(name))
                    .allTopicNames()
                    .get(20, TimeUnit.SECONDS)
                    .containsKey(name));
        }
    }

    /** Returns everything committed up to the end, partition by partition in the order of each. */
    List<Entry> read() {
        Map<String, Object> settings = Map.of("bootstrap.servers", brokers, "isolation.level", "read_committed");
        Map<Integer, List<Entry>> byPartition = new LinkedHashMap<>();
        try (KafkaConsumer<String, String> consumer =
                new KafkaConsumer<>(settings, new StringDeserializer(), new StringDeserializer())) {
            List<TopicPartition> partitions = consumer.partitionsFor(name).stream()
                    .map(info -> new TopicPartition(name, info.partition()))
                    .toList();
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            long deadline = System.nanoTime() + READ_LIMIT.toNanos();
            while (!ends.entrySet().stream().allMatch(end -> consumer.position(end.getKey()) >= end.getValue())) {
                if (System.nanoTime() > deadline) {
                    throw new AssertionError("cannot read " + name + " up to " + ends);
                }
                for (ConsumerRecord<String, String> found : consumer.poll(Duration.ofMillis(100))) {
                    byPartition
                            .computeIfAbsent(found.partition(), partition -> new ArrayList<>())
                            .add(entry(found));
                }
            }
        }
        List<Entry> all = new ArrayList<>();
        byPartition.values().forEach(all::addAll);
        return all;
    }

    private static Entry entry(ConsumerRecord<String, String> found) {
        byte[] id = found.headers().lastHeader("df-event-id").value();
        return new Entry(
                UUID.fromString(new String(id, StandardCharsets.US_ASCII)),
                found.key(),
                found.value(),
                found.partition());
    }

    /** Returns everything up to the end by key; fails where a key stands in two partitions. */
    Map<String, List<Entry>> readByKey() {
        Map<String, List<Entry>> byKey = new LinkedHashMap<>();
        for (Entry entry : read()) {
            List<Entry> entries = byKey.computeIfAbsent(entry.key(), key -> new ArrayList<>());
            if (!entries.isEmpty() && entries.get(0).partition() != entry.partition()) {
                throw new AssertionError("key " + entry.key() + " stands in two partitions");
            }
            entries.add(entry);
        }
        return byKey;
    }
}
