package io.deltaforge.core.fanout;

import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.event.SourcePosition;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.ReentrantLock;

/**
 * Which lanes there are, which of them are fed from the window, and how far was published. Each of it is read from any thread;
 * it is changed, and read where one thing must fit the other, under its lock, which is taken before any lane's lock and any of
 * the spool's.
 */
final class Topology {

    private final ReentrantLock lock = new ReentrantLock();
    private volatile List<Lane> lanes = List.of();
    private volatile List<Lane> fed = List.of();
    private volatile long newest;
    private volatile SourcePosition newestEnd;
    private int awaited;

    /**
     * Knows no lane yet.
     *
     * @param newest the number of the last batch that an earlier run has left
     * @param begin the position at which the next batch begins
     */
    Topology(long newest, SourcePosition begin) {
        this.newest = newest;
        this.newestEnd = begin;
    }

    void lock() {
        lock.lock();
    }

    void unlock() {
        lock.unlock();
    }

    /** All lanes, in the order in which they came. */
    List<Lane> lanes() {
        return lanes;
    }

    Lane lane(String sink) {
        return lanes.stream()
                .filter(lane -> lane.sink().equals(sink))
                .findFirst()
                .orElseThrow(() -> new IllegalArgumentException("there is no sink '" + sink + "'"));
    }

    /** Those that take every batch that is published. */
    List<Lane> fed() {
        return fed;
    }

    /** How many lanes must have a batch for it to count as delivered. */
    int awaited() {
        return awaited;
    }

    /** The number of the last batch that was published, or left by an earlier run. */
    long newest() {
        return newest;
    }

    /** Where the next batch begins. */
    SourcePosition newestEnd() {
        return newestEnd;
    }

    void enter(Lane lane) {
        lanes = with(lanes, lane);
        awaited += lane.isAwaited() ? 1 : 0;
    }

    void leave(Lane lane) {
        lanes = without(lanes, lane);
        fed = without(fed, lane);
        awaited -= lane.isAwaited() ? 1 : 0;
    }

    void feed(Lane lane) {
        fed = with(fed, lane);
    }

    void feedNoMore(Lane lane) {
        fed = without(fed, lane);
    }

    void published(EventBatch batch) {
        newest = batch.sequence();
        newestEnd = batch.end();
    }

    private static List<Lane> with(List<Lane> lanes, Lane lane) {
        List<Lane> more = new ArrayList<>(lanes);
        more.add(lane);
        return List.copyOf(more);
    }

    private static List<Lane> without(List<Lane> lanes, Lane lane) {
        return lanes.stream().filter(each -> each != lane).toList();
    }
}
