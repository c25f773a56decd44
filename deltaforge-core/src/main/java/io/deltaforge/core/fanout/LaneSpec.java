package io.deltaforge.core.fanout;

import io.deltaforge.api.metrics.MetricScope;
import io.deltaforge.api.sink.Sink;
import io.deltaforge.core.commit.PositionWitness;
import io.deltaforge.core.retry.RetryPolicy;
import java.util.function.Supplier;

/**
 * What a lane needs to know of its sink.
 *
 * @param pipeline the pipeline's name
 * @param sink the sink's id
 * @param required whether the pipeline cannot go on without the sink
 * @param sinks makes the sink anew for each try; does no I/O
 * @param start where the lane begins
 * @param witness compares what the target of a transactional sink holds with what is remembered here
 * @param maxInflight how many batches may be under way
 * @param deadlineNanos how long the sink may take for one batch, or for one call; 0 for any time
 * @param retry how long to wait between tries
 * @param metrics a scope with the labels {@code pipeline} and {@code sink}
 */
public record LaneSpec(
        String pipeline,
        String sink,
        boolean required,
        Supplier<Sink> sinks,
        LaneStart start,
        PositionWitness witness,
        int maxInflight,
        long deadlineNanos,
        RetryPolicy retry,
        MetricScope metrics) {}
