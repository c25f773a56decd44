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
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.locks.LockSupport;
import org.apache.kafka.clients.admin.Admin;
import org.apache.kafka.clients.admin.ListOffsetsResult.ListOffsetsResultInfo;
import org.apache.kafka.clients.admin.NewTopic;
import org.apache.kafka.clients.admin.OffsetSpec;
import org.apache.kafka.clients.admin.TopicDescription;
import org.apache.kafka.clients.consumer.Consumer;
import org.apache.kafka.clients.consumer.ConsumerRecord;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.common.KafkaFuture;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.config.ConfigResource;
import org.apache.kafka.common.config.TopicConfig;
import org.apache.kafka.common.errors.TopicExistsException;
import org.apache.kafka.common.errors.UnknownTopicOrPartitionException;

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
     * @param timeoutNanos how long one question may take
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
    void prepare(Admin admin) {
        Optional<TopicDescription> found = describe(admin);
        if (found.isEmpty()) {
            create(admin);
        } else if (found.get().partitions().size() != 1) {
            throw unfit("has " + found.get().partitions().size() + " partitions, and must have one");
        } else {
            checkCleanup(admin);
        }
    }

    private Optional<TopicDescription> describe(Admin admin) {
        try {
            return Optional.of(
                    answer(admin.describeTopics(List.of(name)).topicNameValues().get(name)));
        } catch (ExecutionException e) {
            if (e.getCause() instanceof UnknownTopicOrPartitionException) {
                return Optional.empty();
            }
            throw failed("asking for", e.getCause());
        }
    }

    private void create(Admin admin) {
        NewTopic topic = new NewTopic(name, Optional.of(1), Optional.empty()).configs(TOPIC_SETTINGS);
        try {
            answer(admin.createTopics(List.of(topic)).all());
        } catch (ExecutionException e) {
            if (!(e.getCause() instanceof TopicExistsException)) {
                throw failed("making", e.getCause());
            }
        }
        awaitVisible(admin);
    }

    /** A broker may be asked before it has heard of the topic. */
    private void awaitVisible(Admin admin) {
        long deadline = System.nanoTime() + timeoutNanos;
        while (describe(admin).isEmpty()) {
            if (System.nanoTime() - deadline > 0) {
                throw failed("making", new UnknownTopicOrPartitionException("it was made and is not seen"));
            }
            LockSupport.parkNanos(POLL.toNanos() / 5);
        }
    }

    /** A topic that drops what is old would drop the position of a table at rest. */
    private void checkCleanup(Admin admin) {
        ConfigResource resource = new ConfigResource(ConfigResource.Type.TOPIC, name);
        try {
            String policy = answer(
                            admin.describeConfigs(List.of(resource)).values().get(resource))
                    .get(TopicConfig.CLEANUP_POLICY_CONFIG)
                    .value();
            if (!policy.equals(TopicConfig.CLEANUP_POLICY_COMPACT)) {
                throw unfit("has cleanup.policy=" + policy + ", and must have compact: it would forget the position");
            }
        } catch (ExecutionException e) {
            if (ErrorTable.reaction(e.getCause()).kind() != ErrorKind.FATAL) {
                throw failed("asking for the settings of", e.getCause());
            }
            // Without the right to see the settings, the topic is taken as its owner has made it.
        }
    }

    /**
     * Reads the last position that is committed. To be called when every other producer of this sink is fenced.
     *
     * @param consumer reads committed records, belongs to no group, and is not used for anything else
     * @return the position with where it was found, or empty when there never was one
     * @throws DeliveryException when it cannot be read for certain
     */
    Optional<PositionRecord> read(Admin admin, Consumer<byte[], byte[]> consumer) {
        try {
            long begin = offset(admin, OffsetSpec.earliest());
            long end = offset(admin, OffsetSpec.latest());
            consumer.assign(List.of(partition));
            for (long tail = TAIL; ; tail *= 16) {
                long from = Math.max(begin, end - tail);
                Optional<PositionRecord> last = lastBetween(consumer, from, end);
                if (last.isPresent() || from == begin) {
                    return last;
                }
            }
        } catch (ExecutionException e) {
            throw failed("reading", e.getCause());
        } catch (org.apache.kafka.common.KafkaException e) {
            throw failed("reading", e);
        }
    }

    private long offset(Admin admin, OffsetSpec spec) throws ExecutionException {
        KafkaFuture<ListOffsetsResultInfo> result =
                admin.listOffsets(Map.of(partition, spec)).partitionResult(partition);
        return answer(result).offset();
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

    private <T> T answer(KafkaFuture<T> future) throws ExecutionException {
        try {
            return future.get(timeoutNanos, TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new ExecutionException(new org.apache.kafka.common.errors.TimeoutException(
                    "no answer within " + TimeUnit.NANOSECONDS.toMillis(timeoutNanos) + " ms", e));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new DeliveryException(
                    ErrorKind.RETRIABLE, "INTERRUPTED", "interrupted while asking for topic " + name, e);
        }
    }

    private DeliveryException failed(String doing, Throwable error) {
        return ErrorTable.classify(doing + " the topic of positions " + name + " failed", error);
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
