package io.deltaforge.server.http;

import static java.util.Objects.requireNonNull;

import io.deltaforge.core.PipelineState;
import io.deltaforge.core.PipelineStatus;
import io.deltaforge.core.PipelineStatus.SinkStatus;
import io.deltaforge.server.config.ServerConfig;
import io.javalin.http.Context;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Supplier;

/**
 * What the API says about pipelines: what the original's callers read, with true values, and what there is besides. Safe from
 * any thread.
 */
public final class PipelinePages {

    /** States in which an instance does not do its work yet, or not any more, without anything being wrong. */
    private static final Set<PipelineState> NOT_READY =
            EnumSet.of(PipelineState.STARTING, PipelineState.STANDBY, PipelineState.STOPPING, PipelineState.STOPPED);

    private final Map<String, ServerConfig.Pipeline> configs = new LinkedHashMap<>();
    private final Supplier<List<PipelineStatus>> statuses;

    /**
     * Makes the pages.
     *
     * @param pipelines what was configured
     * @param statuses what they are doing; asked from any thread
     */
    public PipelinePages(List<ServerConfig.Pipeline> pipelines, Supplier<List<PipelineStatus>> statuses) {
        pipelines.forEach(pipeline -> configs.put(pipeline.name(), pipeline));
        this.statuses = requireNonNull(statuses, "statuses is null");
    }

    Object ready(Context request) {
        List<PipelineStatus> all = statuses.get();
        boolean ready = all.stream().noneMatch(status -> NOT_READY.contains(status.state()));
        request.status(ready ? 200 : 503);
        List<Object> pipelines = new ArrayList<>();
        all.forEach(status -> pipelines.add(brief(status)));
        return ordered("status", ready ? "ready" : "not_ready", "pipelines", pipelines);
    }

    private static Map<String, Object> brief(PipelineStatus status) {
        return ordered("name", status.name(), "status", word(status.state()), "state", status.state());
    }

    Object health(Context request) {
        List<PipelineStatus> all = statuses.get();
        List<String> failed = all.stream()
                .filter(status -> HealthPage.needsAnOperator(status.state()))
                .map(PipelineStatus::name)
                .toList();
        request.status(failed.isEmpty() ? 200 : 503);
        Map<String, Object> states = new LinkedHashMap<>();
        all.forEach(status -> states.put(status.name(), status.state()));
        return ordered(
                "status",
                failed.isEmpty() ? "healthy" : "unhealthy",
                "pipelines",
                all.size(),
                "failed_pipelines",
                failed,
                "states",
                states);
    }

    List<Object> all() {
        List<Object> pipelines = new ArrayList<>();
        statuses.get().forEach(status -> pipelines.add(info(status)));
        return pipelines;
    }

    Object one(String name) {
        PipelineStatus status = statuses.get().stream()
                .filter(each -> each.name().equals(name))
                .findFirst()
                .orElseThrow(() -> new ProblemException(
                        404,
                        "PIPELINE_NOT_FOUND",
                        "there is no pipeline '" + name + "'; there are " + String.join(", ", configs.keySet())));
        Map<String, Object> page = info(status);
        page.put("ops", operations(status));
        return page;
    }

    private Map<String, Object> info(PipelineStatus status) {
        Map<String, Object> page = brief(status);
        page.put("since", status.since());
        page.put("cause", status.cause());
        page.put("last_error", status.trouble().lastError());
        page.put("last_error_at", status.trouble().lastErrorAt());
        page.put("next_try", status.trouble().nextTry());
        page.put("committed", status.committed());
        page.put("spec", SpecView.of(configs.get(status.name())));
        return page;
    }

    private static Map<String, Object> operations(PipelineStatus status) {
        Instant now = Instant.now();
        Map<String, Object> errors = new LinkedHashMap<>();
        List<Object> checkpoints = new ArrayList<>();
        List<Object> sinks = new ArrayList<>();
        for (SinkStatus sink : status.sinks()) {
            sink.trouble().lastError().ifPresent(error -> errors.put(sink.id(), error.message()));
            sink.position()
                    .ifPresent(position -> checkpoints.add(ordered(
                            "sink_id", sink.id(), "position", position, "age_seconds", age(sink.savedAt(), now))));
            sinks.add(sink(sink));
        }
        return ordered(
                "lag_seconds",
                status.flow().lagSeconds(),
                "idle_seconds",
                status.flow().idleSeconds(),
                "dlq_entries",
                status.deadLetters(),
                "sink_errors",
                errors,
                "uptime_seconds",
                age(status.flow().startedAt(), now),
                "failures",
                status.trouble().failures(),
                "checkpoints",
                checkpoints,
                "sinks",
                sinks);
    }

    private static Map<String, Object> sink(SinkStatus sink) {
        return ordered(
                "id",
                sink.id(),
                "required",
                sink.required(),
                "state",
                sink.state(),
                "since",
                sink.since(),
                "cause",
                sink.cause(),
                "failures",
                sink.trouble().failures(),
                "last_error",
                sink.trouble().lastError(),
                "last_error_at",
                sink.trouble().lastErrorAt(),
                "next_try",
                sink.trouble().nextTry(),
                "position",
                sink.position(),
                "saved_at",
                sink.savedAt(),
                "waiting_batches",
                sink.waitingBatches());
    }

    /** Seconds since then; null when it was not in this run. */
    private static Double age(Optional<Instant> then, Instant now) {
        return then.map(at -> Math.max(0, Duration.between(at, now).toMillis()) / 1e3)
                .orElse(null);
    }

    /** The original's word, of which there are four. */
    private static String word(PipelineState state) {
        return switch (state) {
            case STARTING, RUNNING, DEGRADED, STANDBY -> "running";
            case PAUSED -> "paused";
            case STOPPING, STOPPED -> "stopped";
            case HELD, FAILED -> "failed";
        };
    }

    private static Map<String, Object> ordered(Object... namesAndValues) {
        Map<String, Object> ordered = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            ordered.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return ordered;
    }
}
