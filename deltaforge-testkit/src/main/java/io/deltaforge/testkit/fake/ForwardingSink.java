package io.deltaforge.testkit.fake;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.sink.Sink;
import java.util.concurrent.CompletionStage;

/** A sink that passes everything on to another one; override what is to be watched or broken. */
public class ForwardingSink implements Sink {

    private final Sink sink;

    /**
     * Wraps a sink.
     *
     * @param sink gets every call
     */
    public ForwardingSink(Sink sink) {
        this.sink = requireNonNull(sink, "sink is null");
    }

    @Override
    public void open() {
        sink.open();
    }

    @Override
    public CompletionStage<Void> deliver(EventBatch batch) {
        return sink.deliver(batch);
    }

    @Override
    public void close() {
        sink.close();
    }
}
