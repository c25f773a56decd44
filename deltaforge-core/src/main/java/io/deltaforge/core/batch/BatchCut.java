package io.deltaforge.core.batch;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.SourcePosition;
import java.util.List;

/**
 * A run of events cut out of the log.
 *
 * @param events in log order, possibly none; not changed any more
 * @param end the position just after them
 * @param whole false when more events of the last one's transaction follow
 * @param trigger why it was cut here
 * @param openedAtNanos when the first transaction in it was complete, on the assembler's clock
 */
public record BatchCut(
        List<ChangeEvent> events, SourcePosition end, boolean whole, Trigger trigger, long openedAtNanos) {

    /** Why a batch ends where it does. */
    public enum Trigger {
        /** It has waited for as long as it may. */
        TIMER("timer"),
        /** It has as many events or bytes as it may. */
        LIMITS("limits"),
        /** Everything is read, and a sink has nothing to do. */
        DRAINED("drained");

        private final String label;

        Trigger(String label) {
            this.label = label;
        }

        /**
         * Returns the word for metrics.
         *
         * @return a word in small letters
         */
        public String label() {
            return label;
        }
    }

    /** Refuses missing parts. */
    public BatchCut {
        requireNonNull(events, "events is null");
        requireNonNull(end, "end is null");
        requireNonNull(trigger, "trigger is null");
    }
}
