package io.deltaforge.server.supervisor;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.event.EventBatch;
import io.deltaforge.core.Pipeline;
import io.deltaforge.core.PipelineState;
import io.deltaforge.core.PipelineStatus;
import io.deltaforge.core.PipelineStatus.Cause;
import io.deltaforge.core.PipelineStatus.Flow;
import io.deltaforge.core.PipelineStatus.SinkStatus;
import io.deltaforge.core.PipelineStatus.Trouble;
import io.deltaforge.core.SinkDefinition;
import io.deltaforge.server.config.PipelineSpec;
import io.deltaforge.server.config.ServerConfig;
import java.time.Duration;
import java.time.Instant;
import java.util.EnumSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.locks.ReentrantLock;
import java.util.stream.Collectors;

/**
 * One pipeline under its name, whatever becomes of it: the engine's pipelines live once, this goes on. Whoever changes it holds
 * its lock; it is looked at from any thread.
 */
final class Supervised {

    private static final Set<PipelineState> AT_WORK =
            EnumSet.of(PipelineState.STARTING, PipelineState.RUNNING, PipelineState.DEGRADED, PipelineState.STANDBY);

    private final String name;
    private final Origin origin;
    private final ReentrantLock lock = new ReentrantLock();
    private final Instant since = Instant.now();
    private volatile ServerConfig.Pipeline config;
    private volatile Optional<Map<String, Object>> document;
    private volatile Desired desired = Desired.RUNNING;
    /** Whichever of the engine's pipelines has the sinks. */
    private volatile Set<String> pausedSinks = Set.of();

    private volatile Pipeline pipeline;
    private volatile Cause broken;
    private volatile boolean gone;
    private final List<TapBuffer> taps = new CopyOnWriteArrayList<>();

    private Supervised(String name, Origin origin) {
        this.name = requireNonNull(name, "name is null");
        this.origin = requireNonNull(origin, "origin is null");
    }

    /** One that a configuration file describes. */
    static Supervised ofFile(ServerConfig.Pipeline config) {
        Supervised made = new Supervised(config.name(), Origin.FILE);
        made.config = config;
        made.document = Optional.empty();
        return made;
    }

    /** One that came over the API. */
    static Supervised ofApi(PipelineSpec spec) {
        Supervised made = new Supervised(spec.name(), Origin.API);
        made.describe(spec);
        return made;
    }

    /** One that came over the API and cannot be used now. */
    static Supervised ofApi(String name, Optional<Map<String, Object>> document, Cause broken) {
        Supervised made = new Supervised(name, Origin.API);
        made.document = document;
        made.broken = broken;
        return made;
    }

    String name() {
        return name;
    }

    Origin origin() {
        return origin;
    }

    ReentrantLock lock() {
        return lock;
    }

    /** What it is made from; empty when that cannot be used. */
    Optional<ServerConfig.Pipeline> config() {
        return Optional.ofNullable(config);
    }

    /** The ids of its sinks, as far as it is known what it is made from. */
    Set<String> sinks() {
        return config().map(
                        known -> known.sinks().stream().map(SinkDefinition::id).collect(Collectors.toSet()))
                .orElse(Set.of());
    }

    /** Its settings as they were written, when they came over the API; those a file is preferred to, when it comes from one. */
    Optional<Map<String, Object>> document() {
        return document;
    }

    void keepDocument(Optional<Map<String, Object>> kept) {
        document = kept;
    }

    void describe(PipelineSpec spec) {
        config = spec.pipeline();
        document = Optional.of(spec.document());
        broken = null;
    }

    Desired desired() {
        return desired;
    }

    void desire(Desired wanted) {
        desired = wanted;
    }

    /** The sinks that are to rest even while the pipeline does not. */
    Set<String> pausedSinks() {
        return pausedSinks;
    }

    /** Those of some sinks that are to rest even while the pipeline does not. */
    Set<String> pausedAmong(Set<String> some) {
        return pausedSinks.stream().filter(some::contains).collect(Collectors.toSet());
    }

    /** Takes note of which sinks are to rest; one that runs is told by whoever changes that. */
    void pauseSinks(Set<String> wanted) {
        pausedSinks = Set.copyOf(wanted);
    }

    /** What is to be kept of it as it is. */
    SpecFiles.Kept kept() {
        return SpecFiles.Kept.of(desired, pausedSinks, document);
    }

    boolean isGone() {
        return gone;
    }

    void remove() {
        gone = true;
        taps.forEach(TapBuffer::end);
    }

    void breakWith(Cause cause) {
        broken = cause;
    }

    void clear() {
        broken = null;
    }

    Optional<Pipeline> pipeline() {
        return Optional.ofNullable(pipeline);
    }

    /** Has another of the engine's pipelines go on in the place of the one before; to be called before that is started. */
    void run(Pipeline made) {
        restSinks(made);
        synchronized (taps) {
            pipeline = made;
            showTaps();
        }
    }

    private void restSinks(Pipeline made) {
        made.status().sinks().stream()
                .map(SinkStatus::id)
                .filter(pausedSinks::contains)
                .forEach(made::pauseSink);
    }

    /** Takes what was kept of it by an earlier process; to be called before its pipeline is started. */
    void bringBack(SpecFiles.Kept kept) {
        desired = kept.desired();
        pausedSinks = kept.pausedSinks();
        pipeline().ifPresent(this::restSinks);
    }

    /** Has every batch shown, whichever pipeline it comes from. */
    void tap(TapBuffer tap) {
        synchronized (taps) {
            taps.add(tap);
            showTaps();
        }
    }

    void untap(TapBuffer tap) {
        synchronized (taps) {
            taps.remove(tap);
            showTaps();
        }
    }

    /** A pipeline that nobody looks at has nobody to call. */
    private void showTaps() {
        pipeline().ifPresent(current -> current.tap(taps.isEmpty() ? null : this::offer));
    }

    private void offer(EventBatch batch) {
        for (TapBuffer tap : taps) {
            tap.offer(batch);
        }
    }

    boolean isAtWork() {
        return broken == null
                && pipeline()
                        .map(current -> AT_WORK.contains(current.status().state()))
                        .orElse(false);
    }

    void rest(Desired as, Duration drainLimit) {
        pipeline().ifPresent(current -> current.rest(as.rest(), drainLimit));
    }

    PipelineStatus status() {
        Pipeline current = pipeline;
        Cause why = broken;
        if (current != null && why == null) {
            return current.status();
        }
        List<SinkStatus> sinks = current == null ? List.of() : current.status().sinks();
        PipelineState state = why != null ? PipelineState.FAILED : PipelineState.STOPPED;
        Trouble trouble = new Trouble(
                why == null ? 0 : 1,
                Optional.ofNullable(why),
                Optional.of(since).filter(at -> why != null),
                Optional.empty());
        return new PipelineStatus(
                name,
                state,
                since,
                Optional.ofNullable(why),
                trouble,
                Optional.empty(),
                new Flow(Optional.empty(), 0, 0),
                0,
                sinks);
    }
}
