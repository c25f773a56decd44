package io.deltaforge.core.fanout;

import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.metrics.Counter;
import io.deltaforge.api.metrics.Histogram;
import io.deltaforge.api.metrics.MetricScope;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.atomic.AtomicLong;

/** What is counted of one lane, under the names that the original's users know. Safe from any thread. */
final class LaneMetrics {

    private final MetricScope scope;
    private final Counter events;
    private final Counter batches;
    private final Counter reconnects;
    private final Counter timeouts;
    private final Histogram latency;
    private final AtomicLong failures = new AtomicLong();

    LaneMetrics(MetricScope scope) {
        this.scope = scope;
        events = scope.counter("deltaforge_sink_events_total", "Events acknowledged by the sink");
        batches = scope.counter("deltaforge_sink_batch_total", "Batches acknowledged by the sink");
        reconnects = scope.counter("deltaforge_sink_reconnects_total", "Times the sink was made anew after a failure");
        timeouts = scope.counter(
                "deltaforge_coordinator_sink_timeout_total",
                "Times the sink took longer than sink_batch_deadline_secs");
        latency = scope.histogram(
                "deltaforge_sink_latency_seconds", "Time from handing a batch to the sink to its acknowledgement");
    }

    /** Takes note of an acknowledged batch; returns how long it took, in nanoseconds. */
    long delivered(int delivered, long deliveredAt) {
        long nanos = System.nanoTime() - deliveredAt;
        events.add(delivered);
        batches.add(1);
        latency.observeNanos(nanos);
        return nanos;
    }

    void timeout() {
        timeouts.add(1);
    }

    void reconnect() {
        reconnects.add(1);
    }

    /** Counts a failure by its code in small letters, which is one of a closed set per sink type. */
    void failed(DeltaForgeException failure) {
        failures.incrementAndGet();
        MetricScope byKind = scope.with(Map.of("kind", failure.reason().toLowerCase(Locale.ROOT)));
        byKind.counter("deltaforge_sink_errors_total", "Failures of the sink by their codes")
                .add(1);
        RoutingErrors.count(scope, failure);
    }

    long failures() {
        return failures.get();
    }
}
