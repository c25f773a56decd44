package io.deltaforge.core.fanout;

import io.deltaforge.api.error.DeltaForgeException;

/**
 * The tries of a lane: which one is under way, why it fails, how many have failed one behind the other. A try begins with a sink
 * that is made anew, and ends with its first failure. Guarded by its lane's lock.
 */
final class LaneTries {

    private final LaneSpec spec;
    private final LaneMetrics metrics;
    /** Why the try that is under way fails; null while it does not. */
    private DeltaForgeException failure;

    private int attempt;
    private int failures;

    LaneTries(LaneSpec spec, LaneMetrics metrics) {
        this.spec = spec;
        this.metrics = metrics;
    }

    /** The number of the try that is under way. */
    int attempt() {
        return attempt;
    }

    /** The next try begins; what is heard of the last one is ignored. */
    void next() {
        attempt++;
        failure = null;
    }

    /** What is heard of the try that is under way is ignored. */
    void abandon() {
        attempt++;
    }

    /** Why the try that is under way fails; null while it does not. */
    DeltaForgeException failure() {
        return failure;
    }

    /** The first reason counts: others mostly follow from it. */
    void fail(DeltaForgeException reason) {
        failure = failure == null ? reason : failure;
    }

    /** Something was acknowledged. */
    void succeeded() {
        failures = 0;
    }

    /** A try has failed; returns after how long there is to be another one. */
    long failedAgain() {
        failures++;
        metrics.reconnect();
        return spec.retry().delayNanos(failures);
    }

    /** How many tries have failed since something was acknowledged. */
    int failures() {
        return failures;
    }

    /**
     * Has the try fail when the sink takes too long.
     *
     * @param oldest what is under way for longest; null for nothing
     * @param busySince since when the sink has not come back from a call; 0 when it is in none
     * @param now on the clock of {@link System#nanoTime}
     * @return whether it fails since now
     */
    boolean failLate(InFlightBatches.Entry oldest, long busySince, long now) {
        boolean late = oldest != null && oldest.deliveredAt() != 0 && isTooLong(oldest.deliveredAt(), now);
        if (failure != null || !late && !isStuck(busySince, now)) {
            return false;
        }
        failure = LaneFailures.timeout(spec.deadlineNanos());
        metrics.timeout();
        return true;
    }

    /** Whether the sink takes too long to come back from a call. */
    boolean isStuck(long busySince, long now) {
        return busySince != 0 && isTooLong(busySince, now);
    }

    private boolean isTooLong(long since, long now) {
        return now - since > spec.deadlineNanos();
    }
}
