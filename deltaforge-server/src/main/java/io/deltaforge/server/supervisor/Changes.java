package io.deltaforge.server.supervisor;

import static java.util.Objects.requireNonNull;

import io.deltaforge.core.Pipeline;
import io.deltaforge.core.PipelineRecords;
import io.deltaforge.core.PipelineState;
import io.deltaforge.core.PipelineStatus;
import io.deltaforge.core.PipelineStatus.Cause;
import io.deltaforge.core.SinkDefinition;
import io.deltaforge.server.config.PipelineSpec;
import io.deltaforge.server.config.ServerConfig;
import io.deltaforge.server.config.SpecReader;
import io.deltaforge.server.supervisor.RefusedChange.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.EnumSet;
import java.util.HashSet;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What operators do to pipelines while the process runs. A change is checked first, then written down, then made; one that
 * fails is taken back, so that everything is as it was. One change per pipeline at a time. Safe from any thread; blocks as long as
 * a stop or a start takes.
 */
public final class Changes {

    private static final Logger LOG = LoggerFactory.getLogger(Changes.class);
    private static final int MOST = 4;
    private static final long LOOK_MILLIS = 20;
    /** A sink may open and refuse the first batch. */
    private static final long SETTLED_NANOS = 500_000_000;

    private static final Set<PipelineState> TAKING = EnumSet.of(PipelineState.RUNNING, PipelineState.CATCHING_UP);

    private final Pipelines pipelines;
    private final Duration drainTimeout;
    private final Semaphore free = new Semaphore(MOST);

    /**
     * A pipeline after a change.
     *
     * @param view what it is and does
     * @param made whether there was none of this name before
     * @param spec what came over the API, with what an operator should know of it; empty when nothing was described
     */
    public record Outcome(View view, boolean made, Optional<PipelineSpec> spec) {}

    /** Something to do while nobody else changes the pipeline. */
    private interface Work {
        Outcome of(Supervised supervised) throws IOException, InterruptedException;
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
        requireOpen();
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
            Outcome outcome = change(made, supervised -> created(supervised, spec, patience));
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
        pipelines.files().save(made.name(), Desired.RUNNING, made.document());
        Optional<Cause> failure = tried(made, spec.pipeline(), patience);
        if (failure.isEmpty()) {
            LOG.info("Pipeline {}: made over the API", made.name());
            return outcome(made, true, Optional.of(spec));
        }
        made.pipeline().ifPresent(pipeline -> pipeline.stop(Duration.ZERO));
        if (records.isEmpty()) {
            pipelines.maker().forget(made.name());
        } else {
            records.restore();
        }
        pipelines.files().delete(made.name());
        pipelines.maker().forgetMetrics(Map.of("pipeline", made.name()));
        throw didNotStart(failure.get(), "nothing of it is kept");
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
        return awaitStart(pipeline, config, patience);
    }

    /**
     * Makes a pipeline, or has the one that is there do what is described from now on. Positions of sinks that stay are kept.
     *
     * @param spec what it is to be
     * @param patience how long it may take until it reads and its required sinks take events; zero to take it as it is
     * @return the pipeline
     * @throws RefusedChange when it does not start; the one before runs again then
     */
    public Outcome put(PipelineSpec spec, Duration patience) {
        requireOpen();
        return pipelines.view(spec.name()).isEmpty()
                ? create(spec, patience)
                : locked(spec.name(), supervised -> {
                    requireOfApi(supervised);
                    return replaced(supervised, spec, patience);
                });
    }

    /**
     * Changes what a pipeline is.
     *
     * @param name the pipeline
     * @param patch a JSON merge patch over its settings, with sinks and processors under their ids
     * @param patience how long it may take until it reads and its required sinks take events; zero to take it as it is
     * @return the pipeline
     * @throws RefusedChange when it does not start; the one before runs again then
     */
    public Outcome patch(String name, Map<?, ?> patch, Duration patience) {
        return locked(name, supervised -> {
            requireOfApi(supervised);
            Map<String, Object> before = supervised
                    .document()
                    .orElseThrow(() -> new RefusedChange(
                            Kind.CONFLICT,
                            "PIPELINE_FILE_DAMAGED",
                            "it is not known what pipeline '" + name + "' was; PUT it anew, or DELETE it"));
            Map<String, Object> merged = SpecReader.merged(before, patch);
            return replaced(supervised, pipelines.reader().read("patched.json", name, merged), patience);
        });
    }

