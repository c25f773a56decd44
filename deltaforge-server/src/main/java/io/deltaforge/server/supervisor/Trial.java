package io.deltaforge.server.supervisor;

import static java.util.Objects.requireNonNull;

import io.deltaforge.core.Pipeline;
import io.deltaforge.core.PipelineState;
import io.deltaforge.core.PipelineStatus;
import io.deltaforge.core.PipelineStatus.Cause;
import io.deltaforge.core.PipelineStatus.SinkStatus;
import io.deltaforge.core.SinkDefinition;
import io.deltaforge.server.config.ServerConfig;
import io.deltaforge.server.supervisor.RefusedChange.Kind;
import java.time.Duration;
import java.util.Collection;
import java.util.EnumSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;

/** Waits until what was changed works, and says why it does not. Safe from any thread. */
final class Trial {

    private static final long LOOK_MILLIS = 20;
    /** A sink may open and refuse the first batch. */
    private static final long SETTLED_NANOS = 500_000_000;

    private static final Set<PipelineState> TAKING = EnumSet.of(PipelineState.RUNNING, PipelineState.CATCHING_UP);
    private static final Set<PipelineState> OVER = EnumSet.of(PipelineState.FAILED, PipelineState.HELD);

    private final BooleanSupplier open;

    /** What is waited for. */
    interface Goal {

        boolean isReached(PipelineStatus status);

        /** Says whether it will not be reached any more. */
        boolean isLost(PipelineStatus status);

        /** Why it is not reached, as far as anybody knows. */
        Optional<Cause> why(PipelineStatus status);

        /** What there is to see instead. */
        String instead(PipelineStatus status);
    }

    /**
     * Makes a trial.
     *
     * @param open whether the process goes on, so that it makes sense to wait
     */
    Trial(BooleanSupplier open) {
        this.open = requireNonNull(open, "open is null");
    }

    /** A pipeline that reads, with its required sinks taking events; those that are to rest do what they should. */
    record Started(List<SinkDefinition> sinks, Set<String> paused) implements Goal {

        static Started of(ServerConfig.Pipeline config, Set<String> paused) {
            return new Started(config.sinks(), paused);
        }

        @Override
        public boolean isReached(PipelineStatus status) {
            if (status.state() == PipelineState.RUNNING) {
                return true;
            }
            return status.state() == PipelineState.DEGRADED
                    && status.trouble().nextTry().isEmpty()
                    && areTaking(awaited(), status);
        }

        /** All of them where none is required: none of them may be the only one then that does not work. */
        private List<String> awaited() {
            boolean anyRequired = sinks.stream().anyMatch(SinkDefinition::required);
            return sinks.stream()
                    .filter(sink -> !anyRequired || sink.required())
                    .map(SinkDefinition::id)
                    .filter(id -> !paused.contains(id))
                    .toList();
        }

        @Override
        public boolean isLost(PipelineStatus status) {
            return OVER.contains(status.state());
        }

        @Override
        public Optional<Cause> why(PipelineStatus status) {
            return status.cause().or(() -> status.trouble().lastError());
        }

        @Override
        public String instead(PipelineStatus status) {
            return "it was still " + status.state();
        }
    }

    /** Sinks that take events, whatever becomes of the others. */
    record Taking(Set<String> sinks) implements Goal {

        private Optional<SinkStatus> idle(PipelineStatus status) {
            return status.sinks().stream()
                    .filter(sink -> sinks.contains(sink.id()) && !TAKING.contains(sink.state()))
                    .findFirst();
        }

        @Override
        public boolean isReached(PipelineStatus status) {
            return areTaking(sinks, status);
        }

        @Override
        public boolean isLost(PipelineStatus status) {
            return OVER.contains(status.state())
                    || status.sinks().stream()
                            .anyMatch(sink -> sinks.contains(sink.id()) && sink.state() == PipelineState.FAILED);
        }

        @Override
        public Optional<Cause> why(PipelineStatus status) {
            if (OVER.contains(status.state())) {
                return status.cause();
            }
            return idle(status).flatMap(sink -> sink.cause()
                    .or(() -> sink.trouble().lastError())
                    .map(cause ->
                            new Cause(cause.reason(), "sink " + sink.id() + ": " + cause.message(), cause.remedy())));
        }

        @Override
        public String instead(PipelineStatus status) {
            return idle(status)
                    .map(sink -> "sink " + sink.id() + " was still " + sink.state())
                    .orElse("it was still " + status.state());
        }
    }

    private static boolean areTaking(Collection<String> sinks, PipelineStatus status) {
        long taking = status.sinks().stream()
                .filter(sink -> sinks.contains(sink.id()) && TAKING.contains(sink.state()))
                .count();
        return taking == sinks.size();
    }

    /**
     * Waits until a pipeline is so, and has been for a moment.
     *
     * @param patience how long it may take; zero to take it as it is
     * @return why it is not; empty when it is
     * @throws InterruptedException when the process ends meanwhile
     */
    Optional<Cause> await(Pipeline pipeline, Goal goal, Duration patience) throws InterruptedException {
        long now = System.nanoTime();
        long deadline = now + patience.toNanos();
        long reachedAt = Long.MAX_VALUE;
        while (!patience.isZero()) {
            PipelineStatus status = pipeline.status();
            now = System.nanoTime();
            if (!goal.isReached(status)) {
                reachedAt = Long.MAX_VALUE;
            } else if (reachedAt == Long.MAX_VALUE) {
                reachedAt = now;
            } else if (now - reachedAt >= SETTLED_NANOS) {
                return Optional.empty();
            }
            if (!open.getAsBoolean()) {
                throw new InterruptedException("the process ends");
            }
            if (goal.isLost(status) || (now > deadline && reachedAt == Long.MAX_VALUE)) {
                return Optional.of(goal.why(status)
                        .orElse(new Cause(
                                "NOT_STARTED",
                                goal.instead(status) + " after " + patience.toSeconds() + " s",
                                Optional.of("ask with a larger wait_secs, or with 0 to take it as it is"))));
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
        return Optional.empty();
    }

    /** What a trial that has failed is answered with. */
    static RefusedChange failed(Cause cause, String after) {
        return new RefusedChange(
                Kind.DID_NOT_START,
                "PIPELINE_DID_NOT_START",
                "it did not start (" + cause.reason() + "): " + cause.message() + "; " + after,
                Optional.of(cause));
    }
}
