package io.deltaforge.testkit.fake;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.source.Attachment;
import io.deltaforge.api.source.EventReceiver;
import io.deltaforge.api.source.PositionOrder;
import io.deltaforge.api.source.Source;
import io.deltaforge.api.source.SourceIdentity;

/** A source that passes everything on to another one; override what is to be watched or broken. */
public class ForwardingSource implements Source {

    private final Source source;

    /**
     * Wraps a source.
     *
     * @param source gets every call
     */
    public ForwardingSource(Source source) {
        this.source = requireNonNull(source, "source is null");
    }

    @Override
    public SourceIdentity open() {
        return source.open();
    }

    @Override
    public SourcePosition attach(Attachment attachment) {
        return source.attach(attachment);
    }

    @Override
    public PositionOrder positions() {
        return source.positions();
    }

    @Override
    public void run(SourcePosition from, EventReceiver receiver) throws InterruptedException {
        source.run(from, receiver);
    }

    @Override
    public void release(SourcePosition upTo) {
        source.release(upTo);
    }

    @Override
    public void stop() {
        source.stop();
    }

    @Override
    public void close() {
        source.close();
    }
}
