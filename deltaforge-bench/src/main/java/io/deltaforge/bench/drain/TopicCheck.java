package io.deltaforge.bench.drain;

import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.BitSet;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import org.apache.kafka.clients.consumer.ConsumerConfig;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.consumer.ConsumerRecords;
import org.apache.kafka.clients.consumer.KafkaConsumer;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArrayDeserializer;

/**
 * Reads a topic from the beginning and holds it against what was committed: every row exactly once, under its own key, and
 * every event id once.
 */
final class TopicCheck {

    private final String bootstrapServers;

    TopicCheck(String bootstrapServers) {
        this.bootstrapServers = bootstrapServers;
    }

    /**
     * Checks a topic.
     *
     * @return the bytes of all values
     * @throws IllegalStateException naming the first difference
     */
    long verify(String topic, int events) {
        BitSet rows = new BitSet(events + 1);
        long[] ids = new long[events];
        int count = 0;
        long bytes = 0;
        try (KafkaConsumer<byte[], byte[]> consumer = new KafkaConsumer<>(
                Map.of(
                        ConsumerConfig.BOOTSTRAP_SERVERS_CONFIG,
                        bootstrapServers,
                        ConsumerConfig.ALLOW_AUTO_CREATE_TOPICS_CONFIG,
                        false,
                        ConsumerConfig.ISOLATION_LEVEL_CONFIG,
                        "read_committed",
                        ConsumerConfig.MAX_POLL_RECORDS_CONFIG,
                        10_000),
                new ByteArrayDeserializer(),
                new ByteArrayDeserializer())) {
            List<TopicPartition> partitions = new ArrayList<>();
            for (PartitionInfo partition : consumer.partitionsFor(topic)) {
                partitions.add(new TopicPartition(topic, partition.partition()));
            }
            consumer.assign(partitions);
            consumer.seekToBeginning(partitions);
            Map<TopicPartition, Long> ends = consumer.endOffsets(partitions);
            while (partitions.stream().anyMatch(partition -> consumer.position(partition) < ends.get(partition))) {
                ConsumerRecords<byte[], byte[]> records = consumer.poll(Duration.ofSeconds(10));
                for (ConsumerRecord<byte[], byte[]> polled : records) {
                    if (count == events) {
                        throw new IllegalStateException(topic + " holds more than the " + events + " events committed");
                    }
                    note(topic, events, polled, rows);
                    ids[count++] = idHash(polled);
                    bytes += polled.value().length;
                }
            }
        }
        int missing = rows.nextClearBit(1);
        if (count != events || missing <= events) {
            throw new IllegalStateException(
                    topic + " holds " + count + " of " + events + " events; the first row missing is " + missing);
        }
        refuseEqual(topic, ids);
        return bytes;
    }

    private static void note(String topic, int events, ConsumerRecord<byte[], byte[]> polled, BitSet rows) {
        String key = new String(polled.key(), StandardCharsets.US_ASCII);
        int id = Integer.parseInt(key.replaceAll("\\D", ""));
        if (id < 1 || id > events || !key.equals("{\"id\":" + id + "}")) {
            throw new IllegalStateException(topic + " holds a row that was never committed: " + key);
        }
        if (rows.get(id)) {
            throw new IllegalStateException(topic + " holds row " + id + " twice");
        }
        rows.set(id);
        String value = new String(polled.value(), StandardCharsets.UTF_8);
        if (!value.startsWith("{\"before\":null,\"after\":{\"id\":" + id + ",")) {
            throw new IllegalStateException(topic + " holds under key " + key + " another row: " + value);
        }
    }

    /** 64 bits of an id: two of a million different ids fall together in one of 36 million runs. */
    private static long idHash(ConsumerRecord<byte[], byte[]> polled) {
        UUID id = UUID.fromString(
                new String(polled.headers().lastHeader("df-event-id").value(), StandardCharsets.US_ASCII));
        return (id.getMostSignificantBits() * 0x9E3779B97F4A7C15L) ^ id.getLeastSignificantBits();
    }

    private static void refuseEqual(String topic, long[] ids) {
        Arrays.sort(ids);
        for (int i = 1; i < ids.length; i++) {
            if (ids[i] == ids[i - 1]) {
                throw new IllegalStateException(topic + " holds two events with one id");
            }
        }
    }
}