    private Outcome replaced(Supervised supervised, PipelineSpec spec, Duration patience)
            throws IOException, InterruptedException {
        boolean atWork = supervised.isAtWork();
        if (supervised.document().equals(Optional.of(spec.document()))
                && supervised.config().isPresent()
                && (atWork || supervised.desired() != Desired.RUNNING)) {
            return outcome(supervised, false, Optional.of(spec));
        }
        String name = supervised.name();
        // Written down first: a process that is killed now comes back with what it was asked for.
        pipelines.files().save(name, supervised.desired(), Optional.of(spec.document()));
        try {
            rest(supervised, Desired.STOPPED);
        } catch (RefusedChange e) {
            pipelines.files().save(name, supervised.desired(), supervised.document());
            throw e;
        }
        // Only now: until it has ended, its sinks move.
        PipelineRecords.Kept records = pipelines.maker().records(name).keep();
        Optional<Cause> failure = tried(supervised, spec.pipeline(), patience);
        if (failure.isPresent()) {
            rollBack(supervised, records, atWork);
            throw didNotStart(failure.get(), atWork ? "the pipeline before runs again" : "the pipeline is as it was");
        }
        Set<String> removed = new HashSet<>();
        supervised.config().ifPresent(old -> old.sinks().forEach(sink -> removed.add(sink.id())));
        spec.pipeline().sinks().forEach(sink -> removed.remove(sink.id()));
        removed.forEach(sink -> pipelines.maker().forgetMetrics(Map.of("pipeline", name, "sink", sink)));
        supervised.describe(spec);
        LOG.info("Pipeline {}: changed over the API", name);
        return outcome(supervised, false, Optional.of(spec));
    }

