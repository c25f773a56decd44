package io.deltaforge.server.supervisor;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.core.Pipeline;
import io.deltaforge.core.PipelineStatus.Cause;
import io.deltaforge.core.SinkDefinition;
import io.deltaforge.server.config.PipelineSpec;
import io.deltaforge.server.config.ServerConfig;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A change that adds sinks, removes some, and leaves everything else as it is: it is made in the running pipeline, whose other
 * sinks take no notice. For one thread, which holds the pipeline's lock.
 */
final class SinkSetChange {

    private static final Logger LOG = LoggerFactory.getLogger(SinkSetChange.class);
    private static final String SINKS = "sinks";

    private final Pipelines pipelines;
    private final Supervised supervised;
    private final PipelineSpec spec;
    private final Pipeline pipeline;
    private final List<SinkDefinition> added;
    private final List<String> removed;

    private SinkSetChange(Pipelines pipelines, Supervised supervised, PipelineSpec spec, ServerConfig.Pipeline before) {
        this.pipelines = requireNonNull(pipelines, "pipelines is null");
        this.supervised = requireNonNull(supervised, "supervised is null");
        this.spec = requireNonNull(spec, "spec is null");
        this.pipeline = supervised.pipeline().orElseThrow();
        Set<String> known = supervised.sinks();
        this.added = spec.pipeline().sinks().stream()
                .filter(sink -> !known.contains(sink.id()))
                .toList();
        Set<String> stay = ids(spec.pipeline());
        this.removed = before.sinks().stream()
                .map(SinkDefinition::id)
                .filter(id -> !stay.contains(id))
                .toList();
    }

    /** Says what is to be done to the sinks of a running pipeline; empty when more than that is to be changed, or it does not run. */
    static Optional<SinkSetChange> of(Pipelines pipelines, Supervised supervised, PipelineSpec spec) {
        boolean runs = supervised.isAtWork()
                && supervised.pipeline().filter(Pipeline::isAtItsSinks).isPresent();
        return supervised
                .config()
                .filter(before -> runs
                        && isAllElseSame(before, spec.pipeline())
                        && isAllElseSame(supervised.document().orElse(Map.of()), spec.document()))
                .map(before -> new SinkSetChange(pipelines, supervised, spec, before));
    }

    static Set<String> ids(ServerConfig.Pipeline config) {
        return config.sinks().stream().map(SinkDefinition::id).collect(Collectors.toSet());
    }

    /** What is as it was written may still mean something else: the number of sinks is a default of the spool. */
    private static boolean isAllElseSame(ServerConfig.Pipeline before, ServerConfig.Pipeline after) {
        // One that is not needed any more is no reason to stop; the next start goes without.
        boolean spoolServes = before.spool().enabled() || !after.spool().enabled();
        return spoolServes
                && before.spool().limits().equals(after.spool().limits())
                && before.limits().equals(after.limits())
                && before.journal().equals(after.journal())
                && before.sinkDeadline().equals(after.sinkDeadline())
                && isSameOrder(before, after);
    }

    private static boolean isSameOrder(ServerConfig.Pipeline before, ServerConfig.Pipeline after) {
        return before.processors().stream()
                .map(ServerConfig.Plugin::id)
                .toList()
                .equals(after.processors().stream().map(ServerConfig.Plugin::id).toList());
    }

    private static boolean isAllElseSame(Map<String, Object> before, Map<String, Object> after) {
        if (!(before.get(SINKS) instanceof Map<?, ?> sinksBefore && after.get(SINKS) instanceof Map<?, ?> sinksAfter)) {
            return false;
        }
        Set<String> names = new HashSet<>(before.keySet());
        names.addAll(after.keySet());
        names.remove(SINKS);
        Set<Object> stay = new HashSet<>(sinksBefore.keySet());
        stay.retainAll(sinksAfter.keySet());
        return names.stream()
                        .allMatch(name ->
                                before.containsKey(name) && before.get(name).equals(after.get(name)))
                && stay.stream().allMatch(id -> sinksBefore.get(id).equals(sinksAfter.get(id)));
    }

