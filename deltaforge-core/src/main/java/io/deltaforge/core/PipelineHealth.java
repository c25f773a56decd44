package io.deltaforge.core;

import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.core.PipelineStatus.Cause;
import io.deltaforge.core.PipelineStatus.SinkStatus;
import io.deltaforge.core.commit.CheckpointCommitter;
import io.deltaforge.core.fanout.FanOut;
import io.deltaforge.core.fanout.LaneStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** The state of a pipeline and why it is so; one model for logs, metrics and whoever asks. Safe from any thread. */
final class PipelineHealth {

    /** What the pipeline itself is doing, its sinks aside. */
    private record Shown(PipelineState state, Instant since, DeltaForgeException reason) {}

    private final PipelineDefinition definition;
    private volatile Shown shown = new Shown(PipelineState.STOPPED, Instant.now(), null);
    private volatile DeltaForgeException storage;

    PipelineHealth(PipelineDefinition definition) {
        this.definition = definition;
    }

    /** Returns whether this is news. */
    synchronized boolean show(PipelineState state, DeltaForgeException reason) {
        boolean sameState = shown.state() == state;
        shown = new Shown(state, sameState ? shown.since() : Instant.now(), reason);
        return !sameState;
    }

    synchronized void stopping() {
        if (shown.state() != PipelineState.FAILED && shown.state() != PipelineState.HELD) {
            show(PipelineState.STOPPING, null);
        }
    }

    /** Returns whether this is news. */
    synchronized boolean storage(DeltaForgeException failure) {
        boolean news = !Objects.equals(reason(storage), reason(failure));
        storage = failure;
        return news;
    }

    private static String reason(DeltaForgeException failure) {
        return failure == null ? null : failure.reason();
    }

    PipelineStatus status(FanOut lanes, CheckpointCommitter committer) {
        Shown now = shown;
        List<SinkStatus> sinks = sinkStatuses(lanes, committer);
        PipelineState state = now.state();
        Instant since = now.since();
        Optional<Cause> cause = cause(now.reason());
        if (state == PipelineState.RUNNING && storage != null) {
            state = PipelineState.DEGRADED;
            cause = cause(storage);
        } else if (state == PipelineState.RUNNING) {
            Optional<SinkStatus> worst = sinks.stream()
                    .filter(sink -> sink.state() != PipelineState.RUNNING)
                    .findFirst();
            if (worst.isPresent()) {
                boolean starting = worst.get().state() == PipelineState.STARTING;
                state = starting ? PipelineState.STARTING : PipelineState.DEGRADED;
                since = worst.get().since();
                cause = worst.get().cause().map(inner -> named(worst.get().id(), inner));
            }
        }
        Optional<String> committed = committer == null
                ? Optional.empty()
                : committer
                        .committed(definition.policy(), definition.requiredSinks())
                        .map(SourcePosition::toString);
        return new PipelineStatus(definition.name(), state, since, cause, committed, sinks);
    }

    private List<SinkStatus> sinkStatuses(FanOut lanes, CheckpointCommitter committer) {
        List<SinkStatus> sinks = new ArrayList<>();
        Map<String, LaneStatus> statuses = lanes == null ? Map.of() : lanes.status();
        for (SinkDefinition sink : definition.sinks()) {
            LaneStatus lane =
                    statuses.getOrDefault(sink.id(), new LaneStatus(LaneStatus.Phase.STARTING, shown.since(), null, 0));
            sinks.add(new SinkStatus(
                    sink.id(),
                    sink.required(),
                    state(lane.phase()),
                    lane.since(),
                    cause(lane.failure()),
                    committer == null
                            ? Optional.empty()
                            : committer.saved(sink.id()).map(SourcePosition::toString),
                    lane.waitingBatches()));
        }
        return sinks;
    }

    private static PipelineState state(LaneStatus.Phase phase) {
        return switch (phase) {
            case STARTING -> PipelineState.STARTING;
            case RUNNING -> PipelineState.RUNNING;
            case RETRYING -> PipelineState.DEGRADED;
            case STOPPED -> PipelineState.STOPPED;
            case FAILED -> PipelineState.FAILED;
        };
    }

    private static Optional<Cause> cause(DeltaForgeException failure) {
        return Optional.ofNullable(failure).map(known -> new Cause(known.reason(), known.getMessage(), known.remedy()));
    }

    private static Cause named(String sink, Cause cause) {
        return new Cause(cause.reason(), "sink " + sink + ": " + cause.message(), cause.remedy());
    }

    /** The value of the original's status gauge: 1 running, 0.5 paused, 0 stopped, below 0 failed. */
    double statusValue() {
        return switch (shown.state()) {
            case STARTING, RUNNING, DEGRADED, STANDBY -> 1;
            case PAUSED -> 0.5;
            case STOPPING, STOPPED -> 0;
            case HELD, FAILED -> -1;
        };
    }
}
