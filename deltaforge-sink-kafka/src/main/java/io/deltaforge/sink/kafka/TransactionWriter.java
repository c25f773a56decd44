package io.deltaforge.sink.kafka;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.fault.CrashPoint;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.Future;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.clients.producer.RecordMetadata;
import org.apache.kafka.common.errors.ProducerFencedException;

/**
 * Writes events and position in one transaction. Whatever leaves the outcome of a transaction unknown ends the producer, and
 * is settled by the next one: it fences this one and reads what was committed. Nothing is ever sent again on a guess.
 * Confined to one thread, but for {@link #end}.
 */
final class TransactionWriter {

    private static final CrashPoint BEGUN = new CrashPoint("kafka.begun");
    private static final CrashPoint SENT = new CrashPoint("kafka.sent");
    private static final CrashPoint POSITION_SENT = new CrashPoint("kafka.position-sent");
    private static final CrashPoint COMMITTED = new CrashPoint("kafka.committed");

    /** How often a transaction is tried again without the events that the brokers refused. */
    private static final int MAX_REFUSALS = 1_000;

    private final Producer<byte[], byte[]> producer;
    private final PositionsTopic positions;
    private final PreparedBatch.Refusals refusals;
    private final TransactionMetrics metrics;
    private PositionRecord last;

    TransactionWriter(TransactionSession session, PreparedBatch.Refusals refusals, TransactionMetrics metrics) {
        this.producer = session.producer();
        this.positions = session.positions();
        this.last = session.last();
        this.refusals = requireNonNull(refusals, "refusals is null");
        this.metrics = requireNonNull(metrics, "metrics is null");
    }

    /**
     * Writes batches that follow one another in one transaction.
     *
     * @param group at least one batch; when this returns, all of them and the end of the last are committed
     * @throws DeliveryException when the transaction is not, or may not be, committed; the producer is of no use then
     */
    void write(List<PreparedBatch> group) {
        PreparedBatch end = group.get(group.size() - 1);
        PositionRecord next =
                last.next(end.batch().end().toBytes(), end.batch().end().toString());
        for (int refused = 0; refused <= MAX_REFUSALS; refused++) {
            RuntimeException failure = tryToWrite(group, next);
            if (failure == null) {
                last = next;
                metrics.committed();
                group.forEach(PreparedBatch::forgetResults);
                return;
            }
            metrics.aborted();
            goOnWithoutRefused(group, failure);
        }
        throw new DeliveryException(
                ErrorKind.RETRIABLE,
                "TOO_MANY_REFUSED",
                "the brokers refused events of one transaction more than " + MAX_REFUSALS + " times in a row",
                null);
    }

    private RuntimeException tryToWrite(List<PreparedBatch> group, PositionRecord next) {
        try {
            producer.beginTransaction();
            BEGUN.pass();
            group.forEach(batch -> batch.sendTo(producer));
            SENT.pass();
            // The commit throws what becomes of it.
            Future<RecordMetadata> unused = producer.send(positions.record(next));
            POSITION_SENT.pass();
            producer.commitTransaction();
            COMMITTED.pass();
            return null;
        } catch (RuntimeException e) {
            return e;
        }
    }

    /** Returns when the transaction was aborted for certain, because of events that are put aside now. */
    private void goOnWithoutRefused(List<PreparedBatch> group, RuntimeException failure) {
        if (failure instanceof ProducerFencedException) {
            throw classified(failure);
        }
        boolean aborted = abort(failure);
        boolean anyRefused = false;
        for (PreparedBatch batch : group) {
            anyRefused |= aborted && batch.putRefusedAside(refusals);
        }
        if (!anyRefused) {
            DeliveryException reason = classified(failure);
            throw reason.kind() != ErrorKind.RECORD
                    ? reason
                    : new DeliveryException(
                            ErrorKind.RETRIABLE,
                            reason.reason(),
                            reason.getMessage(),
                            reason.remedy().orElse(null),
                            failure);
        }
    }

    /**
     * Aborts, which tells for certain that the transaction is not committed, or that another producer has taken over.
     *
     * @return whether it is aborted
     */
    private boolean abort(RuntimeException failure) {
        try {
            producer.abortTransaction();
            return true;
        } catch (ProducerFencedException e) {
            throw classified(e);
        } catch (RuntimeException e) {
            failure.addSuppressed(e);
            return false;
        }
    }

    private static DeliveryException classified(RuntimeException failure) {
        return ErrorTable.classify("writing a transaction failed", failure);
    }

    /** Ends the producer; what it had begun is aborted by the one that takes over. Safe from any thread. */
    void end(Duration timeout) {
        boolean interrupted = Thread.interrupted();
        try {
            producer.close(timeout);
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
