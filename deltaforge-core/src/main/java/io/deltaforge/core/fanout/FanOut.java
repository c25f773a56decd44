package io.deltaforge.core.fanout;

import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.event.EventBatch;
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
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import java.util.concurrent.locks.ReentrantLock;

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
    private final Optional<SpoolSpec> spool;
    private final SpoolWriter writer;
    private final AtomicLong waitedNanos = new AtomicLong();
    private final Thread watch;
    /** Taken before any lane's lock. */
    private final ReentrantLock topology = new ReentrantLock();

    private final Map<String, Long> savedSequences = new HashMap<>();
    private volatile List<Lane> lanes = List.of();
    private volatile List<Lane> fed = List.of();
    private int awaited;
    private boolean spooling;
    /** What comes up to here comes a second time, for lanes that begin before what the spool has; null when nothing does. */
    private SourcePosition repeatedTo;

    private volatile long newest;
    private volatile SourcePosition newestEnd;

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
        this.window = new Window(window.maxEvents(), window.budget());
        this.order = order;
        this.listener = listener;
        this.spool = spool;
        this.newestEnd = begin;
        this.writer = spool.map(spec -> new SpoolWriter(specs.get(0).pipeline(), spec, order, new ToLanes()))
                .orElse(null);
        this.newest = spool.map(spec -> spec.log().lastSequence()).orElse(0L);
        this.repeatedTo = spool.flatMap(spec -> spec.log().end())
                .filter(end -> !order.covers(begin, end))
                .orElse(null);
        boolean anyRequired = specs.stream().anyMatch(LaneSpec::required);
        for (LaneSpec spec : specs) {
            enter(spec, !anyRequired || spec.required());
        }
        this.watch = new Thread(this::watchDeadlines, "df-" + specs.get(0).pipeline() + "-watch");
        this.watch.setDaemon(true);
    }

    private Lane enter(LaneSpec spec, boolean isAwaited) {
        Lane lane = new Lane(spec, isAwaited, order, listener, this::rejoin);
        lanes = with(lanes, lane);
        if (isAwaited) {
            awaited++;
        }
        switch (spec.start().from()) {
            case WINDOW -> fed = with(fed, lane);
            case SPOOL -> {
                spooling = true;
                lane.queue()
                        .resumeFrom(
                                SpoolFeed.behind(
                                        writer,
                                        spec.sink(),
                                        window,
                                        spec.start().cursor()),
                                writer.first() - 1);
                writer.serve(spec.sink(), List.of());
            }
            case NOWHERE -> {}
        }
        return lane;
    }

    private static List<Lane> with(List<Lane> lanes, Lane lane) {
        List<Lane> more = new ArrayList<>(lanes);
        more.add(lane);
        return List.copyOf(more);
    }

    private static List<Lane> without(List<Lane> lanes, Lane lane) {
        return lanes.stream().filter(each -> each != lane).toList();
    }

    /** Starts every lane's thread. */
    public void start() {
        if (writer != null) {
            writer.start();
        }
        lanes.forEach(Lane::start);
        watch.start();
    }

    /**
     * Returns the number of the last batch that was published, or left by an earlier run.
     *
     * @return its number; the next batch has a higher one
     */
    public long newest() {
        return newest;
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
            List<Lane> takers = fed;
            int holders = takers.size() + (spooling ? 1 : 0);
            SharedBatch shared = new SharedBatch(batch, newestEnd, window, observer, Math.max(1, holders), awaited);
            for (Lane lane : takers) {
                lane.queue().offer(shared);
            }
            if (spooling) {
                writer.give(shared);
            } else if (holders == 0) {
                shared.release();
            }
            newest = batch.sequence();
            newestEnd = batch.end();
        } finally {
            topology.unlock();
        }
        relieve();
    }

    /** Has lanes that hold others up, or do not deliver at all, read from the spool, before the window is full. */
    private void relieve() {
        if (spool.isEmpty() || !spool.get().enabled() || !window.isHalfFull()) {
            return;
        }
        topology.lock();
        try {
            long weight = window.weight();
            Map<Lane, LaneQueue.Backlog> backlogs = new LinkedHashMap<>();
            fed.forEach(lane -> backlogs.put(lane, lane.queue().backlog()));
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
        LaneQueue.Left left =
                lane.queue().toSpool(sequence -> SpoolFeed.from(writer, lane.sink(), window, sequence), newest);
        fed = without(fed, lane);
        List<SharedBatch> all = new ArrayList<>(left.underWay());
        all.addAll(left.waiting());
        if (!spooling) {
            spooling = true;
            long first = all.isEmpty() ? newest + 1 : all.get(0).batch().sequence();
            // Where the batches begin: a sink that is ahead of a replay has come further than that.
            writer.begin(
                    lane.sink(), first, all.isEmpty() ? newestEnd : all.get(0).start(), all);
            return;
        }
        long first = writer.first();
        List<SharedBatch> inFront = new ArrayList<>();
        for (SharedBatch shared : all) {
            if (shared.batch().sequence() < first) {
                inFront.add(shared);
            } else {
                shared.release();
            }
        }
        writer.serve(lane.sink(), inFront);
    }

    /** Called on the lane's thread. */
    private boolean rejoin(Lane lane) {
        List<Runnable> deletions;
        topology.lock();
        try {
            List<SharedBatch> rest = writer.rest(lane.sink(), lane.queue().read(), window.maxEvents() / 8);
            if (rest == null || !lanes.contains(lane)) {
                return false;
            }
            writer.leave(lane.sink());
            lane.queue().toWindow(rest);
            fed = with(fed, lane);
            // Everything may be saved already, and then nobody says so again.
            deletions = forget();
        } finally {
            topology.unlock();
        }
        deletions.forEach(Runnable::run);
        return true;
    }

    /**
     * Takes note of what was saved, and forgets what no sink needs any more of the spool.
     *
     * @param sequences by sink: the number of the last batch that it holds, with its position saved
     */
    public void saved(Map<String, Long> sequences) {
        if (writer == null) {
            return;
        }
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
        for (Lane lane : lanes) {
            needless = Math.min(needless, lane.queue().freeable(savedSequences.getOrDefault(lane.sink(), 0L)));
        }
        if (needless == Long.MAX_VALUE) {
            spooling = false;
            repeatedTo = null;
            return writer.clear();
        }
        return writer.takeUpTo(needless);
    }

    /** What the spool tells the lanes. */
    private final class ToLanes implements SpoolWriter.Listener {
        @Override
        public void written() {
            lanes.forEach(lane -> lane.queue().spoolGrew());
        }

        @Override
        public void synced(Set<String> sinks, SourcePosition end) {
            listener.spooled(sinks, end);
        }

        @Override
        public boolean makeRoom(DeltaForgeException full) {
            return detachFurthest(full);
        }

        @Override
        public void storage(DeltaForgeException failure) {
            listener.spool(failure);
        }
    }

    private boolean detachFurthest(DeltaForgeException full) {
        if (spool.orElseThrow().limits().onFull() != SpoolLimits.OnFull.DETACH) {
            return false;
        }
        Optional<Lane> furthest = lanes.stream()
                .filter(lane -> !lane.queue().isRequired() && lane.queue().isBehind())
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
            writer.leave(lane.sink());
            fed = without(fed, lane);
            deletions = forget();
        } finally {
            topology.unlock();
        }
        deletions.forEach(Runnable::run);
        return true;
    }

    private void watchDeadlines() {
        try {
            while (true) {
                TimeUnit.MILLISECONDS.sleep(WATCH_MILLIS);
                long now = System.nanoTime();
                lanes.forEach(lane -> lane.checkDeadline(now));
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
        return lanes.stream()
                .anyMatch(lane -> lane.sink().equals(sink) && lane.queue().insert(insertion));
    }

    /**
     * Says whether some sink could start on a batch at once.
     *
     * @return true if one has nothing waiting
     */
    public boolean isSinkFree() {
        List<Lane> takers = fed;
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
        return writer == null ? 0 : writer.bytes();
    }

    /**
     * Returns how old the oldest batch of the spool is.
     *
     * @return seconds; 0 for an empty spool
     */
    public double spoolAgeSeconds() {
        return writer == null ? 0 : writer.ageSeconds();
    }

    /**
     * Returns what every lane is doing.
     *
     * @return statuses by sink id, in the order of the sinks
     */
    public Map<String, LaneStatus> status() {
        Map<String, LaneStatus> all = new LinkedHashMap<>();
        lanes.forEach(lane -> all.put(lane.sink(), lane.queue().status(newest)));
        return all;
    }

    private Lane lane(String sink) {
        return lanes.stream()
                .filter(lane -> lane.sink().equals(sink))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no sink '" + sink + "'"));
    }

    /**
     * Has a sink closed, once what it was given is settled, until it is {@linkplain #resume resumed}. Returns at once.
     *
     * @param sink the sink's id
     */
    public void pause(String sink) {
        lane(sink).queue().pause();
    }

    /**
     * Has a sink go on that was paused, or that has failed for good. Returns at once.
     *
     * @param sink the sink's id
     */
    public void resume(String sink) {
        lane(sink).queue().resume();
    }

    /**
     * Makes a sink anew, once what it was given is settled. Returns at once.
     *
     * @param sink the sink's id
     */
    public void restart(String sink) {
        lane(sink).queue().restart();
    }

    /**
     * Has a sink that was given up go on with what is read next.
     *
     * @param sink the sink's id
     * @param attached told the sink's new position, to be written down before it goes on
     */
    public void attach(String sink, AttachListener attached) {
        topology.lock();
        try {
            Lane lane = lane(sink);
            attached.attaching(newestEnd);
            lane.queue().attach(newestEnd);
            fed = with(fed, lane);
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
         * @return the lane
         */
        LaneSpec make(LaneStart start);
    }

    /**
     * Adds a sink while the others go on.
     *
     * @param oldest whether it is to begin with the oldest event that the spool has; else, and with an empty spool, with what is
     *     read next
     * @param maker told where it begins
     */
    public void add(boolean oldest, LaneMaker maker) {
        Lane lane;
        topology.lock();
        try {
            Optional<SourcePosition> kept =
                    oldest && spooling ? spool.flatMap(spec -> spec.log().start()) : Optional.empty();
            LaneStart start = kept.map(cursor -> new LaneStart(cursor, LaneStart.From.SPOOL))
                    .orElse(LaneStart.at(newestEnd));
            LaneSpec spec = maker.make(start);
            lane = enter(spec, spec.required());
        } finally {
            topology.unlock();
        }
        lane.start();
    }

    /**
     * Ends one lane, and forgets what only it needed. Blocks until it has ended, for some seconds at most.
     *
     * @param sink the sink's id
     * @throws InterruptedException when the thread is interrupted
     */
    public void remove(String sink) throws InterruptedException {
        Lane lane = lane(sink);
        topology.lock();
        try {
            lanes = without(lanes, lane);
            fed = without(fed, lane);
            if (lane.queue().isAwaited()) {
                awaited--;
            }
            if (writer != null) {
                writer.leave(sink);
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
        lanes.forEach(lane -> lane.queue().drain());
        if (writer != null) {
            writer.flush(timeoutNanos);
        }
        return join(deadline);
    }

    private boolean join(long deadline) throws InterruptedException {
        boolean all = true;
        for (Lane lane : lanes) {
            all &= lane.join(deadline - System.nanoTime());
        }
        return all;
    }

    /** Ends every lane now; what was not acknowledged is delivered again after a restart. */
    @Override
    public void close() {
        watch.interrupt();
        lanes.forEach(Lane::close);
        try {
            join(System.nanoTime() + CLOSE_NANOS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
        if (writer != null) {
            writer.close();
        }
        window.close();
    }
}
