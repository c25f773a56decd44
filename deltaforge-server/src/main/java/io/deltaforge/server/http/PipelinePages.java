package io.deltaforge.server.http;

import static java.util.Objects.requireNonNull;

import io.deltaforge.core.PipelineState;
import io.deltaforge.core.PipelineStatus;
import io.deltaforge.core.PipelineStatus.SinkStatus;
import io.deltaforge.server.metrics.Metrics;
import io.deltaforge.server.supervisor.Desired;
import io.deltaforge.server.supervisor.Pipelines;
import io.deltaforge.server.supervisor.View;
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
import java.util.stream.Collectors;

/**
 * What the API says about pipelines: what the original's callers read, with true values, and what there is besides. Safe from
 * any thread.
 */
public final class PipelinePages {

    /** States in which an instance does not do its work yet, or not any more, without anything being wrong. */
    private static final Set<PipelineState> NOT_READY =
            EnumSet.of(PipelineState.STARTING, PipelineState.STANDBY, PipelineState.STOPPING, PipelineState.STOPPED);

    private final Pipelines pipelines;
    private final Metrics metrics;

    /**
     * Makes the pages.
     *
     * @param pipelines what there is
     * @param metrics what was counted
     */
    public PipelinePages(Pipelines pipelines, Metrics metrics) {
        this.pipelines = requireNonNull(pipelines, "pipelines is null");
        this.metrics = requireNonNull(metrics, "metrics is null");
    }

    Object ready(Context request) {
        List<View> all = pipelines.views();
        boolean ready = pipelines.isOpen() && all.stream().noneMatch(PipelinePages::isAway);
        request.status(ready ? 200 : 503);
        List<Object> briefs = new ArrayList<>();
        all.forEach(view -> briefs.add(brief(view.status())));
        return ordered("status", ready ? "ready" : "not_ready", "pipelines", briefs);
    }

    /** One that was told to rest does what it should. */
    private static boolean isAway(View view) {
        return view.desired() == Desired.RUNNING
                && NOT_READY.contains(view.status().state());
    }

    private static Map<String, Object> brief(PipelineStatus status) {
        return ordered("name", status.name(), "status", word(status.state()), "state", status.state());
    }

    Object health(Context request) {
        List<PipelineStatus> all = pipelines.statuses();
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
        List<Object> pages = new ArrayList<>();
        pipelines.views().forEach(view -> pages.add(info(view)));
        return pages;
    }

    Object one(String name) {
        View view = find(name);
        Map<String, Object> page = info(view);
        page.put("ops", operations(view));
        return page;
    }

    Object checkpoints(String name) {
        return checkpoints(find(name).status());
    }

    private View find(String name) {
        return pipelines
                .view(name)
                .orElseThrow(() -> new ProblemException(
                        404,
                        "PIPELINE_NOT_FOUND",
                        "there is no pipeline '" + name + "'; there are "
                                + pipelines.statuses().stream()
                                        .map(PipelineStatus::name)
                                        .collect(Collectors.joining(", "))));
    }

    static Map<String, Object> info(View view) {
        PipelineStatus status = view.status();
        Map<String, Object> page = brief(status);
        page.put("since", status.since());
        page.put("cause", status.cause());
        page.put("last_error", status.trouble().lastError());
        page.put("last_error_at", status.trouble().lastErrorAt());
        page.put("next_try", status.trouble().nextTry());
        page.put("committed", status.committed());
        page.put("origin", view.origin());
        page.put("desired", view.desired());
        page.put("spec", view.config().map(SpecView::of));
        return page;
    }

    private static List<Object> checkpoints(PipelineStatus status) {
        Instant now = Instant.now();
        List<Object> checkpoints = new ArrayList<>();
        for (SinkStatus sink : status.sinks()) {
            sink.position()
                    .ifPresent(position -> checkpoints.add(ordered(
                            "sink_id", sink.id(), "position", position, "age_seconds", age(sink.savedAt(), now))));
        }
        return checkpoints;
    }

    private Map<String, Object> operations(View view) {
        PipelineStatus status = view.status();
        Instant now = Instant.now();
        Map<String, Object> errors = new LinkedHashMap<>();
        List<Object> sinks = new ArrayList<>();
        for (SinkStatus sink : status.sinks()) {
            sink.trouble().lastError().ifPresent(error -> errors.put(sink.id(), error.message()));
            Map<String, Object> page = sink(sink, view.pausedSinks().contains(sink.id()));
            page.put("events", count("deltaforge_sink_events_total", status, Map.of("sink", sink.id())));
            sinks.add(page);
        }
        return ordered(
                "events",
                count("deltaforge_source_events_total", status, Map.of()),
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
                checkpoints(status),
                "sinks",
                sinks);
    }

    private long count(String family, PipelineStatus status, Map<String, String> more) {
        Map<String, String> labels = new LinkedHashMap<>(more);
        labels.put("pipeline", status.name());
        return metrics.count(family, labels);
    }

    private static Map<String, Object> sink(SinkStatus sink, boolean paused) {
        return ordered(
                "id",
                sink.id(),
                "required",
                sink.required(),
                "desired",
                paused ? Desired.PAUSED : Desired.RUNNING,
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
            case STARTING, RUNNING, CATCHING_UP, DEGRADED, STANDBY -> "running";
            case PAUSED -> "paused";
            case STOPPING, STOPPED, DETACHED -> "stopped";
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
