package io.deltaforge.sink.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.clients.producer.RoundRobinPartitioner;
import org.apache.kafka.common.Cluster;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.PartitionInfo;
import org.apache.kafka.common.TopicPartition;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A producer whose records are acknowledged or refused by the test, in any order. As the real one does, it completes a
 * result only after the callback has returned, and refuses everything left when it is closed at once.
 */
final class ManualProducer extends MockProducer<byte[], byte[]> {

    private record Pending(Callback callback, CompletableFuture<RecordMetadata> result) {}

    private final List<ProducerRecord<byte[], byte[]>> sent = new ArrayList<>();
    private final List<Pending> pending = new ArrayList<>();
    private final List<Duration> closedWithin = new ArrayList<>();
    private RuntimeException refusal;
    private RuntimeException thrown;
    private int attempts;
    private boolean interruptedWhileClosing;

    ManualProducer(int partitions, String... topics) {
        super(
                new Cluster(
                        "cluster",
                        List.of(),
                        Stream.of(topics)
                                .flatMap(topic -> Stream.iterate(0, i -> i + 1)
                                        .limit(partitions)
                                        .map(i -> new PartitionInfo(topic, i, null, null, null)))
                                .toList(),
                        Collections.emptySet(),
                        Collections.emptySet()),
                false,
                new RoundRobinPartitioner(),
                new ByteArraySerializer(),
                new ByteArraySerializer());
    }

    @Override
    public synchronized Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record, Callback callback) {
        attempts++;
        if (thrown != null) {
            throw thrown;
        }
        if (refusal != null) {
            callback.onCompletion(null, refusal);
            return CompletableFuture.failedFuture(refusal);
        }
        sent.add(record);
        pending.add(new Pending(callback, new CompletableFuture<>()));
        return pending.get(pending.size() - 1).result();
    }

    void acknowledge(int index) {
        RecordMetadata metadata = new RecordMetadata(new TopicPartition("t", 0), index, 0, 0, 0, 0);
        pending.get(index).callback().onCompletion(metadata, null);
        pending.get(index).result().complete(metadata);
    }

    void refuse(int index, RuntimeException error) {
        pending.get(index).callback().onCompletion(null, error);
        pending.get(index).result().completeExceptionally(error);
    }

    void refuseSends(RuntimeException error) {
        refusal = error;
    }

    void throwOnSend(RuntimeException error) {
        thrown = error;
    }

    @Override
    public void close(Duration timeout) {
        interruptedWhileClosing |= Thread.currentThread().isInterrupted();
        closedWithin.add(timeout);
        for (int i = 0; i < pending.size() && timeout.isZero() && closedWithin.size() == 1; i++) {
            if (!pending.get(i).result().isDone()) {
                refuse(i, new KafkaException("Producer is closed forcefully."));
            }
        }
    }

    List<ProducerRecord<byte[], byte[]>> sent() {
        return List.copyOf(sent);
    }

    int attempts() {
        return attempts;
    }

    List<Duration> closedWithin() {
        return List.copyOf(closedWithin);
    }

    boolean wasInterruptedWhileClosing() {
        return interruptedWhileClosing;
    }
}
