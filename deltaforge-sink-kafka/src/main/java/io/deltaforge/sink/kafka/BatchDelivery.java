package io.deltaforge.sink.kafka;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventBatch;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import java.util.concurrent.atomic.AtomicInteger;
import org.apache.kafka.clients.producer.Callback;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * One batch on its way: counts its records down as the brokers acknowledge them and completes once none is left, the
 * batch before it is complete, and the thread that delivers has handed everything over. One object serves as callback of
 * all its records.
 *
 * <p>Life cycle, on the delivering thread: for each event {@link #sent} or {@link #settledWithoutSending}, after
 * {@link #expectOneMore} another {@link #sent}, then {@link #handedOver()}. Callbacks come on any thread.
 */
final class BatchDelivery implements Callback {

    /** Decides what failures mean; called on any thread. */
    interface Failures {

        /**
         * Takes note of a failed record. When not the record alone has failed, the batch has been {@link #fail given up}.
         *
         * @param delivery the batch it belongs to
         * @param error what the producer says
         * @return whether the record alone has failed, so that the others go on
         */
        boolean isOfRecordAlone(BatchDelivery delivery, Throwable error);

        /**
         * Puts an event aside that was refused for its own sake.
         *
         * @param event the event
         * @param error what the producer says
         */
        void putAside(ChangeEvent event, Throwable error);

        /**
         * Gives a batch up.
         *
         * @param delivery the batch
         * @param error why
         */
        void batchFailed(BatchDelivery delivery, Throwable error);
    }

    /** The delivering thread and the batch before, which both have to be done too. */
    private static final int BESIDES_EVENTS = 2;

    private final Failures failures;
    private final AtomicInteger open;
    private final List<ChangeEvent> events;
    private final List<Future<RecordMetadata>> results;
    private final CompletableFuture<Void> completion = new CompletableFuture<>();
    /** Completes behind {@link #completion}, so that batches complete in order for those who watch them, too. */
    private final CompletableFuture<Void> turn = new CompletableFuture<>();

    private long bytes;
    private volatile boolean hasRefused;

    BatchDelivery(EventBatch batch, Failures failures) {
        this.failures = requireNonNull(failures, "failures is null");
        this.open = new AtomicInteger(batch.size() + BESIDES_EVENTS);
        this.events = new ArrayList<>(batch.size());
        this.results = new ArrayList<>(batch.size());
    }

    /** Makes this batch wait for the one delivered before it; null for the first. */
    void follow(BatchDelivery previous) {
        if (previous == null) {
            countDown();
            return;
        }
        CompletionStage<Void> before = previous.turn;
        before.whenComplete((done, error) -> {
            if (error == null) {
                countDown();
            } else {
                fail(error);
            }
        });
    }

    /** Notes that one event makes one record more; before that record is sent. */
    void expectOneMore() {
        open.incrementAndGet();
    }

    /** Notes that a record of an event was given to the producer. */
    void sent(ChangeEvent event, Future<RecordMetadata> result, int payloadBytes) {
        events.add(event);
        results.add(result);
        bytes += payloadBytes;
    }

    /** Notes that the next event needs no acknowledgement: it was put aside. */
    void settledWithoutSending() {
        countDown();
    }

    /** Notes that every event was given to the producer or put aside. */
    void handedOver() {
        countDown();
    }

    @Override
    public void onCompletion(RecordMetadata metadata, Exception error) {
        if (error == null) {
            countDown();
        } else if (failures.isOfRecordAlone(this, error)) {
            hasRefused = true;
            countDown();
        }
    }

    private void countDown() {
        if (open.decrementAndGet() == 0) {
            complete();
        }
    }

    private void complete() {
        if (!hasRefused) {
            succeed();
            return;
        }
        // Elsewhere, since a result can be asked only after the callback has returned, and putting aside may block.
        CompletionStage<Void> puttingAside = CompletableFuture.runAsync(this::putRefusedAside);
        puttingAside.whenComplete((done, error) -> {
            if (error == null) {
                succeed();
            } else {
                Throwable cause = error instanceof CompletionException ? error.getCause() : error;
                failures.batchFailed(this, cause);
            }
        });
    }

    private void putRefusedAside() {
        for (int i = 0; i < results.size(); i++) {
            Throwable error = errorOf(results.get(i));
            if (error != null) {
                failures.putAside(events.get(i), error);
            }
        }
    }

    private static Throwable errorOf(Future<RecordMetadata> result) {
        try {
            result.get();
            return null;
        } catch (ExecutionException e) {
            return e.getCause();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return e;
        }
    }

    private void succeed() {
        if (completion.complete(null)) {
            turn.complete(null);
        }
    }

    /** Gives the batch up, and those behind it. */
    void fail(Throwable failure) {
        if (completion.completeExceptionally(failure)) {
            turn.completeExceptionally(failure);
        }
    }

    /** Returns what completes once the batch and those before it are durable. */
    CompletionStage<Void> completion() {
        return completion;
    }

    boolean isDone() {
        return completion.isDone();
    }

    /** Returns how many bytes of keys and values were given to the producer; for the thread that sees the completion. */
    long bytes() {
        return bytes;
    }
}
