package io.deltaforge.core;

import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.metrics.Counter;
import io.deltaforge.api.metrics.Histogram;
import io.deltaforge.api.metrics.MetricScope;
import io.deltaforge.core.fanout.FanOut;
import java.util.Map;
import java.util.function.DoubleSupplier;

/** What is counted of a pipeline besides its sinks. */
final class PipelineMetrics {

    private final MetricScope scope;
    private final Histogram batchEvents;
    private final Histogram batchBytes;
    private final Counter checkpoints;
    private final Counter reconnects;

    PipelineMetrics(MetricScope scope, DoubleSupplier status) {
        this.scope = scope;
        this.batchEvents = scope.histogram("deltaforge_batch_events", "Events per batch");
        this.batchBytes = scope.histogram("deltaforge_batch_bytes", "Retained bytes per batch");
        this.checkpoints = scope.counter("deltaforge_checkpoints_total", "Times positions were saved");
        this.reconnects = scope.counter("deltaforge_source_reconnects_total", "Times the source was made anew");
        scope.gauge("deltaforge_pipeline_status", "1 running, 0.5 paused, 0 stopped, -1 failed or held", status);
    }

    MetricScope scope() {
        return scope;
    }

    Histogram stage(String stage) {
        return scope.with(Map.of("stage", stage))
                .histogram("deltaforge_stage_latency_seconds", "Time a batch spends in a stage");
    }

    void watch(FanOut lanes) {
        scope.gauge(
                "deltaforge_window_retained_bytes",
                "Bytes kept alive by events that some sink has not acknowledged",
                () -> (double) lanes.retainedBytes());
        scope.gauge("deltaforge_window_retained_events", "Events that some sink has not acknowledged", () ->
                (double) lanes.retainedEvents());
    }

    void batch(EventBatch batch) {
        if (!batch.isEmpty()) {
            batchEvents.observe(batch.size());
            batchBytes.observe((double) batch.retainedBytes());
        }
    }

    void checkpoint() {
        checkpoints.add(1);
    }

    void reconnect() {
        reconnects.add(1);
    }
}
