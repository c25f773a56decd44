package io.deltaforge.sink.kafka;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;

/**
 * The compacted topic of one partition in which one sink keeps its position. It belongs to one pipeline and sink alone.
 *
 * <p>The last position is read up to the high watermark, taken after the producer has fenced every other one: a consumer's
 * own idea of the end, the last stable offset, may lie before a transaction that is committed and not yet marked.
 */
final class PositionsTopic {

    /** What the names of all such topics begin with; events never go into them. */
    static final String PREFIX = "deltaforge.positions.";

    /** How much of the end is read at first: a transaction takes two offsets, a record and its marker. */
    private static final long TAIL = 64;

    private static final Duration POLL = Duration.ofMillis(100);

    /** Kept for a day before compaction takes it, so that what happened can be looked at. */
    private static final Map<String, String> TOPIC_SETTINGS = Map.of(
            TopicConfig.CLEANUP_POLICY_CONFIG, TopicConfig.CLEANUP_POLICY_COMPACT,
            TopicConfig.MIN_COMPACTION_LAG_MS_CONFIG, Long.toString(TimeUnit.DAYS.toMillis(1)),
            TopicConfig.SEGMENT_BYTES_CONFIG, Integer.toString(64 << 20));

    private final String name;
    private final TopicPartition partition;
    private final byte[] key;
    private final long timeoutNanos;

    /**
     * Names the topic.
     *
     * @param pipeline the pipeline
     * @param sink the sink
     * @param timeoutNanos how long it may take to read the position
     */
    PositionsTopic(String pipeline, String sink, long timeoutNanos) {
        this.name = PREFIX + requireNonNull(pipeline, "pipeline is null") + "." + requireNonNull(sink, "sink is null");
        this.partition = new TopicPartition(name, 0);
        this.key = (pipeline + "/" + sink).getBytes(StandardCharsets.UTF_8);
        this.timeoutNanos = timeoutNanos;
    }

    String name() {
        return name;
    }

    /** Returns what is sent to move the position. */
    ProducerRecord<byte[], byte[]> record(PositionRecord position) {
        return new ProducerRecord<>(name, 0, key, position.toBytes());
    }

    /**
     * Makes the topic if it is not there, and checks it.
     *
     * @throws DeliveryException when it cannot be used
     */
    void prepare(BrokerAdmin brokers) {
        Optional<TopicDescription> found = brokers.topic(name);
        if (found.isEmpty()) {
            brokers.create(
                    new NewTopic(name, Optional.of(1), Optional.empty()).configs(TOPIC_SETTINGS),
                    "making the topic of positions " + name + " failed");
        } else if (found.get().partitions().size() != 1) {
            throw unfit("has " + found.get().partitions().size() + " partitions, and must have one");
        } else {
            checkCleanup(brokers);
        }
    }

    /** A topic that drops what is old would drop the position of a table at rest. One that is not told is taken as it is. */
    private void checkCleanup(BrokerAdmin brokers) {
        String compact = TopicConfig.CLEANUP_POLICY_COMPACT;
        String policy = brokers.setting(ConfigResource.Type.TOPIC, name, TopicConfig.CLEANUP_POLICY_CONFIG)
                .orElse(compact);
        if (!policy.equals(compact)) {
            throw unfit("has cleanup.policy=" + policy + ", and must have compact: it would forget the position");
        }
    }

    /**
     * Reads the last position that is committed. To be called when every other producer of this sink is fenced.
     *
     * @param consumer reads committed records, belongs to no group, and is not used for anything else
     * @return the position with where it was found, or empty when there never was one
     * @throws DeliveryException when it cannot be read for certain
     */
    Optional<PositionRecord> read(BrokerAdmin brokers, Consumer<byte[], byte[]> consumer) {
        try {
            long begin = offset(brokers, OffsetSpec.earliest());
            long end = offset(brokers, OffsetSpec.latest());
            consumer.assign(List.of(partition));
            for (long tail = TAIL; ; tail *= 16) {
                long from = Math.max(begin, end - tail);
                Optional<PositionRecord> last = lastBetween(consumer, from, end);
                if (last.isPresent() || from == begin) {
                    return last;
                }
            }
        } catch (org.apache.kafka.common.KafkaException e) {
            throw ErrorTable.classify(readingFailed(), e);
        }
    }

    private long offset(BrokerAdmin brokers, OffsetSpec spec) {
        return brokers.answer(
                        admin -> admin.listOffsets(Map.of(partition, spec)).partitionResult(partition), readingFailed())
                .offset();
    }

    private Optional<PositionRecord> lastBetween(Consumer<byte[], byte[]> consumer, long from, long end) {
        consumer.seek(partition, from);
        ConsumerRecord<byte[], byte[]> last = null;
        long deadline = System.nanoTime() + timeoutNanos;
        while (consumer.position(partition) < end) {
            if (System.nanoTime() - deadline > 0) {
                throw new DeliveryException(
                        ErrorKind.RETRIABLE,
                        "POSITION_BLOCKED",
                        "the position in topic " + name + " cannot be read: a transaction at offset "
                                + consumer.position(partition) + " is neither committed nor aborted",
                        "find the transaction with kafka-transactions.sh find-hanging, and abort it",
                        null);
            }
            for (ConsumerRecord<byte[], byte[]> record : consumer.poll(POLL)) {
                if (record.offset() < end && Arrays.equals(record.key(), key)) {
                    last = record;
                }
            }
        }
        return Optional.ofNullable(last)
                .map(found -> PositionRecord.parse(name + " at offset " + found.offset(), found.value()));
    }

    private String readingFailed() {
        return "reading the topic of positions " + name + " failed";
    }

    private DeliveryException unfit(String why) {
        return new DeliveryException(
                ErrorKind.FATAL,
                "POSITIONS_TOPIC",
                "the topic of positions " + name + " " + why,
                "mend the topic, or delete it while the pipeline is new and has delivered nothing",
                null);
    }
}
