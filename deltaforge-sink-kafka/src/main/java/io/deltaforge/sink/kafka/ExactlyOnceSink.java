package io.deltaforge.sink.kafka;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.sink.SinkContext;
import io.deltaforge.api.sink.TransactionalSink;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.apache.kafka.clients.producer.ProducerRecord;

/**
 * Delivers batches to Kafka exactly once: events and position are written in one transaction, so that what is replayed after
 * a crash is known to be there and is not written again.
 *
 * <p>The lane's thread encodes; a thread of this sink writes transactions. While one is committed the next batches are
 * encoded, and all of them that are ready share the next transaction: the more a commit takes, the more share it, and
 * nothing waits for company when there is none.
 */
final class ExactlyOnceSink implements TransactionalSink {

    /** Where a transaction ends although more is ready: readers see nothing of it before it is committed. */
    private static final int MAX_EVENTS = 50_000;

    private static final Duration CLOSE_TIMEOUT = Duration.ofSeconds(5);

    private final SinkContext context;
    private final SinkOptions options;
    private final Connector<TransactionSession> connector;
    private final SinkMetrics metrics;
    private final ProducerStatistics statistics;
    private final BlockingQueue<PreparedBatch> ready = new LinkedBlockingQueue<>();
    private final AtomicReference<DeliveryException> failure = new AtomicReference<>();
    private TransactionSession session;
    private TransactionWriter writer;
    private RecordEncoder encoder;
    private Thread thread;
    private volatile boolean closing;

    ExactlyOnceSink(SinkContext context, SinkOptions options, Connector<TransactionSession> connector) {
        this.context = requireNonNull(context, "context is null");
        this.options = requireNonNull(options, "options is null");
        this.connector = requireNonNull(connector, "connector is null");
        this.metrics = new SinkMetrics(context.metrics());
        this.statistics = new ProducerStatistics(context.metrics());
    }

    @Override
    public void open() {
        session = connector.connect();
        statistics.watch(session.producer());
        encoder = RecordEncoder.of(context, options, connector.topics(), session.producer());
        writer = new TransactionWriter(session, this::putAside, new TransactionMetrics(context.metrics()));
        thread = new Thread(this::run, "df-" + context.pipeline() + "-sink-" + context.sink() + "-transactions");
        thread.start();
    }

    @Override
    public Optional<byte[]> committedPosition() {
        PositionRecord last = session.last();
        return last.isNone() ? Optional.empty() : Optional.of(last.position());
    }

    @Override
    public CompletionStage<Void> deliver(EventBatch batch) {
        if (failure.get() != null) {
            return CompletableFuture.failedFuture(failure.get());
        }
        PreparedBatch prepared = prepare(batch);
        ready.add(prepared);
        if (failure.get() != null) {
            failReady();
        }
        return prepared.completion();
    }

    /** Everything that can be wrong with an event is found here, where there is no transaction that it could break. */
    private PreparedBatch prepare(EventBatch batch) {
        PreparedBatch prepared = new PreparedBatch(batch);
        encoder.beginBatch();
        for (ChangeEvent event : batch.events()) {
            try {
                ProducerRecord<byte[], byte[]> record = encoder.encode(event);
                prepared.add(event, record);
                ProducerRecord<byte[], byte[]> tombstone = encoder.tombstone(event, record);
                if (tombstone != null) {
                    prepared.add(event, tombstone);
                }
            } catch (DeliveryException e) {
                if (e.kind() != ErrorKind.RECORD) {
                    throw e;
                }
                putAside(event, e);
            }
        }
        return prepared;
    }

    private void putAside(ChangeEvent event, Throwable error) {
        DeliveryException reason = ErrorTable.classify("Kafka at " + options.brokers() + " refused " + event, error);
        context.deadLetters().put(event, reason);
    }

    private void run() {
        List<PreparedBatch> group = new ArrayList<>();
        try {
            while (!closing) {
                collect(group);
                if (!group.isEmpty()) {
                    writer.write(group);
                    group.forEach(this::complete);
                    group.clear();
                }
            }
        } catch (InterruptedException e) {
            fail(group, new DeliveryException(ErrorKind.RETRIABLE, "INTERRUPTED", "the sink was closed meanwhile", e));
        } catch (Throwable e) {
            fail(group, ErrorTable.classify("delivering to Kafka at " + options.brokers() + " failed", e));
        }
    }

    /** Takes what is ready, and waits for it only when that is nothing. */
    private void collect(List<PreparedBatch> group) throws InterruptedException {
        PreparedBatch next = ready.poll(100, TimeUnit.MILLISECONDS);
        int events = 0;
        while (next != null) {
            group.add(next);
            events += next.size();
            PreparedBatch following = ready.peek();
            next = following == null || events + following.size() > MAX_EVENTS ? null : ready.poll();
        }
    }

    private void complete(PreparedBatch batch) {
        metrics.delivered(batch.bytes());
        statistics.settle();
        batch.completion().complete(null);
    }

    private void fail(List<PreparedBatch> group, DeliveryException reason) {
        failure.compareAndSet(null, reason);
        writer.end(Duration.ZERO);
        group.forEach(batch -> batch.completion().completeExceptionally(reason));
        failReady();
    }

    private void failReady() {
        for (PreparedBatch left = ready.poll(); left != null; left = ready.poll()) {
            left.completion().completeExceptionally(failure.get());
        }
    }

    @Override
    public void close() {
        connector.close();
        if (closing || session == null) {
            return;
        }
        closing = true;
        if (thread == null) {
            session.producer().close(Duration.ZERO);
            return;
        }
        endThread();
    }

    private void endThread() {
        boolean interrupted = Thread.interrupted();
        try {
            thread.join(CLOSE_TIMEOUT.toMillis());
            if (thread.isAlive()) {
                writer.end(Duration.ZERO);
                thread.interrupt();
                thread.join(CLOSE_TIMEOUT.toMillis());
            }
        } catch (InterruptedException e) {
            interrupted = true;
            thread.interrupt();
        } finally {
            writer.end(failure.get() == null ? CLOSE_TIMEOUT : Duration.ZERO);
            failure.compareAndSet(
                    null, new DeliveryException(ErrorKind.RETRIABLE, "CLOSED", "the sink was closed", null));
            failReady();
            statistics.release();
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
