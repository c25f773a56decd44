package io.deltaforge.testkit.fake;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.processor.Processor;
import java.util.List;

/** A processor that passes everything on to another one; override what is to be watched or broken. */
public class ForwardingProcessor implements Processor {

    private final Processor processor;

    /**
     * Wraps a processor.
     *
     * @param processor gets every call
     */
    public ForwardingProcessor(Processor processor) {
        this.processor = requireNonNull(processor, "processor is null");
    }

    @Override
    public List<ChangeEvent> process(List<ChangeEvent> events) {
        return processor.process(events);
    }

    @Override
    public void close() {
        processor.close();
    }
}
