package io.deltaforge.core;

import io.deltaforge.api.checkpoint.CheckpointStore;
import io.deltaforge.api.config.Settings;
import io.deltaforge.api.metrics.MetricScope;
import io.deltaforge.api.processor.ProcessorFactory;
import io.deltaforge.api.source.SourceFactory;
import io.deltaforge.core.batch.BatchLimits;
import io.deltaforge.core.commit.CommitPolicy;
import io.deltaforge.core.deadletter.DeadLetterLimits;
import io.deltaforge.core.fanout.MemoryBudget;
import io.deltaforge.core.retry.RetryPolicy;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/** Everything a pipeline is made of, checked. */
record PipelineDefinition(
        String name,
        SourceDefinition source,
        List<ProcessorDefinition> processors,
        List<SinkDefinition> sinks,
        BatchLimits limits,
        Duration sinkDeadline,
        CommitPolicy policy,
        RetryPolicy retry,
        Optional<DeadLetterLimits> journal,
        Optional<SpoolDefinition> spool,
        CheckpointStore checkpoints,
        MetricScope metrics,
        MemoryBudget budget) {

    /** The source of a pipeline. */
    record SourceDefinition(String id, SourceFactory factory, Settings settings) {}

    /** One processor of a pipeline. */
    record ProcessorDefinition(String id, ProcessorFactory factory, Settings settings) {}
}
