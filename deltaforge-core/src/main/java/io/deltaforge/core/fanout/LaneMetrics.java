package io.deltaforge.core.fanout;

import io.deltaforge.api.metrics.Counter;
import io.deltaforge.api.metrics.Histogram;
import io.deltaforge.api.metrics.MetricScope;

/** What is counted of one lane's deliveries, under the names that the original's users know. */
final class LaneMetrics {

    private final Counter events;
    private final Counter batches;
    private final Counter retries;
    private final Histogram latency;
    private final Histogram stage;

    LaneMetrics(MetricScope scope, Histogram stage) {
        events = scope.counter("deltaforge_sink_events_total", "Events acknowledged by the sink");
        batches = scope.counter("deltaforge_sink_batch_total", "Batches acknowledged by the sink");
        retries = scope.counter("deltaforge_sink_reconnects_total", "Times the sink was made anew after a failure");
        latency = scope.histogram(
                "deltaforge_sink_latency_seconds", "Time from handing a batch to the sink to its acknowledgement");
        this.stage = stage;
    }

    void delivered(int delivered, long deliveredAt) {
        if (delivered > 0) {
            long nanos = System.nanoTime() - deliveredAt;
            events.add(delivered);
            batches.add(1);
            latency.observeNanos(nanos);
            stage.observeNanos(nanos);
        }
    }

    void failed() {
        retries.add(1);
    }
}
