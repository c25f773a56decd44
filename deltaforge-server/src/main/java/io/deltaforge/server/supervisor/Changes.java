package io.deltaforge.server.supervisor;

import static java.util.Objects.requireNonNull;

import io.deltaforge.core.Pipeline;
import io.deltaforge.core.PipelineRecords;
import io.deltaforge.core.PipelineState;
import io.deltaforge.core.PipelineStatus.Cause;
import io.deltaforge.server.config.PipelineSpec;
import io.deltaforge.server.config.ServerConfig;
import io.deltaforge.server.config.SpecReader;
import io.deltaforge.server.supervisor.RefusedChange.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What operators do to pipelines while the process runs. A change is checked first, then written down, then made; one that
 * fails is taken back, so that everything is as it was. One change per pipeline at a time. Safe from any thread; blocks as long as
 * a stop or a start takes.
 */
public final class Changes {

    private static final Logger LOG = LoggerFactory.getLogger(Changes.class);

    private final Pipelines pipelines;
    private final Duration drainTimeout;
    private final ChangeGate gate;
    private final Trial trial;
    private final SinkChanges sinks;

    /**
     * A pipeline after a change.
     *
     * @param view what it is and does
     * @param made whether there was none of this name before
     * @param spec what came over the API, with what an operator should know of it; empty when nothing was described
     */
    public record Outcome(View view, boolean made, Optional<PipelineSpec> spec) {

        static Outcome of(Supervised supervised) {
            return new Outcome(Pipelines.view(supervised), false, Optional.empty());
        }

        static Outcome of(Supervised supervised, PipelineSpec spec) {
            return new Outcome(Pipelines.view(supervised), false, Optional.of(spec));
        }
    }

    /**
     * Makes changes.
     *
     * @param pipelines what is changed
     * @param drainTimeout how long sinks may take to finish what they were given
     */
    public Changes(Pipelines pipelines, Duration drainTimeout) {
        this.pipelines = requireNonNull(pipelines, "pipelines is null");
        this.drainTimeout = requireNonNull(drainTimeout, "drainTimeout is null");
        this.gate = new ChangeGate(pipelines);
        this.trial = new Trial(pipelines::isOpen);
        this.sinks = new SinkChanges(pipelines, gate);
    }

    /**
     * Makes a pipeline.
     *
     * @param spec what it is
     * @param patience how long it may take until it reads and its required sinks take events; zero to take it as it is
     * @return the pipeline
     * @throws RefusedChange when there is one of this name, or it does not start; nothing is left of it then
     */
    public Outcome create(PipelineSpec spec, Duration patience) {
        gate.requireOpen();
        Supervised made = Supervised.ofApi(spec);
        made.lock().lock();
        try {
            if (!pipelines.add(made)) {
                throw new RefusedChange(
                        Kind.CONFLICT,
                        "PIPELINE_ALREADY_EXISTS",
                        "there is a pipeline '" + spec.name() + "' already; change it with PUT or PATCH");
            }
        } catch (RefusedChange e) {
            made.lock().unlock();
            throw e;
        }
        boolean kept = false;
        try {
            Outcome outcome = gate.change(made, supervised -> created(supervised, spec, patience));
            kept = true;
            return outcome;
        } finally {
            // One that the end of the process has cut off is stopped by it, and comes back with the next one.
            if (!kept && pipelines.isOpen()) {
                made.remove();
                pipelines.remove(made);
            }
            made.lock().unlock();
        }
    }

    private Outcome created(Supervised made, PipelineSpec spec, Duration patience)
            throws IOException, InterruptedException {
        PipelineRecords.Kept records = pipelines.maker().records(made.name()).keep();
        pipelines.files().save(made.name(), made.kept());
        Optional<Cause> failure = tried(made, spec.pipeline(), patience);
        if (failure.isEmpty()) {
            LOG.info("Pipeline {}: made over the API", made.name());
            return new Outcome(Pipelines.view(made), true, Optional.of(spec));
        }
        made.pipeline().ifPresent(pipeline -> pipeline.stop(Duration.ZERO));
        if (records.isEmpty()) {
            pipelines.maker().forget(made.name());
        } else {
            records.restore();
        }
        pipelines.files().delete(made.name());
        pipelines.maker().forgetMetrics(Map.of("pipeline", made.name()));
        throw Trial.failed(failure.get(), "nothing of it is kept");
    }

    /** Has a new pipeline do what is desired; returns why it does not. */
    private Optional<Cause> tried(Supervised supervised, ServerConfig.Pipeline config, Duration patience)
            throws InterruptedException {
        Pipeline pipeline;
        try {
            pipeline = pipelines.maker().make(config);
        } catch (RuntimeException e) {
            LOG.error("Pipeline {}: cannot be made", supervised.name(), e);
            return Optional.of(new Cause(
                    "PLUGIN_FAILED", "it cannot be made: " + e.getClass().getSimpleName(), Optional.empty()));
        }
        supervised.run(pipeline);
        if (supervised.desired() != Desired.RUNNING) {
            supervised.rest(supervised.desired(), Duration.ZERO);
            return Optional.empty();
        }
        pipeline.start();
        return trial.await(pipeline, Trial.Started.of(config, supervised.pausedSinks()), patience);
    }

