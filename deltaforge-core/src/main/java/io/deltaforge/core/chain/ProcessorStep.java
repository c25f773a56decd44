package io.deltaforge.core.chain;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.metrics.Counter;
import io.deltaforge.api.metrics.Histogram;
import io.deltaforge.api.metrics.MetricScope;
import io.deltaforge.api.processor.Processor;
import io.deltaforge.api.sink.DeadLetters;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** One processor of a chain, and what is counted of it. Confined to the reader thread. */
public final class ProcessorStep implements AutoCloseable {

    private static final String FILTER = "filter";

    private final Processor processor;
    private final Optional<? extends DeadLetters> deadLetters;
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
     * @param deadLetters take events that the processor fails on; empty when the first of them ends the pipeline
     * @param metrics a scope with the labels {@code pipeline} and {@code processor}
     */
    public ProcessorStep(
            String type, Processor processor, Optional<? extends DeadLetters> deadLetters, MetricScope metrics) {
        this.processor = requireNonNull(processor, "processor is null");
        this.deadLetters = requireNonNull(deadLetters, "deadLetters is null");
        this.in = metrics.counter("deltaforge_processor_events_in_total", "Events that went into the processor");
        this.out = metrics.counter("deltaforge_processor_events_out_total", "Events that came out of the processor");
        this.errors = metrics.counter(
                "deltaforge_processor_errors_total",
                "Batches that the processor failed on; each ends the pipeline, or has events of it put aside");
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
            if (deadLetters.isEmpty() || !isOfOneEvent(e)) {
                throw e;
            }
            passed = oneByOne(events, deadLetters.get());
        }
        latency.observeNanos(System.nanoTime() - start);
        in.add(events.size());
        out.add(passed.size());
        dropped.add(Math.max(0, events.size() - passed.size()));
        return passed;
    }

    /** Puts those aside that the processor fails on; it gives the same answer for the same event, however it comes. */
    private List<ChangeEvent> oneByOne(List<ChangeEvent> events, DeadLetters letters) {
        List<ChangeEvent> passed = new ArrayList<>();
        for (ChangeEvent event : events) {
            List<ChangeEvent> made;
            try {
                made = processor.process(List.of(event));
            } catch (RuntimeException e) {
                if (!isOfOneEvent(e)) {
                    throw e;
                }
                letters.put(event, ofRecord(e));
                continue;
            }
            passed.addAll(made);
        }
        return passed;
    }

    /** A processor does no I/O: what it throws is the fault of an event, unless it says otherwise. */
    private static boolean isOfOneEvent(RuntimeException failure) {
        return !(failure instanceof DeltaForgeException known) || known.kind() == ErrorKind.RECORD;
    }

    private static DeliveryException ofRecord(RuntimeException failure) {
        if (failure instanceof DeltaForgeException known) {
            return new DeliveryException(
                    ErrorKind.RECORD,
                    known.reason(),
                    known.getMessage(),
                    known.remedy().orElse(null),
                    known);
        }
        return new DeliveryException(ErrorKind.RECORD, "PROCESSOR_FAILED", "the processor failed: " + failure, failure);
    }

    @Override
    public void close() {
        processor.close();
    }
}
