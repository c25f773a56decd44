package io.deltaforge.core.fanout;

import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.source.PositionOrder;
import io.deltaforge.core.spool.SpoolLimits;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The lanes' detour over the spool: which lane takes it and when, when it comes back to the window, which is given up when there
 * is no room, and what of the spool nobody needs any more. What it knows is guarded by the topology's lock, which it takes
 * itself where a method does not say that it is held.
 */
final class SpoolDetour implements SpoolWriter.Listener, AutoCloseable {

    private final Topology topology;
    private final Window window;
    private final PositionOrder order;
    private final LaneListener listener;
    private final SpoolSpec spec;
    private final SpoolWriter writer;

    private final Map<String, Long> savedSequences = new HashMap<>();
    /** Whether the spool is given every batch. */
    private boolean spooling;
    /** What comes up to here comes a second time, for lanes that begin before what the spool has; null when nothing does. */
    private SourcePosition repeatedTo;

    SpoolDetour(
            String pipeline,
            SpoolSpec spec,
            PositionOrder order,
            Topology topology,
            Window window,
            LaneListener listener) {
        this.topology = topology;
        this.window = window;
        this.order = order;
        this.listener = listener;
        this.spec = spec;
        this.writer = new SpoolWriter(pipeline, spec, order, this);
        this.repeatedTo = spec.log()
                .end()
                .filter(end -> !order.covers(topology.newestEnd(), end))
                .orElse(null);
    }

    void start() {
        writer.start();
    }

    /** Whether the spool is given every batch; under the topology's lock. */
    boolean isSpooling() {
        return spooling;
    }

    /** Takes one batch more, which is released when it is written; under the topology's lock, while it is spooling. */
    void give(SharedBatch shared) {
        writer.queue().give(shared);
    }

    /** Where the oldest batch begins that the spool has, if it is given any; under the topology's lock. */
    Optional<SourcePosition> oldest() {
        return spooling ? spec.log().start() : Optional.empty();
    }

    /**
     * Makes what the spool has durable; see {@link SpoolWriter#makeDurable}.
     *
     * @return the position that it ends at; empty when there is nothing
     */
    Optional<SourcePosition> makeDurable() {
        return writer.makeDurable();
    }

    /** Has a new lane begin with what the spool has behind its cursor; under the topology's lock. */
    void takeUp(Lane lane, SourcePosition cursor) {
        spooling = true;
        // What an earlier sink of this name had saved says nothing of this one.
        savedSequences.remove(lane.sink());
        lane.queue()
                .resumeFrom(
                        SpoolFeed.behind(writer, lane.sink(), window, cursor),
                        writer.queue().first() - 1);
        writer.queue().serve(lane.sink(), List.of());
    }

    /** Has lanes that hold others up, or do not deliver at all, read from the spool, before the window is full. */
    void relieve() {
        if (!spec.enabled() || !window.isHalfFull()) {
            return;
        }
        topology.lock();
        try {
            long weight = window.weight();
            Map<Lane, LaneQueue.Backlog> backlogs = new LinkedHashMap<>();
            topology.fed().forEach(lane -> backlogs.put(lane, lane.queue().backlog()));
            backlogs.forEach((lane, backlog) -> {
                boolean holdsMost = backlog.weight() * 2 >= weight;
                boolean othersKeepUp = backlogs.entrySet().stream()
                        .anyMatch(other ->
                                other.getKey() != lane && other.getValue().weight() * 4 < weight);
                if (holdsMost && (othersKeepUp || !backlog.delivering()) && isPastWhatIsRepeated(lane)) {
                    toSpool(lane);
                }
            });
        } finally {
            topology.unlock();
        }
    }

    /** The spool does not take what it has already, so what a lane misses of that is not there under the number it has now. */
    private boolean isPastWhatIsRepeated(Lane lane) {
        return repeatedTo == null || order.covers(lane.queue().reached(), repeatedTo);
    }

