package io.deltaforge.testkit.fake;

import io.deltaforge.api.config.Settings;
import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.sink.Sink;
import io.deltaforge.api.sink.SinkContext;
import io.deltaforge.api.sink.TransactionalSink;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/**
 * Stores the position together with the events, and lets only the instance write that was opened last: a delivery of an
 * earlier one fails with {@link ErrorKind#STANDBY} and stores nothing.
 */
public final class FencedSink extends FaultySink {

    private int owner;
    private byte[] position;

    /** Makes a factory whose sinks shut each other out. */
    public FencedSink() {
        super("fenced", "Lets only its last instance write.");
    }

    /** Shuts out every instance that is open, as an instance elsewhere would by being opened. */
    public synchronized void fence() {
        owner++;
    }

    /** Forgets events and position. */
    public synchronized void clear() {
        target().clear();
        position = null;
    }

    @Override
    public Sink create(Settings settings, SinkContext context) {
        return new Instance(super.create(settings, context));
    }

    private synchronized int own() {
        return ++owner;
    }

    private synchronized Optional<byte[]> held() {
        return Optional.ofNullable(position).map(byte[]::clone);
    }

    private synchronized CompletionStage<Void> write(int instance, EventBatch batch, Sink sink) {
        if (instance != owner) {
            return CompletableFuture.failedFuture(
                    new DeliveryException(ErrorKind.STANDBY, "FENCED", "another instance writes to the target", null));
        }
        CompletableFuture<Void> answer = sink.deliver(batch).toCompletableFuture();
        if (answer.isDone() && !answer.isCompletedExceptionally()) {
            position = batch.end().toBytes();
        }
        return answer;
    }

    private final class Instance implements TransactionalSink {

        private final Sink sink;
        private int number;

        Instance(Sink sink) {
            this.sink = sink;
        }

        @Override
        public void open() {
            number = own();
            sink.open();
        }

        @Override
        public Optional<byte[]> committedPosition() {
            return held();
        }

        @Override
        public CompletionStage<Void> deliver(EventBatch batch) {
            return write(number, batch, sink);
        }

        @Override
        public void close() {
            sink.close();
        }
    }
}
