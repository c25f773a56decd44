package io.deltaforge.core.fanout;

import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.source.PositionOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;

/**
 * Offers each batch to every sink. Lanes work in parallel. A lane that keeps up takes batches from the window in memory; one
 * that holds the others up is given the spool instead, until it has caught up. Batches are published by one thread; everything
 * else is safe from any thread.
 */
public final class FanOut implements AutoCloseable {

    private static final long CLOSE_NANOS = 10_000_000_000L;
    private static final long WATCH_MILLIS = 50;

    private final Window window;
    private final PositionOrder order;
    private final LaneListener listener;
    private final Topology topology;
    /** Null without a spool. */
    private final SpoolDetour detour;

    private final AtomicLong waitedNanos = new AtomicLong();
    private final Thread watch;
    /** Guarded by the topology's lock. */
    private boolean started;

    /**
     * Makes the lanes; they do not run yet.
     *
     * @param specs one per sink
     * @param order how the source's positions relate
     * @param window the bounds of what waits in memory
     * @param spool where sinks that fall behind are given their batches from, if there is such a place
     * @param begin the position at which the first batch begins
     * @param listener hears what becomes of the lanes
     */
    public FanOut(
            List<LaneSpec> specs,
            PositionOrder order,
            WindowLimits window,
            Optional<SpoolSpec> spool,
            SourcePosition begin,
            LaneListener listener) {
        String pipeline = specs.get(0).pipeline();
        this.window = new Window(window.maxEvents(), window.budget());
        this.order = order;
        this.listener = listener;
        this.topology =
                new Topology(spool.map(spec -> spec.log().lastSequence()).orElse(0L), begin);
        this.detour = spool.map(spec -> new SpoolDetour(pipeline, spec, order, topology, this.window, listener))
                .orElse(null);
        boolean anyRequired = specs.stream().anyMatch(LaneSpec::required);
        for (LaneSpec spec : specs) {
            enter(spec, !anyRequired || spec.required());
        }
        this.watch = new Thread(this::watchDeadlines, "df-" + pipeline + "-watch");
        this.watch.setDaemon(true);
    }

    private Lane enter(LaneSpec spec, boolean isAwaited) {
        Lane lane = new Lane(spec, isAwaited, order, listener, reader -> detour.rejoin(reader));
        topology.enter(lane);
        switch (spec.start().from()) {
            case WINDOW -> topology.feed(lane);
            case SPOOL -> detour.takeUp(lane, spec.start().cursor());
            case NOWHERE -> {}
        }
        return lane;
    }

    /** Starts every lane's thread. */
    public void start() {
        topology.lock();
        try {
            if (detour != null) {
                detour.start();
            }
            topology.lanes().forEach(Lane::start);
            started = true;
        } finally {
            topology.unlock();
        }
        watch.start();
    }

    /**
     * Returns the number of the last batch that was published, or left by an earlier run.
     *
     * @return its number; the next batch has a higher one
     */
    public long newest() {
        return topology.newest();
    }

    /**
     * Offers a batch to every sink. Never blocks: ask {@link #awaitRoom} before.
     *
     * @param batch the batch, possibly empty
     * @param observer hears how long it takes
     */
    public void publish(EventBatch batch, BatchObserver observer) {
        topology.lock();
        try {
            List<Lane> takers = topology.fed();
            boolean spooling = detour != null && detour.isSpooling();
            int holders = takers.size() + (spooling ? 1 : 0);
            SharedBatch shared = new SharedBatch(
                    batch, topology.newestEnd(), window, observer, Math.max(1, holders), topology.awaited());
            for (Lane lane : takers) {
                lane.queue().offer(shared);
            }
            if (spooling) {
                detour.give(shared);
            } else if (holders == 0) {
                shared.release();
            }
            topology.published(batch);
        } finally {
            topology.unlock();
        }
        relieve();
    }

    private void relieve() {
        if (detour != null) {
            detour.relieve();
        }
    }