    /**
     * Makes a pipeline, or has the one that is there do what is described from now on. Positions of sinks that stay are kept.
     *
     * <p>Sinks that are added and removed while nothing else is changed come and go while the others go on.
     *
     * @param spec what it is to be
     * @param patience how long it may take until it reads and its required sinks take events, or sinks that are added do; zero
     *     to take it as it is
     * @param start where sinks begin that are added to a running pipeline
     * @return the pipeline
     * @throws RefusedChange when it does not start; the one before runs again then
     */
    public Outcome put(PipelineSpec spec, Duration patience, SinkStart start) {
        gate.requireOpen();
        return pipelines.view(spec.name()).isEmpty()
                ? create(spec, patience)
                : gate.change(spec.name(), supervised -> {
                    requireOfApi(supervised);
                    return replaced(supervised, spec, patience, start);
                });
    }

    /**
     * Changes what a pipeline is, as {@link #put} does.
     *
     * @param name the pipeline
     * @param patch a JSON merge patch over its settings, with sinks and processors under their ids
     * @param patience how long it may take until it reads and its required sinks take events, or sinks that are added do; zero
     *     to take it as it is
     * @param start where sinks begin that are added to a running pipeline
     * @return the pipeline
     * @throws RefusedChange when it does not start; the one before runs again then
     */
    public Outcome patch(String name, Map<?, ?> patch, Duration patience, SinkStart start) {
        return gate.change(name, supervised -> {
            requireOfApi(supervised);
            Map<String, Object> before = supervised
                    .document()
                    .orElseThrow(() -> new RefusedChange(
                            Kind.CONFLICT,
                            "PIPELINE_FILE_DAMAGED",
                            "it is not known what pipeline '" + name + "' was; PUT it anew, or DELETE it"));
            Map<String, Object> merged = SpecReader.merged(before, patch);
            return replaced(supervised, pipelines.reader().read("patched.json", name, merged), patience, start);
        });
    }

    private Outcome replaced(Supervised supervised, PipelineSpec spec, Duration patience, SinkStart start)
            throws IOException, InterruptedException {
        boolean atWork = supervised.isAtWork();
        if (SinkSetChange.isNone(supervised, spec) && (atWork || supervised.desired() != Desired.RUNNING)) {
            return Outcome.of(supervised, spec);
        }
        Optional<SinkSetChange> ofSinks = SinkSetChange.of(pipelines, supervised, spec);
        if (ofSinks.isPresent()) {
            ofSinks.get().make(trial, patience, start);
            return Outcome.of(supervised, spec);
        }
        String name = supervised.name();
        Set<String> stay = SinkSetChange.ids(spec.pipeline());
        Set<String> removed = new HashSet<>(supervised.sinks());
        requireStartIsMet(name, start, removed.containsAll(stay));
        removed.removeAll(stay);
        Set<String> paused = supervised.pausedAmong(stay);
        // Written down first: a process that is killed now comes back with what it was asked for.
        pipelines.files().save(name, SpecFiles.Kept.of(supervised.desired(), paused, Optional.of(spec.document())));
        try {
            rest(supervised, Desired.STOPPED);
        } catch (RefusedChange e) {
            pipelines.files().save(name, supervised.kept());
            throw e;
        }
        // Only now: until it has ended, its sinks move.
        PipelineRecords.Kept records = pipelines.maker().records(name).keep();
        Optional<Cause> failure = tried(supervised, spec.pipeline(), patience);
        if (failure.isPresent()) {
            rollBack(supervised, records, atWork);
            throw Trial.failed(failure.get(), atWork ? "the pipeline before runs again" : "the pipeline is as it was");
        }
        removed.forEach(sink -> pipelines.maker().forgetMetrics(Map.of("pipeline", name, "sink", sink)));
        supervised.describe(spec);
        supervised.pauseSinks(paused);
        LOG.info("Pipeline {}: changed over the API", name);
        return Outcome.of(supervised, spec);
    }

    /** Whoever starts anew begins where the log is still there. */
    private static void requireStartIsMet(String name, SinkStart start, boolean areKnown) {
        if (start == SinkStart.NOW && !areKnown) {
            throw new RefusedChange(
                    Kind.CONFLICT,
                    "SINK_START_NOT_POSSIBLE",
                    "a sink can begin now only in a pipeline that runs, and of which nothing but sinks is changed; pipeline '"
                            + name
                            + "' would be started anew. A second sink switches the spool on, which counts as such a"
                            + " change unless spool.enabled is written. Ask without start=now, or make one change after the"
                            + " other");
        }
    }

    private void rollBack(Supervised supervised, PipelineRecords.Kept records, boolean atWork) throws IOException {
        supervised.pipeline().ifPresent(pipeline -> pipeline.stop(Duration.ZERO));
        records.restore();
        pipelines.files().save(supervised.name(), supervised.kept());
        supervised.config().ifPresent(config -> {
            supervised.run(pipelines.maker().make(config));
            if (atWork && pipelines.isOpen()) {
                supervised.pipeline().ifPresent(Pipeline::start);
            } else {
                supervised.rest(supervised.desired(), Duration.ZERO);
            }
        });
    }

