package io.deltaforge.core;

import io.deltaforge.api.metrics.MetricScope;
import io.deltaforge.api.sink.DeadLetters;
import io.deltaforge.api.sink.Sink;
import io.deltaforge.api.source.PositionOrder;
import io.deltaforge.api.source.SourceIdentity;
import io.deltaforge.core.commit.PipelineCheckpoints;
import io.deltaforge.core.deadletter.DeadLetterQueue;
import io.deltaforge.core.deadletter.SinkGate;
import io.deltaforge.core.fanout.LaneSpec;
import io.deltaforge.core.fanout.LaneStart;
import io.deltaforge.core.fanout.RoutingErrors;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/** Describes the lanes of a pipeline's sinks. Safe from any thread. */
final class LaneSpecs {

    private final PipelineDefinition definition;
    private final PipelineCheckpoints checkpoints;
    private final Optional<DeadLetterQueue> deadLetters;
    private final MetricScope pipelineScope;
    private final SourceIdentity source;
    private final PositionOrder order;

    LaneSpecs(
            PipelineDefinition definition,
            PipelineCheckpoints checkpoints,
            Optional<DeadLetterQueue> deadLetters,
            MetricScope pipelineScope,
            SourceIdentity source,
            PositionOrder order) {
        this.definition = definition;
        this.checkpoints = checkpoints;
        this.deadLetters = deadLetters;
        this.pipelineScope = pipelineScope;
        this.source = source;
        this.order = order;
    }

    LaneSpec of(SinkDefinition sink, LaneStart start) {
        MetricScope scope = pipelineScope.with(Map.of("sink", sink.id()));
        return new LaneSpec(
                definition.name(),
                sink.id(),
                sink.required(),
                sinks(sink, scope),
                start,
                checkpoints.witness(sink.id(), order),
                definition.limits().maxInflight(),
                definition.sinkDeadline().toNanos(),
                definition.retry(),
                scope);
    }

    /** Before a sink is given anything again for the sake of an event that must be put aside, there is room for it. */
    private Supplier<Sink> sinks(SinkDefinition sink, MetricScope scope) {
        Optional<SinkGate> gate = deadLetters.map(queue -> queue.gate(sink.id()));
        DeadLetters given = new NoDeadLetters(sink.id());
        if (gate.isPresent()) {
            given = (event, failure) -> gate.get().put(event, failure, () -> RoutingErrors.count(scope, failure));
        }
        SinkEnvironment environment =
                new SinkEnvironment(definition.name(), sink.id(), source.id(), sink.envelope(), scope, given);
        return () -> {
            gate.ifPresent(SinkGate::requireRoom);
            Sink made = sink.factory().create(sink.settings(), environment);
            return gate.map(each -> each.around(made)).orElse(made);
        };
    }
}
