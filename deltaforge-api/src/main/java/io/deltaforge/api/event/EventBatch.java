package io.deltaforge.api.event;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * An immutable ordered run of events: the unit of delivery, of acknowledgement and of commit. A batch may be empty; it
 * then only says that the log was read up to its end and nothing of it is to be delivered.
 *
 * @since 0.1.0
 */
public final class EventBatch {

    private final long sequence;
    private final List<ChangeEvent> events;
    private final SourcePosition end;
    private final long retainedBytes;

    /**
     * Makes a batch.
     *
     * @param sequence the batch's number in this run of the pipeline, without gaps; it means nothing after a restart
     * @param events the events in log order; not copied if the list is already unmodifiable
     * @param end the position up to which the log is covered once the batch is acknowledged
     */
    public EventBatch(long sequence, List<ChangeEvent> events, SourcePosition end) {
        this.sequence = sequence;
        this.events = List.copyOf(events);
        this.end = requireNonNull(end, "end is null");
        long bytes = 0;
        for (ChangeEvent event : this.events) {
            bytes += event.retainedBytes();
        }
        this.retainedBytes = bytes;
    }

    /**
     * Returns the batch's number.
     *
     * @return counted without gaps within this run of the pipeline
     */
    public long sequence() {
        return sequence;
    }

    /**
     * Returns the events.
     *
     * @return in log order, unmodifiable
     */
    public List<ChangeEvent> events() {
        return events;
    }

    /**
     * Returns the number of events.
     *
     * @return 0 or more
     */
    public int size() {
        return events.size();
    }

    /**
     * Says whether there is nothing to deliver.
     *
     * @return true without events
     */
    public boolean isEmpty() {
        return events.isEmpty();
    }

    /**
     * Returns the position up to which the log is covered once the batch is acknowledged; it is the same after a replay
     * that cuts the log at the same place.
     *
     * @return the position
     */
    public SourcePosition end() {
        return end;
    }

    /**
     * Returns how much memory the events keep alive.
     *
     * @return bytes, an estimate
     */
    public long retainedBytes() {
        return retainedBytes;
    }

    /**
     * Returns a batch with the same number and end and other events.
     *
     * @param remaining what is to be delivered of it, in log order
     * @return this batch if nothing changes, else a new one
     */
    public EventBatch withEvents(List<ChangeEvent> remaining) {
        return remaining == events ? this : new EventBatch(sequence, remaining, end);
    }

    @Override
    public String toString() {
        return "batch " + sequence + " of " + events.size() + " events up to " + end;
    }
}
