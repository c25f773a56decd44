package io.deltaforge.core.chain;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.metrics.Counter;
import io.deltaforge.api.metrics.Histogram;
import io.deltaforge.api.metrics.MetricScope;
import io.deltaforge.api.processor.Processor;
import java.util.List;

/** One processor of a chain, and what is counted of it. Confined to the reader thread. */
public final class ProcessorStep implements AutoCloseable {

    private static final String FILTER = "filter";

    private final Processor processor;
    private final Counter in;
    private final Counter out;
    private final Counter errors;
    private final Counter dropped;
    private final Histogram latency;

    /**
     * Takes a processor.
     *
     * @param type its type
     * @param processor does the work
     * @param metrics a scope with the labels {@code pipeline} and {@code processor}
     */
    public ProcessorStep(String type, Processor processor, MetricScope metrics) {
        this.processor = requireNonNull(processor, "processor is null");
        this.in = metrics.counter("deltaforge_processor_events_in_total", "Events that went into the processor");
        this.out = metrics.counter("deltaforge_processor_events_out_total", "Events that came out of the processor");
        this.errors = metrics.counter(
                "deltaforge_processor_errors_total",
                "Batches that the processor failed on, each of which ends the pipeline");
        this.latency =
                metrics.histogram("deltaforge_processor_latency_seconds", "Time that a batch spends in the processor");
        this.dropped = type.equals(FILTER)
                ? metrics.counter("deltaforge_filter_dropped_total", "Events that the filter left out")
                : MetricScope.none().counter("deltaforge_filter_dropped_total", "");
    }

    List<ChangeEvent> process(List<ChangeEvent> events) {
        if (events.isEmpty()) {
            return events;
        }
        long start = System.nanoTime();
        List<ChangeEvent> passed;
        try {
            passed = processor.process(events);
        } catch (RuntimeException e) {
            errors.add(1);
            throw e;
        }
        latency.observeNanos(System.nanoTime() - start);
        in.add(events.size());
        out.add(passed.size());
        dropped.add(Math.max(0, events.size() - passed.size()));
        return passed;
    }

    @Override
    public void close() {
        processor.close();
    }
}
