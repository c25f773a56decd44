package io.deltaforge.e2e.quickstart;

import static java.util.Objects.requireNonNull;

import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import java.util.stream.Stream;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/** Reads the shop's topics from their beginning, as any consumer would. Blocks; not thread-safe. */
final class EventReader implements AutoCloseable {
    private final KafkaConsumer<byte[], byte[]> consumer;
    private final EventParser parser = new EventParser();
    private final List<TopicPartition> partitions;

    /**
     * Attaches to all partitions of the shop's topics.
     *
     * @param bootstrapServers the broker
     * @param partitionsPerTopic how many partitions each topic has
     */
    EventReader(String bootstrapServers, int partitionsPerTopic) {
        consumer = new KafkaConsumer<>(
                Map.of(
                        "bootstrap.servers", bootstrapServers,
                        "enable.auto.commit", "false",
                        "allow.auto.create.topics", "false",
                        "isolation.level", "read_committed"),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer());
        partitions = Stream.of(ShopTable.values())
                .flatMap(table -> Stream.iterate(0, partition -> partition + 1)
                        .limit(partitionsPerTopic)
                        .map(partition -> new TopicPartition(table.topic(), partition)))
                .toList();
        consumer.assign(partitions);
        consumer.seekToBeginning(partitions);
    }

    /**
     * Returns what has arrived.
     *
     * @param wait for how long to wait for a first event
     * @param malformed gets what is wrong with a record that is no event of the shop
     */
    List<SeenEvent> poll(Duration wait, Consumer<String> malformed) {
        requireNonNull(malformed, "malformed is null");
        List<SeenEvent> events = new ArrayList<>();
        var records = consumer.poll(wait);
        long now = System.currentTimeMillis();
        for (ConsumerRecord<byte[], byte[]> each : records) {
            try {
                events.add(parser.parse(each, now));
            } catch (EventFormatException e) {
                malformed.accept(each.topic() + "-" + each.partition() + "@" + each.offset() + ": " + e.getMessage());
            }
        }
        return events;
    }

    /** Tells whether nothing is left to read right now. */
    boolean isAtEnd() {
        return consumer.endOffsets(partitions).entrySet().stream()
                .allMatch(end -> consumer.position(end.getKey()) >= end.getValue());
    }

    @Override
    public void close() {
        consumer.close();
    }
}