    /**
     * Takes note of what was saved, and forgets what no sink needs any more of the spool.
     *
     * @param sequences by sink: the number of the last batch that it holds, with its position saved
     */
    public void saved(Map<String, Long> sequences) {
        if (detour != null) {
            detour.saved(sequences);
        }
    }

    private void watchDeadlines() {
        try {
            while (true) {
                TimeUnit.MILLISECONDS.sleep(WATCH_MILLIS);
                long now = System.nanoTime();
                topology.lanes().forEach(lane -> lane.checkDeadline(now));
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /**
     * Has one sink deliver something besides the log. Never blocks.
     *
     * @param sink the sink's id
     * @param insertion what
     * @return whether there is such a sink, and it takes anything
     */
    public boolean insert(String sink, Insertion insertion) {
        return topology.lanes().stream()
                .anyMatch(lane -> lane.sink().equals(sink) && lane.queue().insert(insertion));
    }

    /**
     * Says whether some sink could start on a batch at once.
     *
     * @return true if one has nothing waiting
     */
    public boolean isSinkFree() {
        List<Lane> takers = topology.fed();
        for (Lane lane : takers) {
            if (lane.queue().isFree()) {
                return true;
            }
        }
        return takers.isEmpty();
    }

    /**
     * Waits for room behind the slowest sink.
     *
     * @param waitingEvents events held outside
     * @param waitingBytes their retained bytes
     * @param timeoutNanos how long to wait at most; 0 only asks
     * @return whether there is room
     * @throws InterruptedException when the thread is interrupted
     */
    public boolean awaitRoom(int waitingEvents, long waitingBytes, long timeoutNanos) throws InterruptedException {
        if (window.awaitRoom(waitingEvents, waitingBytes, 0)) {
            return true;
        }
        relieve();
        boolean held = isSinkFree();
        long start = System.nanoTime();
        boolean room = window.awaitRoom(waitingEvents, waitingBytes, timeoutNanos);
        if (held) {
            waitedNanos.addAndGet(System.nanoTime() - start);
        }
        return room;
    }

    /**
     * Returns for how long the source stood still although a sink had nothing to do, because another one had not made room.
     *
     * @return seconds in this run
     */
    public double waitedSeconds() {
        return waitedNanos.get() / 1e9;
    }

    /**
     * Returns what the events that wait for a sink keep alive.
     *
     * @return bytes
     */
    public long retainedBytes() {
        return window.retainedBytes();
    }

    /**
     * Returns how many events wait for a sink.
     *
     * @return events
     */
    public long retainedEvents() {
        return window.retainedEvents();
    }

    /**
     * Returns how large the spool is.
     *
     * @return bytes on disk; 0 without a spool
     */
    public long spoolBytes() {
        return detour == null ? 0 : detour.bytes();
    }

    /**
     * Returns how old the oldest batch of the spool is.
     *
     * @return seconds; 0 for an empty spool
     */
    public double spoolAgeSeconds() {
        return detour == null ? 0 : detour.ageSeconds();
    }

    /**
     * Returns what every lane is doing.
     *
     * @return statuses by sink id, in the order of the sinks
     */
    public Map<String, LaneStatus> status() {
        Map<String, LaneStatus> all = new LinkedHashMap<>();
        long newest = topology.newest();
        topology.lanes().forEach(lane -> all.put(lane.sink(), lane.queue().status(newest)));
        return all;
    }

    /**
     * Has a sink closed, once what it was given is settled, until it is {@linkplain #resume resumed}. Returns at once.
     *
     * @param sink the sink's id
     */
    public void pause(String sink) {
        topology.lane(sink).queue().pause();
    }

    /**
     * Has a sink go on that was paused, or that has failed for good. Returns at once.
     *
     * @param sink the sink's id
     */
    public void resume(String sink) {
        topology.lane(sink).queue().resume();
    }

    /**
     * Makes a sink anew, once what it was given is settled. Returns at once.
     *
     * @param sink the sink's id
     */
    public void restart(String sink) {
        topology.lane(sink).queue().restart();
    }

    /**
     * Has a sink that was given up go on with what is read next. For any other nothing is written down.
     *
     * @param sink the sink's id
     * @param attached told the sink's new position, to be written down before it goes on
     * @throws IllegalStateException when the sink was not given up
     */
    public void attach(String sink, AttachListener attached) {
        topology.lock();
        try {
            Lane lane = topology.lane(sink);
            lane.queue().requireDetached();
            SourcePosition cursor = topology.newestEnd();
            attached.attaching(cursor);
            lane.queue().attach(cursor);
            topology.feed(lane);
        } finally {
            topology.unlock();
        }
    }

    /** Hears where a sink begins. */
    public interface AttachListener {

        /**
         * The sink is about to begin. Blocks until that is written down.
         *
         * @param cursor where
         */
        void attaching(SourcePosition cursor);
    }

    /** Makes what a lane needs once it is known where it begins. */
    public interface LaneMaker {

        /**
         * Writes down where the sink begins, and describes its lane. May block.
         *
         * @param start where
         * @param spooled the position up to which the spool has, for good, what the sink misses; empty without a spool
         * @return the lane
         */
        LaneSpec make(LaneStart start, Optional<SourcePosition> spooled);
    }

    /**
     * Adds a sink while the others go on.
     *
     * @param oldest whether it is to begin with the oldest event that the spool has; else, and with an empty spool, with what is
     *     read next
     * @param maker told where it begins
     */
    public void add(boolean oldest, LaneMaker maker) {
        topology.lock();
        try {
            Optional<SourcePosition> kept = oldest && detour != null ? detour.oldest() : Optional.empty();
            LaneStart start = kept.map(cursor -> new LaneStart(cursor, LaneStart.From.SPOOL))
                    .orElse(LaneStart.at(topology.newestEnd()));
            // Written down with the start, and up to now: the source may have let go of all of it, and a restart must
            // know that the spool has it.
            LaneSpec spec = maker.make(start, kept.flatMap(cursor -> detour.makeDurable()));
            Lane lane = enter(spec, spec.required());
            if (started) {
                lane.start();
            }
        } finally {
            topology.unlock();
        }
    }

    /**
     * Ends one lane, and forgets what only it needed. Blocks until it has ended, for some seconds at most.
     *
     * @param sink the sink's id
     * @throws InterruptedException when the thread is interrupted
     */
    public void remove(String sink) throws InterruptedException {
        Lane lane = topology.lane(sink);
        topology.lock();
        try {
            topology.leave(lane);
            if (detour != null) {
                detour.leave(lane);
            }
        } finally {
            topology.unlock();
        }
        lane.close();
        lane.join(CLOSE_NANOS);
        saved(Map.of());
    }

    /**
     * Lets every lane finish what it was given.
     *
     * @param timeoutNanos how long to wait at most
     * @return whether all finished
     * @throws InterruptedException when the thread is interrupted
     */
    public boolean drain(long timeoutNanos) throws InterruptedException {
        long deadline = System.nanoTime() + timeoutNanos;
        topology.lanes().forEach(lane -> lane.queue().drain());
        if (detour != null) {
            detour.flush(timeoutNanos);
        }
        return join(deadline);
    }

    private boolean join(long deadline) throws InterruptedException {
        boolean all = true;
        for (Lane lane : topology.lanes()) {
            all &= lane.join(deadline - System.nanoTime());
        }
        return all;
    }

    /** Ends every lane now; what was not acknowledged is delivered again after a restart. */
    @Override
    public void close() {
        watch.interrupt();
        topology.lanes().forEach(Lane::close);
        try {
            join(System.nanoTime() + CLOSE_NANOS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (detour != null) {
            detour.close();
        }
        window.close();
    }
}
