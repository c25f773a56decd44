package io.deltaforge.server.supervisor;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.core.Pipeline;
import io.deltaforge.core.PipelineState;
import io.deltaforge.core.PipelineStatus;
import io.deltaforge.core.PipelineStatus.Cause;
import io.deltaforge.server.config.InvalidConfig;
import io.deltaforge.server.config.PipelineSpec;
import io.deltaforge.server.config.ServerConfig;
import io.deltaforge.server.config.SpecReader;
import io.deltaforge.server.config.finding.Finding;
import io.deltaforge.server.deadletter.LetterAccess;
import io.deltaforge.server.supervisor.RefusedChange.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * All pipelines of the process, by name. They share memory, store and metrics; what becomes of one touches no other. Those of
 * configuration files are there from the beginning, those that came over the API from {@link #start} on. Safe from any thread.
 */
public final class Pipelines {

    private static final Logger LOG = LoggerFactory.getLogger(Pipelines.class);

    private final NavigableMap<String, Supervised> all = new ConcurrentSkipListMap<>();
    private final PipelineMaker maker;
    private final SpecReader reader;
    private final SpecFiles files;
    private volatile boolean open;

    /**
     * Takes the pipelines of the configuration; none is started.
     *
     * @param config names them, and the data directory
     * @param maker makes pipelines
     * @param reader reads those that were kept
     */
    public Pipelines(ServerConfig config, PipelineMaker maker, SpecReader reader) {
        this.maker = requireNonNull(maker, "maker is null");
        this.reader = requireNonNull(reader, "reader is null");
        this.files = new SpecFiles(config.dataDirectory());
        for (ServerConfig.Pipeline pipeline : config.pipelines()) {
            Supervised supervised = Supervised.ofFile(pipeline);
            supervised.run(maker.make(pipeline));
            all.put(pipeline.name(), supervised);
        }
        maker.divideMemory(all.size());
    }

    /**
     * Shows that every pipeline waits for its turn.
     *
     * @param reason what they wait for
     */
    public void standBy(DeltaForgeException reason) {
        all.values().forEach(each -> each.pipeline().ifPresent(pipeline -> pipeline.standBy(reason)));
    }

    /**
     * Brings back what came over the API, and starts every pipeline that is to run; returns at once.
     *
     * @throws IOException when what was kept cannot be looked at
     */
    public void start() throws IOException {
        files.load().forEach(this::bringBack);
        maker.divideMemory(all.size());
        open = true;
        all.values().forEach(each -> {
            if (each.desired() != Desired.RUNNING) {
                LOG.info("Pipeline {}: stays {}, as it was told before", each.name(), each.desired());
                each.rest(each.desired(), Duration.ZERO);
            } else if (each.status().state() != PipelineState.FAILED) {
                each.pipeline().ifPresent(Pipeline::start);
            }
        });
    }

    private void bringBack(String name, SpecFiles.Kept kept) {
        Supervised fromFile = all.get(name);
        Optional<Cause> damage = kept.damage()
                .map(what -> new Cause(
                        "PIPELINE_FILE_DAMAGED",
                        files.file(name) + " " + what,
                        Optional.of(
                                "restore it from a copy; or put the pipeline anew, or start it if a configuration file"
                                        + " describes it")));
        if (fromFile != null) {
            fromFile.bringBack(kept);
            fromFile.keepDocument(kept.document());
            damage.ifPresent(fromFile::breakWith);
            forgetGoneSinks(fromFile);
            if (kept.document().isPresent()) {
                LOG.warn(
                        "Pipeline {}: the configuration file wins over the one of the same name that came over the API,"
                                + " which is kept in {} and does not run",
                        name,
                        files.file(name));
            }
            return;
        }
        if (damage.isEmpty() && kept.document().isEmpty()) {
            LOG.info("Pipeline {}: is in no configuration any more, and {} is forgotten", name, kept.desired());
            deleteQuietly(name);
            return;
        }
        Supervised supervised = damage.isPresent()
                ? Supervised.ofApi(name, kept.document(), damage.get())
                : readBack(name, kept.document().orElseThrow());
        supervised.bringBack(kept);
        all.put(name, supervised);
        supervised
                .status()
                .cause()
                .ifPresent(cause -> LOG.error("Pipeline {}: failed ({}): {}", name, cause.reason(), cause.message()));
    }

    /** One that comes back into the file much later is not to rest for the sake of what was wished of another. */
    private void forgetGoneSinks(Supervised fromFile) {
        Set<String> there = fromFile.pausedAmong(fromFile.sinks());
        if (!there.equals(fromFile.pausedSinks())) {
            fromFile.pauseSinks(there);
            try {
                files.save(fromFile.name(), fromFile.kept());
            } catch (IOException e) {
                LOG.warn("{} cannot be written: {}", files.file(fromFile.name()), e.toString());
            }
        }
    }

    private void deleteQuietly(String name) {
        try {
            files.delete(name);
        } catch (IOException e) {
            LOG.warn("{} cannot be removed: {}", files.file(name), e.toString());
        }
    }

    private Supervised readBack(String name, Map<String, Object> document) {
        try {
            PipelineSpec spec = reader.read(files.file(name).getFileName().toString(), name, document);
            Supervised supervised = Supervised.ofApi(spec);
            supervised.run(maker.make(spec.pipeline()));
            return supervised;
        } catch (InvalidConfig e) {
            String findings = e.findings().stream()
                    .filter(Finding::isError)
                    .map(Finding::toString)
                    .collect(Collectors.joining("; "));
            return Supervised.ofApi(
                    name,
                    Optional.of(document),
                    new Cause(
                            "INVALID_CONFIG",
                            findings,
                            Optional.of("put what is missing back and start it, or change it")));
        }
    }

    /**
     * Returns what every pipeline is doing.
     *
     * @return a picture of this moment, in the order of the names
     */
    public List<PipelineStatus> statuses() {
        return all.values().stream().map(Supervised::status).toList();
    }

    /**
     * Returns every pipeline.
     *
     * @return a picture of this moment, in the order of the names
     */
    public List<View> views() {
        return all.values().stream().map(Pipelines::view).toList();
    }

    /**
     * Returns a pipeline.
     *
     * @param name its name
     * @return a picture of this moment; empty when there is no such pipeline
     */
    public Optional<View> view(String name) {
        return Optional.ofNullable(all.get(name)).map(Pipelines::view);
    }

    static View view(Supervised supervised) {
        return new View(
                supervised.origin(),
                supervised.desired(),
                supervised.pausedSinks(),
                supervised.status(),
                supervised.config());
    }

    /**
     * Returns what a pipeline has put aside.
     *
     * @param name the pipeline
     * @return its dead letters; empty when there is no such pipeline
     */
    public Optional<LetterAccess> deadLetters(String name) {
        return Optional.ofNullable(all.get(name)).flatMap(Supervised::pipeline).map(LetterAccess::of);
    }

    /**
     * Has every batch of a pipeline put into a buffer, through restarts and changes, until it is taken away.
     *
     * @param name the pipeline
     * @param tap where to
     * @return what takes it away; empty when there is no such pipeline
     */
    public Optional<Runnable> tap(String name, TapBuffer tap) {
        return Optional.ofNullable(all.get(name)).map(supervised -> {
            supervised.tap(tap);
            return () -> supervised.untap(tap);
        });
    }

    /**
     * Makes an error visible that nobody has caught: the pipeline whose thread it was fails; one of no pipeline's thread is
     * counted. To be set as the process's {@link Thread#setDefaultUncaughtExceptionHandler}.
     *
     * @param thread has ended with it
     * @param error the error
     */
    public void uncaught(Thread thread, Throwable error) {
        LOG.error("Thread {} has ended with an error that nobody caught", thread.getName(), error);
        if (!fail(thread.getName(), error)) {
            maker.panicked();
        }
    }

    private boolean fail(String threadName, Throwable error) {
        Optional<Supervised> owner = all.values().stream()
                .filter(each -> threadName.startsWith("df-" + each.name() + "-"))
                .max(Comparator.comparingInt(each -> each.name().length()));
        owner.flatMap(Supervised::pipeline).ifPresent(pipeline -> pipeline.fail(error));
        return owner.isPresent();
    }

    Supervised find(String name) {
        Supervised found = all.get(name);
        if (found == null) {
            throw new RefusedChange(
                    Kind.NOT_FOUND,
                    "PIPELINE_NOT_FOUND",
                    "there is no pipeline '" + name + "'; there "
                            + (all.isEmpty() ? "is none at all" : "are " + String.join(", ", all.keySet())));
        }
        return found;
    }

    /** Adds a pipeline under a name that is free; false when it is not. */
    boolean add(Supervised supervised) {
        boolean added = all.putIfAbsent(supervised.name(), supervised) == null;
        maker.divideMemory(all.size());
        return added;
    }

    void remove(Supervised supervised) {
        all.remove(supervised.name(), supervised);
        maker.divideMemory(all.size());
    }

    /**
     * Says whether this process owns the data directory and is not about to end, so that changes can be made.
     *
     * @return true from {@link #start} to {@link #stop}
     */
    public boolean isOpen() {
        return open;
    }

    SpecFiles files() {
        return files;
    }

    PipelineMaker maker() {
        return maker;
    }

    SpecReader reader() {
        return reader;
    }

    /**
     * Stops all pipelines at once, so that together they take no longer than the slowest, and allows no change from now on.
     * Blocks.
     *
     * @param drainLimit how long the sinks may take
     * @throws InterruptedException when the thread is interrupted
     */
    public void stop(Duration drainLimit) throws InterruptedException {
        open = false;
        List<Thread> stoppers = new ArrayList<>();
        for (Supervised each : all.values()) {
            Thread stopper = new Thread(() -> stop(each, drainLimit), "df-" + each.name() + "-stop");
            stopper.start();
            stoppers.add(stopper);
        }
        for (Thread stopper : stoppers) {
            stopper.join();
        }
    }

    /** Waits for a change that is under way, which sees that everything ends. */
    private static void stop(Supervised supervised, Duration drainLimit) {
        supervised.lock().lock();
        try {
            supervised.pipeline().ifPresent(pipeline -> pipeline.stop(drainLimit));
        } finally {
            supervised.lock().unlock();
        }
    }
}
