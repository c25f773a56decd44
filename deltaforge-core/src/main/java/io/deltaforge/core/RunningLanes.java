package io.deltaforge.core;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.metrics.MetricScope;
import io.deltaforge.api.source.PositionOrder;
import io.deltaforge.core.PipelineDefinition.ProcessorDefinition;
import io.deltaforge.core.chain.ProcessorChain;
import io.deltaforge.core.chain.ProcessorStep;
import io.deltaforge.core.commit.CheckpointCommitter;
import io.deltaforge.core.fanout.FanOut;
import io.deltaforge.core.fanout.Insertion;
import io.deltaforge.core.replay.ReplayTarget;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/** What a replay needs of a pipeline whose lanes run. */
final class RunningLanes implements ReplayTarget {

    private final PipelineDefinition definition;
    private final FanOut lanes;
    private final CheckpointCommitter committer;
    private final PositionOrder order;

    RunningLanes(PipelineDefinition definition, FanOut lanes, CheckpointCommitter committer, PositionOrder order) {
        this.definition = requireNonNull(definition, "definition is null");
        this.lanes = requireNonNull(lanes, "lanes is null");
        this.committer = requireNonNull(committer, "committer is null");
        this.order = requireNonNull(order, "order is null");
    }

    @Override
    public Set<String> sinks() {
        return lanes.status().keySet();
    }

    @Override
    public boolean insert(String sink, Insertion insertion) {
        return lanes.insert(sink, insertion);
    }

    @Override
    public boolean hasPassed(String sink, byte[] position) {
        try {
            return committer
                    .saved(sink)
                    .map(saved -> order.covers(saved, order.parse(position)))
                    .orElse(false);
        } catch (SourceException e) {
            // A position of another time: it is not read again.
            return true;
        }
    }

    @Override
    public List<ChangeEvent> process(String processor, ChangeEvent event) {
        List<ProcessorDefinition> all = definition.processors();
        int from = 0;
        while (from < all.size() && !all.get(from).id().equals(processor)) {
            from++;
        }
        if (from == all.size()) {
            throw new DeliveryException(
                    ErrorKind.RECORD,
                    "REPLAY_WITHOUT_PROCESSOR",
                    "the pipeline has no processor '" + processor
                            + "' any more, so nobody can say what it would have made of the event: discard it",
                    null);
        }
        List<ProcessorStep> steps = new ArrayList<>();
        for (ProcessorDefinition step : all.subList(from, all.size())) {
            steps.add(new ProcessorStep(
                    step.factory().type(),
                    step.factory().create(step.settings()),
                    Optional.empty(),
                    MetricScope.none()));
        }
        try (ProcessorChain chain = new ProcessorChain(steps)) {
            return chain.process(List.of(event), event.position(), true).events().stream()
                    .map(made -> made.withTransactionEnd(event.isTransactionEnd()))
                    .toList();
        } catch (DeltaForgeException e) {
            throw e;
        } catch (RuntimeException e) {
            throw new DeliveryException(ErrorKind.RECORD, "PROCESSOR_FAILED", "the processor failed again: " + e, e);
        }
    }
}
