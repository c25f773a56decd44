package io.deltaforge.core.deadletter;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.sink.Sink;
import io.deltaforge.api.sink.TransactionalSink;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** A sink behind its gate. */
class GatedSink implements Sink {

    private final SinkGate gate;
    private final Sink sink;

    GatedSink(SinkGate gate, Sink sink) {
        this.gate = requireNonNull(gate, "gate is null");
        this.sink = requireNonNull(sink, "sink is null");
    }

    @Override
    public void open() {
        sink.open();
    }

    @Override
    public CompletionStage<Void> deliver(EventBatch batch) {
        EventBatch passed = gate.enter(batch);
        CompletionStage<Void> delivery = passed.isEmpty() && !takesEmptyBatches()
                ? CompletableFuture.completedFuture(null)
                : sink.deliver(passed);
        return delivery.whenComplete((done, error) -> gate.leave(batch));
    }

    /** Whether a batch of which nothing is left still says something to the sink. */
    boolean takesEmptyBatches() {
        return false;
    }

    @Override
    public void close() {
        sink.close();
    }

    /** One that stores positions. */
    static final class Transactional extends GatedSink implements TransactionalSink {

        private final TransactionalSink sink;

        Transactional(SinkGate gate, TransactionalSink sink) {
            super(gate, sink);
            this.sink = sink;
        }

        @Override
        public Optional<byte[]> committedPosition() {
            return sink.committedPosition();
        }

        @Override
        boolean takesEmptyBatches() {
            return true;
        }
    }
}
