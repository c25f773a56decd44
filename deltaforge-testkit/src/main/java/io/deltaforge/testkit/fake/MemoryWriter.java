package io.deltaforge.testkit.fake;

import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.sink.Sink;
import io.deltaforge.api.sink.SinkContext;
import java.util.concurrent.CompletionStage;

/** Writes into a target; holds nothing itself. */
final class MemoryWriter implements Sink {

    private final MemoryTarget target;
    private final SinkContext context;
    private MemoryTarget.Session session;

    MemoryWriter(MemoryTarget target, SinkContext context) {
        this.target = target;
        this.context = context;
    }

    @Override
    public void open() {
        session = target.connect(context);
    }

    /** Fails as the target says. */
    @Override
    public CompletionStage<Void> deliver(EventBatch batch) {
        return session.write(batch);
    }

    @Override
    public void close() {
        if (session != null) {
            session.close();
        }
    }
}