    /**
     * Stops a pipeline and forgets it with the positions of its sinks. What the database keeps for it, its slot, stays there.
     *
     * @param name the pipeline
     */
    public void delete(String name) {
        gate.change(name, supervised -> {
            requireOfApi(supervised);
            rest(supervised, Desired.STOPPED);
            pipelines.maker().forget(name);
            pipelines.files().delete(name);
            supervised.remove();
            pipelines.remove(supervised);
            pipelines.maker().forgetMetrics(Map.of("pipeline", name));
            LOG.warn(
                    "Pipeline {}: deleted over the API with its positions; what the database keeps for it is not touched:"
                            + " drop its slot, or the log fills the database's disk",
                    name);
            return Outcome.of(supervised);
        });
    }

    /**
     * Has a pipeline rest, now and after restarts of the process, until it is told to run. Positions are kept.
     *
     * @param name the pipeline
     * @param as {@link Desired#PAUSED} or {@link Desired#STOPPED}
     * @return the pipeline
     */
    public Outcome rest(String name, Desired as) {
        return gate.change(name, supervised -> {
            if (supervised.desired() != as || supervised.isAtWork()) {
                desire(supervised, as);
                rest(supervised, as);
                if (as == Desired.PAUSED) {
                    pipelines.maker().paused();
                }
                LOG.info("Pipeline {}: {} over the API", name, as);
            }
            return Outcome.of(supervised);
        });
    }

    /**
     * Has a pipeline run from where it was, be it paused, stopped, failed or held; nothing happens to one that runs. Returns
     * before it reads.
     *
     * @param name the pipeline
     * @return the pipeline
     */
    public Outcome start(String name) {
        return gate.change(name, supervised -> {
            boolean paused = supervised.desired() == Desired.PAUSED;
            if (supervised.isAtWork()) {
                return Outcome.of(supervised);
            }
            requireStopped(supervised);
            if (supervised.origin() == Origin.API) {
                Map<String, Object> document = supervised
                        .document()
                        .orElseThrow(() -> new RefusedChange(
                                Kind.CONFLICT,
                                "PIPELINE_FILE_DAMAGED",
                                "it is not known what pipeline '" + name + "' was; PUT it anew, or DELETE it"));
                // Again, because variables and files may be others now, which may be what was to be mended.
                supervised.describe(pipelines.reader().read(name + ".json", name, document));
            }
            desire(supervised, Desired.RUNNING);
            supervised.clear();
            supervised.run(pipelines.maker().make(supervised.config().orElseThrow()));
            supervised.pipeline().ifPresent(Pipeline::start);
            if (paused) {
                pipelines.maker().resumed();
            }
            LOG.info("Pipeline {}: started over the API", name);
            return Outcome.of(supervised);
        });
    }

    /**
     * Has one sink rest while the others go on, now and after restarts of the pipeline and the process, until it is told to go
     * on.
     *
     * @param name the pipeline
     * @param sink the sink
     * @return the pipeline
     */
    public Outcome pauseSink(String name, String sink) {
        return sinks.pause(name, sink);
    }

    /**
     * Has one sink go on: one that rests or has failed, where it was; one that was given up, with what is read next.
     *
     * @param name the pipeline
     * @param sink the sink
     * @return the pipeline
     * @throws RefusedChange when the pipeline does not run, and the sink did not rest
     */
    public Outcome resumeSink(String name, String sink) {
        return sinks.resume(name, sink);
    }

    /**
     * Makes one sink of a running pipeline anew; the others go on.
     *
     * @param name the pipeline
     * @param sink the sink
     * @return the pipeline
     */
    public Outcome restartSink(String name, String sink) {
        return sinks.restart(name, sink);
    }

    private void desire(Supervised supervised, Desired wanted) throws IOException {
        pipelines
                .files()
                .save(supervised.name(), SpecFiles.Kept.of(wanted, supervised.pausedSinks(), supervised.document()));
        supervised.desire(wanted);
    }

    private void rest(Supervised supervised, Desired as) {
        supervised.rest(as, drainTimeout);
        requireStopped(supervised);
    }

    /** Two of one pipeline at once would disturb each other. */
    private static void requireStopped(Supervised supervised) {
        if (supervised.pipeline().map(pipeline -> pipeline.status().state()).orElse(PipelineState.STOPPED)
                == PipelineState.STOPPING) {
            throw new RefusedChange(
                    Kind.CONFLICT,
                    "STILL_STOPPING",
                    "pipeline '" + supervised.name()
                            + "' does not end: a driver does not return; ask again, or restart the" + " process");
        }
    }

    private static void requireOfApi(Supervised supervised) {
        if (supervised.origin() == Origin.FILE) {
            throw new RefusedChange(
                    Kind.CONFLICT,
                    "PIPELINE_FROM_FILE",
                    "pipeline '" + supervised.name()
                            + "' comes from a configuration file, which wins: change it there and"
                            + " restart the process; pause, resume, stop and start work here");
        }
    }
}
