package io.deltaforge.core.fanout;

import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.source.PositionOrder;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** Offers each batch to every sink. Lanes work in parallel and never wait for one another but through the bounded window. */
public final class FanOut implements AutoCloseable {

    private static final long CLOSE_NANOS = 10_000_000_000L;

    private final Window window;
    private final List<Lane> lanes;
    private final int awaited;

    /**
     * Makes the lanes; they do not run yet.
     *
     * @param specs one per sink
     * @param order how the source's positions relate
     * @param maxEvents how many events may wait for the slowest sink
     * @param budget the memory that waiting events may keep alive
     * @param listener hears what becomes of the lanes
     */
    public FanOut(
            List<LaneSpec> specs, PositionOrder order, int maxEvents, MemoryBudget budget, LaneListener listener) {
        this.window = new Window(maxEvents, budget);
        int required = (int) specs.stream().filter(LaneSpec::required).count();
        this.awaited = required == 0 ? specs.size() : required;
        this.lanes = specs.stream()
                .map(spec -> new Lane(spec, required == 0 || spec.required(), order, listener))
                .toList();
    }

    /** Starts every lane's thread. */
    public void start() {
        lanes.forEach(Lane::start);
    }

    /**
     * Offers a batch to every sink. Never blocks: ask {@link #awaitRoom} before.
     *
     * @param batch the batch, possibly empty
     * @param observer hears how long it takes
     */
    public void publish(EventBatch batch, BatchObserver observer) {
        SharedBatch shared = new SharedBatch(batch, window, observer, lanes.size(), awaited);
        for (Lane lane : lanes) {
            lane.offer(shared);
        }
    }

    /**
     * Says whether some sink could start on a batch at once.
     *
     * @return true if one has nothing waiting
     */
    public boolean isSinkFree() {
        for (Lane lane : lanes) {
            if (lane.isFree()) {
                return true;
            }
        }
        return false;
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
        return window.awaitRoom(waitingEvents, waitingBytes, timeoutNanos);
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
     * Returns what every lane is doing.
     *
     * @return statuses by sink id, in the order of the sinks
     */
    public Map<String, LaneStatus> status() {
        Map<String, LaneStatus> all = new LinkedHashMap<>();
        lanes.forEach(lane -> all.put(lane.sink(), lane.status()));
        return all;
    }

    /**
     * Lets every lane finish what it was given.
     *
     * @param timeoutNanos how long to wait at most
     * @return whether all finished
     * @throws InterruptedException when the thread is interrupted
     */
    public boolean drain(long timeoutNanos) throws InterruptedException {
        lanes.forEach(Lane::drain);
        return join(timeoutNanos);
    }

    private boolean join(long timeoutNanos) throws InterruptedException {
        long deadline = System.nanoTime() + timeoutNanos;
        boolean all = true;
        for (Lane lane : lanes) {
            all &= lane.join(deadline - System.nanoTime());
        }
        return all;
    }

    /** Ends every lane now; what was not acknowledged is delivered again after a restart. */
    @Override
    public void close() {
        lanes.forEach(Lane::close);
        try {
            join(CLOSE_NANOS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
