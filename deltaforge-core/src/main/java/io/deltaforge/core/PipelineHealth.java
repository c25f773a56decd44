package io.deltaforge.core;

import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.core.PipelineStatus.Cause;
import io.deltaforge.core.PipelineStatus.Flow;
import io.deltaforge.core.PipelineStatus.SinkStatus;
import io.deltaforge.core.PipelineStatus.Trouble;
import io.deltaforge.core.commit.CheckpointCommitter;
import io.deltaforge.core.fanout.FanOut;
import io.deltaforge.core.fanout.LaneStatus;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;

/** The state of a pipeline and why it is so; one model for logs, metrics and whoever asks. Safe from any thread. */
final class PipelineHealth {

    /** What the pipeline itself is doing, its sinks aside. */
    private record Shown(PipelineState state, Instant since, DeltaForgeException reason, Instant nextTry) {}

    private static final Set<LaneStatus.Phase> DELIVERING =
            EnumSet.of(LaneStatus.Phase.RUNNING, LaneStatus.Phase.CATCHING_UP);

    private final PipelineDefinition definition;
    private final CurrentSinks current;
    private volatile Shown shown = new Shown(PipelineState.STOPPED, Instant.now(), null, null);
    private volatile DeltaForgeException storage;
    private volatile DeltaForgeException spool;
    private volatile Instant startedAt;
    private volatile LaneStatus.LastFailure lastFailure;
    private long failures;

    PipelineHealth(PipelineDefinition definition, CurrentSinks sinks) {
        this.definition = definition;
        this.current = sinks;
    }

    /** Returns whether this is news. */
    boolean show(PipelineState state, DeltaForgeException reason) {
        return show(state, reason, null);
    }

    /** Returns whether this is news. */
    synchronized boolean show(PipelineState state, DeltaForgeException reason, Instant nextTry) {
        boolean sameState = shown.state() == state;
        shown = new Shown(state, sameState ? shown.since() : Instant.now(), reason, nextTry);
        if (reason != null && state != PipelineState.STANDBY) {
            lastFailure = new LaneStatus.LastFailure(Instant.now(), reason);
            failures++;
        }
        return !sameState;
    }

    synchronized void started() {
        startedAt = Instant.now();
        show(PipelineState.STARTING, null);
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

    /** Returns whether this is news. */
    synchronized boolean spool(DeltaForgeException failure) {
        boolean news = !Objects.equals(reason(spool), reason(failure));
        spool = failure;
        return news;
    }

    private static String reason(DeltaForgeException failure) {
        return failure == null ? null : failure.reason();
    }

    PipelineStatus status(FanOut lanes, CheckpointCommitter committer, SourceMeter meter, long deadLetters) {
        Shown now = shown;
        List<SinkStatus> sinks = sinkStatuses(lanes, committer);
        PipelineState state = now.state();
        Instant since = now.since();
        Optional<Cause> cause = cause(now.reason());
        if (state == PipelineState.RUNNING && storage != null) {
            state = PipelineState.DEGRADED;
            cause = cause(storage);
        } else if (state == PipelineState.RUNNING && spool != null) {
            state = PipelineState.DEGRADED;
            cause = cause(spool);
        } else if (state == PipelineState.RUNNING) {
            Optional<SinkStatus> worst = sinks.stream()
                    .filter(sink -> sink.state() != PipelineState.RUNNING)
                    .findFirst();
            if (worst.isPresent()) {
                boolean starting = worst.get().state() == PipelineState.STARTING;
                state = starting ? PipelineState.STARTING : PipelineState.DEGRADED;
                since = worst.get().since();
                cause = worst.get()
                        .cause()
                        .map(inner -> named(worst.get().id(), inner))
                        .or(() -> behind(worst.get()));
            }
        }
        Optional<String> committed = committer == null
                ? Optional.empty()
                : committer.committed(definition.policy(), current.required()).map(SourcePosition::toString);
        return new PipelineStatus(
                definition.name(),
                state,
                since,
                cause,
                trouble(),
                committed,
                new Flow(Optional.ofNullable(startedAt), meter.lagSeconds(), meter.idleSeconds()),
                deadLetters,
                sinks);
    }

    /** Says why a pipeline is not well whose sink has no trouble. */
    private static Optional<Cause> behind(SinkStatus sink) {
        return switch (sink.state()) {
            case CATCHING_UP ->
                Optional.of(new Cause(
                        "CATCHING_UP",
                        "sink " + sink.id() + " is " + sink.waitingBatches() + " batches behind and catches up",
                        Optional.empty()));
            case PAUSED ->
                Optional.of(new Cause("PAUSED", "sink " + sink.id() + " is paused", Optional.of("resume it")));
            default -> Optional.empty();
        };
    }

    private synchronized Trouble trouble() {
        return trouble(failures, lastFailure, shown.nextTry());
    }

    private static Trouble trouble(long failures, LaneStatus.LastFailure last, Instant nextTry) {
        Optional<LaneStatus.LastFailure> known = Optional.ofNullable(last);
        return new Trouble(
                failures,
                known.flatMap(failure -> cause(failure.failure())),
                known.map(LaneStatus.LastFailure::at),
                Optional.ofNullable(nextTry));
    }

    private List<SinkStatus> sinkStatuses(FanOut lanes, CheckpointCommitter committer) {
        List<SinkStatus> sinks = new ArrayList<>();
        Map<String, LaneStatus> statuses = lanes == null ? Map.of() : lanes.status();
        for (SinkDefinition sink : current.all()) {
            LaneStatus lane = statuses.getOrDefault(sink.id(), LaneStatus.starting(shown.since()));
            sinks.add(new SinkStatus(
                    sink.id(),
                    sink.required(),
                    state(lane.phase()),
                    lane.since(),
                    cause(lane.failure()),
                    trouble(lane.failures(), lane.last(), lane.nextTry()),
                    committer == null
                            ? Optional.empty()
                            : committer.saved(sink.id()).map(SourcePosition::toString),
                    committer == null ? Optional.empty() : committer.savedAt(sink.id()),
                    lane.waitingBatches()));
        }
        return sinks;
    }

    private static PipelineState state(LaneStatus.Phase phase) {
        return switch (phase) {
            case STARTING -> PipelineState.STARTING;
            case RUNNING -> PipelineState.RUNNING;
            case CATCHING_UP -> PipelineState.CATCHING_UP;
            case RETRYING -> PipelineState.DEGRADED;
            case PAUSED -> PipelineState.PAUSED;
            case DETACHED -> PipelineState.DETACHED;
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

    /** Whether a sink delivers and its position can be saved: 1 or 0. */
    double checkpointStatus(FanOut lanes, String sink) {
        LaneStatus lane = lanes == null ? null : lanes.status().get(sink);
        return lane != null && DELIVERING.contains(lane.phase()) && storage == null ? 1 : 0;
    }

    /** The value of the original's status gauge: 1 running, 0.5 paused, 0 stopped, below 0 failed. */
    double statusValue() {
        return switch (shown.state()) {
            case STARTING, RUNNING, CATCHING_UP, DEGRADED, STANDBY -> 1;
            case PAUSED -> 0.5;
            case STOPPING, STOPPED, DETACHED -> 0;
            case HELD, FAILED -> -1;
        };
    }
}