    private void toSpool(Lane lane) {
        long newest = topology.newest();
        LaneQueue.Left left =
                lane.queue().toSpool(sequence -> SpoolFeed.from(writer, lane.sink(), window, sequence), newest);
        topology.feedNoMore(lane);
        List<SharedBatch> all = new ArrayList<>(left.underWay());
        all.addAll(left.waiting());
        if (!spooling) {
            spooling = true;
            long first = all.isEmpty() ? newest + 1 : all.get(0).batch().sequence();
            // Where the batches begin: a sink that is ahead of a replay has come further than that.
            SourcePosition begin =
                    all.isEmpty() ? topology.newestEnd() : all.get(0).start();
            writer.queue().begin(lane.sink(), first, begin, all);
            return;
        }
        long first = writer.queue().first();
        List<SharedBatch> inFront = new ArrayList<>();
        for (SharedBatch shared : all) {
            if (shared.batch().sequence() < first) {
                inFront.add(shared);
            } else {
                shared.release();
            }
        }
        writer.queue().serve(lane.sink(), inFront);
    }

    /** Gives a lane that has read everything its batches from the window again, if it can. Called on the lane's thread. */
    boolean rejoin(Lane lane) {
        List<Runnable> deletions;
        topology.lock();
        try {
            if (!topology.lanes().contains(lane)) {
                return false;
            }
            List<SharedBatch> rest =
                    writer.queue().rest(lane.sink(), lane.queue().read(), window.maxEvents() / 8);
            if (rest == null) {
                return false;
            }
            writer.queue().leave(lane.sink());
            lane.queue().toWindow(rest);
            topology.feed(lane);
            // Everything may be saved already, and then nobody says so again.
            deletions = forget();
        } finally {
            topology.unlock();
        }
        deletions.forEach(Runnable::run);
        return true;
    }

    /** A lane does not read from the spool any more, as it has ended; under the topology's lock. */
    void leave(Lane lane) {
        writer.queue().leave(lane.sink());
    }

    /** Takes note of what was saved, by sink, and forgets what no sink needs any more of the spool. */
    void saved(Map<String, Long> sequences) {
        List<Runnable> deletions;
        topology.lock();
        try {
            savedSequences.putAll(sequences);
            deletions = forget();
        } finally {
            topology.unlock();
        }
        deletions.forEach(Runnable::run);
    }

    private List<Runnable> forget() {
        if (!spooling) {
            return List.of();
        }
        long needless = Long.MAX_VALUE;
        for (Lane lane : topology.lanes()) {
            needless = Math.min(needless, lane.queue().freeable(savedSequences.getOrDefault(lane.sink(), 0L)));
        }
        if (needless == Long.MAX_VALUE) {
            spooling = false;
            repeatedTo = null;
            return writer.clear();
        }
        return writer.takeUpTo(needless);
    }

    @Override
    public void written() {
        topology.lanes().forEach(lane -> lane.queue().spoolGrew());
    }

    @Override
    public void synced(Set<String> sinks, SourcePosition end) {
        listener.spooled(sinks, end);
    }

    @Override
    public void storage(DeltaForgeException failure) {
        listener.spool(failure);
    }

    /** Gives up the sink that is furthest behind, where that is allowed. */
    @Override
    public boolean makeRoom(DeltaForgeException full) {
        if (spec.limits().onFull() != SpoolLimits.OnFull.DETACH) {
            return false;
        }
        Optional<Lane> furthest = topology.lanes().stream()
                .filter(lane -> !lane.isRequired() && lane.queue().isBehind())
                .min((a, b) -> Long.compare(a.queue().acknowledged(), b.queue().acknowledged()));
        if (furthest.isEmpty()) {
            return false;
        }
        Lane lane = furthest.get();
        // Written down first: else a restart would miss in the spool what it is to hold for the sink.
        listener.detached(lane.sink(), full);
        List<Runnable> deletions;
        topology.lock();
        try {
            lane.queue().detach(full);
            writer.queue().leave(lane.sink());
            topology.feedNoMore(lane);
            deletions = forget();
        } finally {
            topology.unlock();
        }
        deletions.forEach(Runnable::run);
        return true;
    }

    /** Waits until everything given so far is durable, or cannot be made so, or time is up. */
    void flush(long timeoutNanos) throws InterruptedException {
        writer.queue().flush(timeoutNanos);
    }

    long bytes() {
        return writer.bytes();
    }

    double ageSeconds() {
        return writer.ageSeconds();
    }

    /** Ends the writer, once the lanes have ended. */
    @Override
    public void close() {
        writer.close();
    }
}
