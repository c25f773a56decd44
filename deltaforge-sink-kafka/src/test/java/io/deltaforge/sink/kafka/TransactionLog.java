package io.deltaforge.sink.kafka;

import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.MockProducer;
import org.apache.kafka.clients.producer.ProducerRecord;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.KafkaException;
import org.apache.kafka.common.serialization.ByteArraySerializer;

/**
 * A producer that keeps what was committed, transaction by transaction. As with the real one, a record that is refused
 * makes its transaction one that can only be aborted. Safe from any thread.
 */
final class TransactionLog extends MockProducer<byte[], byte[]> {

    private final List<List<ProducerRecord<byte[], byte[]>>> committed = new ArrayList<>();
    private final List<ProducerRecord<byte[], byte[]>> current = new ArrayList<>();
    private final Map<String, RuntimeException> refused = new HashMap<>();
    private final List<Duration> closedWithin = new ArrayList<>();
    private RuntimeException failure;
    private RuntimeException commitFailure;
    private RuntimeException abortFailure;
    private CountDownLatch commitGate = new CountDownLatch(0);
    private int begun;
    private int aborted;

    TransactionLog() {
        super(true, null, new ByteArraySerializer(), new ByteArraySerializer());
        initTransactions();
    }

    /** Refuses the records whose value is this. */
    synchronized void refuse(String value, RuntimeException error) {
        refused.put(value, error);
    }

    synchronized void failCommits(RuntimeException error) {
        commitFailure = error;
    }

    synchronized void failAborts(RuntimeException error) {
        abortFailure = error;
    }

    /** Holds commits back until the gate is opened. */
    synchronized CountDownLatch closeGate() {
        commitGate = new CountDownLatch(1);
        return commitGate;
    }

    @Override
    public synchronized void beginTransaction() {
        super.beginTransaction();
        begun++;
        current.clear();
        failure = null;
    }

    @Override
    public synchronized Future<RecordMetadata> send(ProducerRecord<byte[], byte[]> record) {
        RuntimeException error = refused.get(Transactions.text(record));
        if (error != null) {
            failure = error;
            return CompletableFuture.failedFuture(error);
        }
        current.add(record);
        return super.send(record);
    }

    @Override
    public void commitTransaction() {
        CountDownLatch gate;
        synchronized (this) {
            gate = commitGate;
        }
        try {
            gate.await();
        } catch (InterruptedException e) {
            throw new org.apache.kafka.common.errors.InterruptException(e);
        }
        synchronized (this) {
            if (failure != null) {
                throw new KafkaException(
                        "Cannot execute transactional method because we are in an error state", failure);
            }
            if (commitFailure != null) {
                throw commitFailure;
            }
            super.commitTransaction();
            committed.add(List.copyOf(current));
        }
    }

    @Override
    public synchronized void abortTransaction() {
        aborted++;
        if (abortFailure != null) {
            throw abortFailure;
        }
        super.abortTransaction();
    }

    @Override
    public synchronized void close(Duration timeout) {
        closedWithin.add(timeout);
    }

    /** Returns the records of each transaction, the position among them. */
    synchronized List<List<ProducerRecord<byte[], byte[]>>> committed() {
        return List.copyOf(committed);
    }

    synchronized int begun() {
        return begun;
    }

    synchronized int aborted() {
        return aborted;
    }

    synchronized List<Duration> closedWithin() {
        return List.copyOf(closedWithin);
    }
}