    /** Says whether a description is, word for word, the one that there is. */
    static boolean isNone(Supervised supervised, PipelineSpec spec) {
        return supervised.document().equals(Optional.of(spec.document()))
                && supervised
                        .config()
                        .filter(before -> isSameOrder(before, spec.pipeline()))
                        .isPresent();
    }

    /**
     * Adds what is to be added and waits until it takes events; then writes the change down, and only then forgets what is to be
     * removed, of which nothing is left to put back.
     *
     * @param trial waits
     * @param patience how long it may take until the new sinks take events; zero to take them as they are
     * @param start where they begin
     * @throws RefusedChange when one of them takes none; nothing is left of them then
     */
    void make(Trial trial, Duration patience, SinkStart start) throws IOException, InterruptedException {
        List<String> tried = new ArrayList<>();
        Set<String> paused = supervised.pausedAmong(ids(spec.pipeline()));
        boolean kept = false;
        try {
            Optional<Cause> failure = added(tried, trial, patience, start);
            if (failure.isPresent()) {
                throw Trial.failed(failure.get(), "the sinks there were go on, and nothing of the new ones is kept");
            }
            pipelines
                    .files()
                    .save(
                            supervised.name(),
                            SpecFiles.Kept.of(supervised.desired(), paused, Optional.of(spec.document())));
            kept = true;
        } finally {
            if (!kept) {
                takeBack(tried);
            }
        }
        supervised.describe(spec);
        supervised.pauseSinks(paused);
        for (String sink : tried) {
            whileItRuns(sink, "kept", () -> pipeline.keepSink(sink));
        }
        for (String sink : removed) {
            whileItRuns(sink, "removed", () -> pipeline.removeSink(sink));
            forgetMetrics(sink);
        }
        LOG.info("Pipeline {}: sinks added: {}; removed: {}", supervised.name(), tried, removed);
    }

    private Optional<Cause> added(List<String> tried, Trial trial, Duration patience, SinkStart start)
            throws InterruptedException {
        for (SinkDefinition sink : added) {
            tried.add(sink.id());
            try {
                pipeline.addSink(sink, start == SinkStart.OLDEST);
            } catch (DeltaForgeException e) {
                return Optional.of(new Cause(e.reason(), "sink " + sink.id() + ": " + e.getMessage(), e.remedy()));
            } catch (IllegalStateException e) {
                // It has ended by itself meanwhile.
                return pipeline.status()
                        .cause()
                        .or(() -> Optional.of(new Cause("PIPELINE_NOT_RUNNING", e.getMessage(), Optional.empty())));
            } catch (RuntimeException e) {
                LOG.error("Pipeline {}, sink {}: cannot be added", supervised.name(), sink.id(), e);
                return Optional.of(new Cause(
                        "PLUGIN_FAILED",
                        "sink " + sink.id() + " cannot be made: " + e.getClass().getSimpleName(),
                        Optional.empty()));
            }
        }
        return tried.isEmpty()
                ? Optional.empty()
                : trial.await(pipeline, new Trial.Taking(Set.copyOf(tried)), patience);
    }

    private void takeBack(List<String> tried) throws InterruptedException {
        for (String sink : tried) {
            if (pipeline.status().sinks().stream().anyMatch(each -> each.id().equals(sink))) {
                whileItRuns(sink, "taken back", () -> pipeline.removeSink(sink));
            }
            forgetMetrics(sink);
        }
    }

    /** Something done to a sink. */
    private interface Deed {
        void run() throws InterruptedException;
    }

    /** What was written down is what counts: a pipeline that has ended meanwhile, or cannot write, comes to it at its next start. */
    private void whileItRuns(String sink, String what, Deed deed) throws InterruptedException {
        try {
            deed.run();
        } catch (IllegalStateException | DeltaForgeException e) {
            LOG.warn(
                    "Pipeline {}, sink {}: is {} with the next start of the pipeline: {}",
                    supervised.name(),
                    sink,
                    what,
                    e.getMessage());
        }
    }

    private void forgetMetrics(String sink) {
        pipelines.maker().forgetMetrics(Map.of("pipeline", supervised.name(), "sink", sink));
    }
}
