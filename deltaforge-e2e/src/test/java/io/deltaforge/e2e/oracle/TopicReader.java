package io.deltaforge.e2e.oracle;

import java.time.Duration;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads topics from their start, going on where it left off, without a consumer group. Not thread-safe. */
public final class TopicReader implements AutoCloseable {

    private static final Duration POLL = Duration.ofMillis(200);

    private final KafkaConsumer<byte[], byte[]> consumer;
    private final List<String> topics;
    private final Map<TopicPartition, Long> positions = new HashMap<>();

    /**
     * @param bootstrapServers the brokers
     * @param topics the topics, which may appear later
     */
    public TopicReader(String bootstrapServers, List<String> topics) {
        this.topics = List.copyOf(topics);
        this.consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG, bootstrapServers,
                        ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG, "false",
                        ConsumerConfig.AUTO_OFFSET_RESET_CONFIG, "earliest",
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG, "5000",
                        ConsumerConfig.MAX_PARTITION_FETCH_BYTES_CONFIG, "4194304",
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG, "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
    }

    /** Returns where each partition ends now. */
    public Map<TopicPartition, Long> ends() {
        return Map.copyOf(consumer.endOffsets(assign()));
    }

    private Set<TopicPartition> assign() {
        Map<String, List<PartitionInfo>> known = consumer.listTopics();
        Set<TopicPartition> assigned = new HashSet<>();
        for (String topic : topics) {
            known.getOrDefault(topic, List.of())
                    .forEach(info -> assigned.add(new TopicPartition(topic, info.partition())));
        }
        if (!assigned.equals(consumer.assignment())) {
            consumer.assign(assigned);
            assigned.forEach(partition -> consumer.seek(partition, positions.getOrDefault(partition, 0L)));
        }
        return assigned;
    }

    /** Hands over everything that is there now and was not handed over before; returns how many records that were. */
    public long read(Consumer<ConsumerRecord<byte[], byte[]>> each) {
        Map<TopicPartition, Long> ends = ends();
        long count = 0;
        // Not the offset behind the last record: the markers of transactions have offsets, too.
        while (ends.entrySet().stream().anyMatch(end -> consumer.position(end.getKey()) < end.getValue())) {
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                each.accept(record);
                count++;
            }
        }
        ends.keySet().forEach(partition -> positions.put(partition, consumer.position(partition)));
        return count;
    }

    @Override
    public void close() {
        consumer.close();
    }
}
