package io.deltaforge.sink.kafka;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.sink.Sink;
import io.deltaforge.api.sink.SinkContext;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Delivers batches to Kafka at least once, with one producer from {@link #open} to {@link #close}.
 *
 * <p>The first failure that is not of one record alone ends the producer at once, on the thread that learns of it: it must
 * not send what it still holds, or a later change of a row would overtake the one that failed. What follows is a new sink
 * with a new producer, which is given the same batches again in the same order.
 */
final class KafkaSink implements Sink, BatchDelivery.Failures {

    /** How long a producer may take to send what it holds when it is closed without a failure. */
    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final SinkContext context;
    private final SinkOptions options;
    private final Connector<Producer<byte[], byte[]>> connector;
    private final SinkMetrics metrics;
    private final ProducerStatistics statistics;
    private final AtomicReference<DeliveryException> failure = new AtomicReference<>();
    private volatile Producer<byte[], byte[]> producer;
    private volatile boolean closed;
    private RecordEncoder encoder;
    private BatchDelivery last;

    KafkaSink(SinkContext context, SinkOptions options, Connector<Producer<byte[], byte[]>> connector) {
        this.context = requireNonNull(context, "context is null");
        this.options = requireNonNull(options, "options is null");
        this.connector = requireNonNull(connector, "connector is null");
        this.metrics = new SinkMetrics(context.metrics());
        this.statistics = new ProducerStatistics(context.metrics());
    }

    @Override
    public void open() {
        producer = connector.connect();
        statistics.watch(producer);
        encoder = RecordEncoder.of(context, options, connector.topics(), producer);
    }

    @Override
    public CompletionStage<Void> deliver(EventBatch batch) {
        DeliveryException earlier = failure.get();
        if (earlier != null) {
            return CompletableFuture.failedFuture(earlier);
        }
        BatchDelivery delivery = new BatchDelivery(batch, this);
        delivery.follow(last);
        last = delivery;
        delivery.completion().thenRun(() -> delivered(delivery));
        encoder.beginBatch();
        try {
            for (ChangeEvent event : batch.events()) {
                send(event, delivery);
                if (failure.get() != null) {
                    break;
                }
            }
        } catch (RuntimeException e) {
            batchFailed(delivery, e);
        }
        delivery.handedOver();
        watch(delivery);
        return delivery.completion();
    }

    /**
     * Gives up what the producer should have given up. It does not let records expire while it waits for a broker that gives
     * it a new producer id, and an outage would not show in the pipeline's state for as long as it lasts.
     */
    private void watch(BatchDelivery delivery) {
        if (delivery.isDone()) {
            return;
        }
        long limit = options.client().overdueMillis();
        CompletableFuture<Void> watched =
                delivery.completion().toCompletableFuture().copy().orTimeout(limit, TimeUnit.MILLISECONDS);
        var unused = watched.exceptionally(error -> {
            if (error instanceof TimeoutException) {
                // Elsewhere: ending a producer waits for its thread, and this one keeps the time for everybody.
                var unusedToo = CompletableFuture.runAsync(() -> overdue(delivery, limit));
            }
            return null;
        });
    }

    private void overdue(BatchDelivery delivery, long limit) {
        batchFailed(
                delivery,
                new org.apache.kafka.common.errors.TimeoutException(
                        "neither acknowledged nor given up within " + limit + " ms"));
    }

    private void delivered(BatchDelivery delivery) {
        metrics.delivered(delivery.bytes());
        statistics.settle();
    }

    private void send(ChangeEvent event, BatchDelivery delivery) {
        ProducerRecord<byte[], byte[]> record;
        try {
            record = encoder.encode(event);
        } catch (DeliveryException e) {
            if (e.kind() != ErrorKind.RECORD) {
                throw e;
            }
            putAside(event, e);
            delivery.settledWithoutSending();
            return;
        }
        delivery.sent(event, producer.send(record, delivery), RecordSize.payload(record));
        ProducerRecord<byte[], byte[]> tombstone = encoder.tombstone(event, record);
        if (tombstone != null) {
            delivery.expectOneMore();
            delivery.sent(event, producer.send(tombstone, delivery), RecordSize.payload(tombstone));
        }
    }

    @Override
    public boolean isOfRecordAlone(BatchDelivery delivery, Throwable error) {
        if (ErrorTable.reaction(error).kind() == ErrorKind.RECORD) {
            return true;
        }
        batchFailed(delivery, error);
        return false;
    }

    @Override
    public void putAside(ChangeEvent event, Throwable error) {
        DeliveryException reason = ErrorTable.classify("Kafka at " + options.brokers() + " refused " + event, error);
        context.deadLetters().put(event, reason);
    }

    @Override
    public void batchFailed(BatchDelivery delivery, Throwable error) {
        DeliveryException reason =
                ErrorTable.classify("delivering to Kafka at " + options.brokers() + " failed", error);
        if (failure.compareAndSet(null, reason) && !closed) {
            end(Duration.ZERO);
        }
        delivery.fail(failure.get());
    }

    @Override
    public void close() {
        connector.close();
        if (closed || producer == null) {
            return;
        }
        closed = true;
        boolean isDone = failure.get() == null && (last == null || last.isDone());
        end(isDone ? CLOSE_TIMEOUT : Duration.ZERO);
    }

    /** Ends the producer's thread, unless this is it; an interruption must not make the wait for it void. */
    private void end(Duration timeout) {
        boolean interrupted = Thread.interrupted();
        try {
            producer.close(timeout);
        } finally {
            statistics.release();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
