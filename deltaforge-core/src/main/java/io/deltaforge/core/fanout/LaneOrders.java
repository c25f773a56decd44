package io.deltaforge.core.fanout;

import io.deltaforge.api.error.DeltaForgeException;

/** What a lane was told to do: to wait, to make its sink anew, to give it up, to end. Guarded by its lane's lock. */
final class LaneOrders {

    private boolean draining;
    private boolean closing;
    private boolean paused;
    /** Whether the sink is to be made anew. */
    private boolean again;
    /** Why the sink was given up; null while it is not. */
    private DeltaForgeException detached;

    /**
     * Begins with a sink that is to deliver, or with one that was given up.
     *
     * @param detached why it was given up; null when it was not
     */
    LaneOrders(DeltaForgeException detached) {
        this.detached = detached;
    }

    void pause() {
        paused = true;
    }

    /** Goes on after a pause; failed says whether there is a failure to go on after, too. */
    void resume(boolean failed) {
        again |= failed;
        paused = false;
    }

    void restart() {
        again = true;
    }

    void detach(DeltaForgeException reason) {
        detached = reason;
    }

    /** Goes on with a sink that is made anew: one that is still in a call knows nothing of what came between. */
    void attach() {
        detached = null;
        again = true;
    }

    void drain() {
        draining = true;
    }

    void close() {
        closing = true;
    }

    /** A sink is made now, as may have been asked for. */
    void began() {
        again = false;
    }

    boolean isClosing() {
        return closing;
    }

    boolean isDraining() {
        return draining;
    }

    boolean isPaused() {
        return paused;
    }

    boolean isDetached() {
        return detached != null;
    }

    /** Whether there is to be no sink, until something else is said. */
    boolean isIdle() {
        return paused || detached != null;
    }

    /** What a lane without a sink shows. */
    LaneStatus.Phase idlePhase() {
        return detached == null ? LaneStatus.Phase.PAUSED : LaneStatus.Phase.DETACHED;
    }

    /** Why the sink was given up; null while it is not. */
    DeltaForgeException detached() {
        return detached;
    }

    /** Whether the sink is to be closed once what is under way is settled. */
    boolean isSettling() {
        return paused || again;
    }

    /** Whether anything that is not of the log may be given to the sink. */
    boolean isOpen() {
        return detached == null && !closing && !draining;
    }

    /** Whether a sink that has failed for good need not be waited with any longer. */
    boolean endFailure() {
        return closing || draining || again || detached != null;
    }

    /** Whether a sink that is to be tried again later need not be waited with any longer. */
    boolean endBackOff() {
        return again || paused || detached != null;
    }

    /** Whether the lane is to end. A lane that reads from the spool has nothing to wait for: what it misses is kept. */
    boolean isEnding(InFlightBatches batches, boolean feeding) {
        return closing || (draining && (isIdle() || feeding ? batches.underWay() == 0 : batches.size() == 0));
    }
}