    private void rollBack(Supervised supervised, PipelineRecords.Kept records, boolean atWork) throws IOException {
        supervised.pipeline().ifPresent(pipeline -> pipeline.stop(Duration.ZERO));
        records.restore();
        pipelines.files().save(supervised.name(), supervised.desired(), supervised.document());
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
        locked(name, supervised -> {
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
            return outcome(supervised, false, Optional.empty());
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
        return locked(name, supervised -> {
            if (supervised.desired() != as || supervised.isAtWork()) {
                desire(supervised, as);
                rest(supervised, as);
                if (as == Desired.PAUSED) {
                    pipelines.maker().paused();
                }
                LOG.info("Pipeline {}: {} over the API", name, as);
            }
            return outcome(supervised, false, Optional.empty());
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
        return locked(name, supervised -> {
            boolean paused = supervised.desired() == Desired.PAUSED;
            if (supervised.isAtWork()) {
                return outcome(supervised, false, Optional.empty());
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
            return outcome(supervised, false, Optional.empty());
        });
    }

    /** Something done to a sink of a running pipeline. */
    private interface SinkWork {
        void of(Pipeline pipeline, String sink);
    }

    /**
     * Has one sink of a running pipeline rest; the others go on. It goes on when it is told to, or with the pipeline's next start.
     *
     * @param name the pipeline
     * @param sink the sink
     * @return the pipeline
     */
    public Outcome pauseSink(String name, String sink) {
        return sink(name, sink, "paused", Pipeline::pauseSink);
    }

    /**
     * Has one sink go on: one that rests or has failed, where it was; one that was given up, with what is read next.
     *
     * @param name the pipeline
     * @param sink the sink
     * @return the pipeline
     */
    public Outcome resumeSink(String name, String sink) {
        return sink(name, sink, "resumed", Pipeline::resumeSink);
    }

    /**
     * Makes one sink of a running pipeline anew; the others go on.
     *
     * @param name the pipeline
     * @param sink the sink
     * @return the pipeline
     */
    public Outcome restartSink(String name, String sink) {
        return sink(name, sink, "restarted", Pipeline::restartSink);
    }

    private Outcome sink(String name, String sink, String what, SinkWork work) {
        return locked(name, supervised -> {
            Set<String> known = new TreeSet<>();
            supervised.config().ifPresent(config -> config.sinks().forEach(each -> known.add(each.id())));
            if (!known.contains(sink)) {
                throw new RefusedChange(
                        Kind.NOT_FOUND,
                        "SINK_NOT_FOUND",
                        "pipeline '" + name + "' has no sink '" + sink + "'; it has " + String.join(", ", known));
            }
            try {
                work.of(
                        supervised
                                .pipeline()
                                .orElseThrow(() -> new IllegalStateException("pipeline " + name + " does not run")),
                        sink);
            } catch (IllegalStateException e) {
                throw new RefusedChange(
                        Kind.CONFLICT,
                        "PIPELINE_NOT_RUNNING",
                        e.getMessage() + ", so its sinks cannot be told anything");
            }
            LOG.info("Pipeline {}, sink {}: {} over the API", name, sink, what);
            return outcome(supervised, false, Optional.empty());
        });
    }

    private void desire(Supervised supervised, Desired wanted) throws IOException {
        pipelines.files().save(supervised.name(), wanted, supervised.document());
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

    private void requireOpen() {
        if (!pipelines.isOpen()) {
            throw new RefusedChange(
                    Kind.UNAVAILABLE,
                    "STORE_NOT_OPEN",
                    "this process does not own the data directory: it stands by, starts or stops; ask again, or ask the"
                            + " process that owns it");
        }
    }

    private Outcome locked(String name, Work work) {
        requireOpen();
        Supervised supervised = pipelines.find(name);
        if (!supervised.lock().tryLock()) {
            throw new RefusedChange(
                    Kind.CONFLICT,
                    "CHANGE_IN_PROGRESS",
                    "pipeline '" + name + "' is being changed by another request; ask again when that is done");
        }
        try {
            return change(supervised, work);
        } finally {
            supervised.lock().unlock();
        }
    }

    private Outcome change(Supervised supervised, Work work) {
        if (!free.tryAcquire()) {
            throw new RefusedChange(
                    Kind.TOO_MANY, "TOO_MANY_CHANGES", MOST + " pipelines are being changed already; ask again");
        }
        try {
            requireOpen();
            if (supervised.isGone()) {
                throw new RefusedChange(
                        Kind.NOT_FOUND,
                        "PIPELINE_NOT_FOUND",
                        "there is no pipeline '" + supervised.name() + "' any more");
            }
            return work.of(supervised);
        } catch (IOException e) {
            LOG.error("Pipeline {}: a change cannot be written down", supervised.name(), e);
            throw new RefusedChange(
                    Kind.UNAVAILABLE,
                    "NOT_KEPT",
                    "the change cannot be written into the data directory, so it was not made: "
                            + e.getClass().getSimpleName());
        } catch (InterruptedException e) {
            throw new RefusedChange(Kind.UNAVAILABLE, "INTERRUPTED", "the process ends");
        } finally {
            free.release();
        }
    }

    /** Waits until a pipeline reads and its required sinks take events; says why it does not. */
    private Optional<Cause> awaitStart(Pipeline pipeline, ServerConfig.Pipeline config, Duration patience)
            throws InterruptedException {
        long now = System.nanoTime();
        long deadline = now + patience.toNanos();
        long startedAt = Long.MAX_VALUE;
        while (!patience.isZero()) {
            PipelineStatus status = pipeline.status();
            now = System.nanoTime();
            if (!isStarted(status, config)) {
                startedAt = Long.MAX_VALUE;
            } else if (startedAt == Long.MAX_VALUE) {
                startedAt = now;
            } else if (now - startedAt >= SETTLED_NANOS) {
                return Optional.empty();
            }
            boolean ended = status.state() == PipelineState.FAILED || status.state() == PipelineState.HELD;
            if (!pipelines.isOpen()) {
                throw new InterruptedException("the process ends");
            }
            if (ended || (now > deadline && startedAt == Long.MAX_VALUE)) {
                return Optional.of(status.cause()
                        .or(() -> status.trouble().lastError())
                        .orElse(new Cause(
                                "NOT_STARTED",
                                "it was still " + status.state() + " after " + patience.toSeconds() + " s",
                                Optional.of("ask with a larger wait_secs, or with 0 to take it as it is"))));
            }
            TimeUnit.MILLISECONDS.sleep(LOOK_MILLIS);
        }
        return Optional.empty();
    }

    private static boolean isStarted(PipelineStatus status, ServerConfig.Pipeline config) {
        if (status.state() == PipelineState.RUNNING) {
            return true;
        }
        Set<String> required = new HashSet<>();
        config.sinks().stream().filter(SinkDefinition::required).forEach(sink -> required.add(sink.id()));
        return status.state() == PipelineState.DEGRADED
                && status.trouble().nextTry().isEmpty()
                && !required.isEmpty()
                && status.sinks().stream()
                        .filter(sink -> required.contains(sink.id()))
                        .allMatch(sink -> TAKING.contains(sink.state()));
    }

    private static RefusedChange didNotStart(Cause cause, String after) {
        return new RefusedChange(
                Kind.DID_NOT_START,
                "PIPELINE_DID_NOT_START",
                "it did not start (" + cause.reason() + "): " + cause.message() + "; " + after,
                Optional.of(cause));
    }

    private static Outcome outcome(Supervised supervised, boolean made, Optional<PipelineSpec> spec) {
        return new Outcome(Pipelines.view(supervised), made, spec);
    }
}
