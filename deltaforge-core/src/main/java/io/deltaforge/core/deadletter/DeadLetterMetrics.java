package io.deltaforge.core.deadletter;

import io.deltaforge.api.metrics.Counter;
import io.deltaforge.api.metrics.MetricScope;
import io.deltaforge.core.deadletter.LetterHistory.Deed;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/** What is counted of dead letters, under the original's names. Safe from any thread. */
final class DeadLetterMetrics {

    private final MetricScope scope;
    private final Counter evicted;
    private final Counter rejected;
    private final Counter writeFailures;
    private final Counter replayed;
    private final Counter discarded;
    private final Counter edited;

    DeadLetterMetrics(MetricScope scope, int maxEntries, LongSupplier entries) {
        this.scope = scope;
        this.evicted = scope.counter(
                "deltaforge_dlq_evicted_total", "Dead letters forgotten for their age, or to make room for newer ones");
        this.rejected = scope.counter(
                "deltaforge_dlq_rejected_total",
                "Events that were lost because there was no room for another dead letter");
        this.writeFailures = scope.counter(
                "deltaforge_dlq_write_failures_total", "Times an event could not be put aside; it is delivered again");
        this.replayed = scope.counter(
                "deltaforge_dlq_replayed_total", "Dead letters that were delivered after all, on somebody's request");
        this.discarded = scope.counter("deltaforge_dlq_discarded_total", "Dead letters that somebody gave up");
        this.edited = scope.counter("deltaforge_dlq_edited_total", "Times somebody changed the event of a dead letter");
        scope.gauge("deltaforge_dlq_entries", "Dead letters that are kept", () -> (double) entries.getAsLong());
        scope.gauge(
                "deltaforge_dlq_saturation_ratio",
                "Dead letters that are kept, as a part of those there is room for",
                () -> (double) entries.getAsLong() / maxEntries);
    }

    void putAside(Origin origin, String code) {
        scope.with(Map.of("sink", origin.toString(), "error_kind", code.toLowerCase(Locale.ROOT)))
                .counter(
                        "deltaforge_dlq_events_total",
                        "Events put aside as dead letters, by the code of the failure; each counts once")
                .add(1);
    }

    void parked(Origin origin, int events) {
        scope.with(Map.of("sink", origin.toString()))
                .counter(
                        "deltaforge_dlq_parked_total",
                        "Events put aside only because an earlier one of their key was; counted in"
                                + " deltaforge_dlq_events_total, too")
                .add(events);
    }

    void removed(int letters, Deed deed) {
        if (deed == Deed.REPLAYED) {
            replayed.add(letters);
        } else {
            discarded.add(letters);
        }
    }

    void edited() {
        edited.add(1);
    }

    void evicted() {
        evicted.add(1);
    }

    void rejected() {
        rejected.add(1);
    }

    void writeFailed() {
        writeFailures.add(1);
    }
}
