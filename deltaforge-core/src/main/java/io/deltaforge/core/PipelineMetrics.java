package io.deltaforge.core;

import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.metrics.Counter;
import io.deltaforge.api.metrics.Histogram;
import io.deltaforge.api.metrics.MetricScope;
import io.deltaforge.core.batch.BatchCut;
import io.deltaforge.core.batch.BatchCut.Trigger;
import io.deltaforge.core.fanout.BatchObserver;
import io.deltaforge.core.fanout.FanOut;
import java.util.EnumMap;
import java.util.Map;
import java.util.function.DoubleSupplier;

/** What is counted of a pipeline besides its source, processors and sinks. Safe from any thread. */
final class PipelineMetrics {

    /** The reason of failures that nobody had expected. */
    static final String UNEXPECTED = "UNEXPECTED";

    private static final String STAGE = "deltaforge_stage_latency_seconds";
    private static final String STAGE_HELP =
            "Time that a batch spends in a stage: process, sink, or commit, which is one"
                    + " save for all batches acknowledged meanwhile and has no trigger";

    /** Times of one batch: when it was opened, and why it was cut. */
    private record BatchTimes(PipelineMetrics metrics, Trigger trigger, long openedAtNanos) implements BatchObserver {
        @Override
        public void acknowledged(long nanos) {
            metrics.inSink.get(trigger).observeNanos(nanos);
        }

        @Override
        public void delivered() {
            metrics.e2e.observeNanos(System.nanoTime() - openedAtNanos);
        }
    }

    private final MetricScope scope;
    private final Histogram batchEvents;
    private final Histogram batchBytes;
    private final Counter bytes;
    private final Histogram e2e;
    private final Map<Trigger, Histogram> inProcessors;
    private final Map<Trigger, Histogram> inSink;
    private final Histogram inCommit;
    private final Counter checkpoints;
    private final Counter panics;

    PipelineMetrics(MetricScope root, String pipeline, DoubleSupplier status) {
        this.scope = root.with(Map.of("pipeline", pipeline));
        this.batchEvents = scope.histogram("deltaforge_batch_events", "Events per batch, behind the processors");
        this.batchBytes = scope.histogram("deltaforge_batch_bytes", "Retained bytes per batch, behind the processors");
        this.bytes = scope.counter("deltaforge_bytes_total", "Retained bytes of the events given to the sinks");
        this.e2e = scope.histogram(
                "deltaforge_e2e_latency_seconds",
                "Time from the first complete transaction of a batch being read to the acknowledgement of the last"
                        + " sink that is required");
        this.inProcessors = byTrigger("process");
        this.inSink = byTrigger("sink");
        this.inCommit = scope.with(Map.of("stage", "commit")).histogram(STAGE, STAGE_HELP);
        this.checkpoints = scope.counter("deltaforge_checkpoints_total", "Times positions were saved");
        this.panics = root.counter(
                "deltaforge_panics_total", "Failures that nobody had expected: defects of this program or of a plugin");
        root.counter("deltaforge_pipelines_total", "Pipelines made since the process started")
                .add(1);
        scope.gauge("deltaforge_pipeline_info", "Always 1: the pipeline is there", () -> 1);
        scope.gauge("deltaforge_pipeline_status", "1 running, 0.5 paused, 0 stopped, -1 failed or held", status);
    }

    private Map<Trigger, Histogram> byTrigger(String stage) {
        Map<Trigger, Histogram> histograms = new EnumMap<>(Trigger.class);
        for (Trigger trigger : Trigger.values()) {
            histograms.put(
                    trigger,
                    scope.with(Map.of("stage", stage, "trigger", trigger.label()))
                            .histogram(STAGE, STAGE_HELP));
        }
        return histograms;
    }

    MetricScope scope() {
        return scope;
    }

    void watch(FanOut lanes) {
        scope.gauge(
                "deltaforge_window_retained_bytes",
                "Bytes kept alive by events that some sink has not acknowledged",
                () -> (double) lanes.retainedBytes());
        watchSpool(lanes);
        scope.gauge("deltaforge_window_retained_events", "Events that some sink has not acknowledged", () ->
                (double) lanes.retainedEvents());
    }

    private void watchSpool(FanOut lanes) {
        scope.gauge("deltaforge_spool_bytes", "Bytes on disk that the spool has for sinks that are behind", () ->
                (double) lanes.spoolBytes());
        scope.gauge(
                "deltaforge_spool_oldest_seconds",
                "Age of the oldest batch in the spool; 0 while it is empty",
                lanes::spoolAgeSeconds);
        scope.gauge(
                "deltaforge_lane_wait_seconds",
                "For how long the source has stood still in this run although a sink had nothing to do, because another one"
                        + " had not made room",
                lanes::waitedSeconds);
    }

    /** Shows, per sink, whether it delivers and saves, and when it saved last. */
    void watchCheckpoints(SinkDefinition sink, DoubleSupplier status, DoubleSupplier savedAt) {
        MetricScope labelled = scope.with(Map.of("sink", sink.id()));
        labelled.with(Map.of("required", Boolean.toString(sink.required())))
                .gauge(
                        "deltaforge_sink_checkpoint_status",
                        "1 while the sink delivers and its position can be saved, 0 while not",
                        status);
        labelled.gauge(
                "deltaforge_sink_last_checkpoint_ts",
                "When the sink's position was saved last in this run, in seconds since 1970; NaN before",
                savedAt);
    }

    /** Shows when anything was saved last. */
    void watchLastCheckpoint(DoubleSupplier savedAt) {
        scope.gauge(
                "deltaforge_last_checkpoint_ts",
                "When a position was saved last in this run, in seconds since 1970; NaN before",
                savedAt);
    }

    void batch(EventBatch batch) {
        if (!batch.isEmpty()) {
            batchEvents.observe(batch.size());
            batchBytes.observe((double) batch.retainedBytes());
            bytes.add(batch.retainedBytes());
        }
    }

    BatchObserver times(BatchCut cut) {
        return new BatchTimes(this, cut.trigger(), cut.openedAtNanos());
    }

    void processed(Trigger trigger, long nanos) {
        inProcessors.get(trigger).observeNanos(nanos);
    }

    void saved(long nanos) {
        checkpoints.add(1);
        inCommit.observeNanos(nanos);
    }

    /** Counts a failure that is a defect. */
    void panicIfUnexpected(DeltaForgeException failure) {
        if (failure.reason().equals(UNEXPECTED)) {
            panics.add(1);
        }
    }
}
