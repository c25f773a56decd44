package io.deltaforge.core.chain;

import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.SourcePosition;
import java.util.ArrayList;
import java.util.List;

/**
 * Runs batches through the processors and marks the last delivered event of each transaction. Confined to the reader
 * thread.
 *
 * <p>Of a transaction that comes in parts, the last event that survived a part is held back until it is known whether
 * another one follows; a part then ends, for the sinks, just before the event held back.
 */
public final class ProcessorChain implements AutoCloseable {

    private final List<ProcessorStep> processors;
    private List<ChangeEvent> held = List.of();

    /**
     * Makes a chain.
     *
     * @param processors the steps in order, possibly none
     */
    public ProcessorChain(List<ProcessorStep> processors) {
        this.processors = List.copyOf(processors);
    }

    /**
     * Says whether there is nothing to do.
     *
     * @return true without processors
     */
    public boolean isEmpty() {
        return processors.isEmpty();
    }

    /**
     * What came out of the chain.
     *
     * @param events what is to be delivered, possibly nothing
     * @param end the position just behind it; null when nothing may be said yet because everything is held back
     */
    public record Output(List<ChangeEvent> events, SourcePosition end) {}

    /** Forgets what is held back: the source begins again behind the last batch. */
    public void reset() {
        held = List.of();
    }

    /**
     * Runs a batch through.
     *
     * @param events in log order
     * @param end the position just behind them
     * @param whole false when more events of the last one's transaction follow
     * @return what is to be delivered
     */
    public Output process(List<ChangeEvent> events, SourcePosition end, boolean whole) {
        List<ChangeEvent> survivors = run(events);
        if (!held.isEmpty()) {
            List<ChangeEvent> joined = new ArrayList<>(held.size() + survivors.size());
            joined.addAll(held);
            joined.addAll(survivors);
            survivors = joined;
            held = List.of();
        }
        if (whole) {
            return new Output(markTransactionEnds(survivors), end);
        }
        // Without processors every event survives, so another one of this transaction is certain to follow.
        return processors.isEmpty() || survivors.isEmpty() ? new Output(survivors, end) : holdBack(survivors);
    }

    private List<ChangeEvent> run(List<ChangeEvent> events) {
        List<ChangeEvent> current = events;
        for (ProcessorStep step : processors) {
            current = step.process(current);
        }
        return current;
    }

    private Output holdBack(List<ChangeEvent> survivors) {
        int last = survivors.size() - 1;
        ChangeEvent tail = survivors.get(last);
        int first = last;
        while (first > 0 && survivors.get(first - 1).ordinal() == tail.ordinal()) {
            first--;
        }
        held = List.copyOf(survivors.subList(first, survivors.size()));
        SourcePosition before = tail.ordinal() == 0 ? null : tail.transaction().positionAfter(tail.ordinal() - 1);
        return new Output(List.copyOf(survivors.subList(0, first)), before);
    }

    private static List<ChangeEvent> markTransactionEnds(List<ChangeEvent> events) {
        if (events.isEmpty()) {
            return events;
        }
        List<ChangeEvent> marked = new ArrayList<>(events);
        for (int i = 0; i < marked.size(); i++) {
            ChangeEvent event = marked.get(i);
            boolean end = i + 1 == marked.size() || marked.get(i + 1).transaction() != event.transaction();
            marked.set(i, event.withTransactionEnd(end));
        }
        return marked;
    }

    @Override
    public void close() {
        processors.forEach(ProcessorStep::close);
    }
}
