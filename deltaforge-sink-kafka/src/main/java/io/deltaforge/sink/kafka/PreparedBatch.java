package io.deltaforge.sink.kafka;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventBatch;
import java.util.ArrayList;
import java.util.Collections;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;

/**
 * A batch whose records are encoded, so that nothing about them can fail inside a transaction but what the brokers decide.
 * Made on the lane's thread, then owned by the one that writes transactions.
 */
final class PreparedBatch {

    /** Takes an event that the brokers refused for its own sake. */
    interface Refusals {

        /**
         * Puts an event aside, durably.
         *
         * @param event the event
         * @param error what the producer says
         */
        void putAside(ChangeEvent event, Throwable error);
    }

    private final EventBatch batch;
    private final List<ChangeEvent> events;
    private final List<ProducerRecord<byte[], byte[]>> records;
    private final List<Future<RecordMetadata>> results;
    private final CompletableFuture<Void> completion = new CompletableFuture<>();
    private long bytes;

    PreparedBatch(EventBatch batch) {
        this.batch = requireNonNull(batch, "batch is null");
        this.events = new ArrayList<>(batch.size());
        this.records = new ArrayList<>(batch.size());
        this.results = new ArrayList<>(batch.size());
    }

    /** Adds a record of an event, behind those before; what is put aside instead is not added. */
    void add(ChangeEvent event, ProducerRecord<byte[], byte[]> record) {
        events.add(event);
        records.add(record);
        bytes += RecordSize.payload(record);
    }

    EventBatch batch() {
        return batch;
    }

    /** Returns the number of records. */
    int size() {
        return records.size();
    }

    /** Returns how many bytes of keys and values there are to send. */
    long bytes() {
        return bytes;
    }

    CompletableFuture<Void> completion() {
        return completion;
    }

    /**
     * Hands every record to the producer, up to the first that fails on the spot for another reason than its own: a producer
     * that knows no broker would wait for each of the others again, and a transaction would take days to fail.
     *
     * @throws io.deltaforge.api.error.DeliveryException when one failed
     */
    void sendTo(Producer<byte[], byte[]> producer) {
        results.clear();
        for (int i = 0; i < records.size(); i++) {
            Future<RecordMetadata> result = producer.send(records.get(i));
            results.add(result);
            Throwable error = errorOf(result);
            if (error != null && ErrorTable.reaction(error).kind() != ErrorKind.RECORD) {
                throw ErrorTable.classify("sending " + events.get(i) + " failed", error);
            }
        }
    }

    /**
     * Puts every event aside that the last transaction failed for, so that the next goes without it.
     *
     * @return whether there was any
     */
    boolean putRefusedAside(Refusals refusals) {
        Set<ChangeEvent> refused = Collections.newSetFromMap(new IdentityHashMap<>());
        for (int i = 0; i < results.size(); i++) {
            Throwable error = errorOf(results.get(i));
            if (error != null && ErrorTable.reaction(error).kind() == ErrorKind.RECORD && refused.add(events.get(i))) {
                refusals.putAside(events.get(i), error);
            }
        }
        for (int i = records.size() - 1; i >= 0 && !refused.isEmpty(); i--) {
            if (refused.contains(events.get(i))) {
                events.remove(i);
                bytes -= RecordSize.payload(records.remove(i));
            }
        }
        return !refused.isEmpty();
    }

    /** Forgets the answers to what was sent. */
    void forgetResults() {
        results.clear();
    }

    private static Throwable errorOf(Future<RecordMetadata> result) {
        if (!result.isDone()) {
            return null;
        }
        try {
            result.get();
            return null;
        } catch (ExecutionException e) {
            return e.getCause();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return null;
        }
    }
}
