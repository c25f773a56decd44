package io.deltaforge.core.fanout;

import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.source.PositionOrder;

/** What a lane knows of the spool: whether it reads from there, and what that means for what else it is given. Guarded by its lane's lock. */
final class SpoolSide {

    private final PositionOrder order;
    /** Null while batches come from the window. */
    private SpoolFeed feed;
    /** Leaves out of what the window gives what was read from the spool already; null once that is passed. */
    private SkipFilter floor;

    private SourcePosition readUpTo;
    private long neededTo;
    private boolean grew;
    private boolean skipAnew;

    SpoolSide(PositionOrder order) {
        this.order = order;
    }

    boolean isFeeding() {
        return feed != null;
    }

    SpoolFeed feed() {
        return feed;
    }

    /** The number of the last batch that was read. */
    long read() {
        return feed.read();
    }

    /** Batches come from the spool from now on. */
    void begin(SpoolFeed from) {
        feed = from;
        floor = null;
        readUpTo = null;
        grew = true;
        skipAnew = true;
    }

    /** Batches come from what an earlier run has left. */
    void resume(SpoolFeed left) {
        feed = left;
        grew = true;
    }

    /** Batches come from the window from now on. */
    void leave() {
        neededTo = feed.read();
        floor = readUpTo == null ? null : new SkipFilter(order, readUpTo);
        feed.close();
        feed = null;
    }

    /** Nothing is needed of the spool, and nothing was given. */
    void forget() {
        feed = null;
        floor = null;
        neededTo = 0;
        skipAnew = true;
    }

    /** Gives a batch of the window to the lane's, without what it has from the spool. */
    void admit(SharedBatch shared, InFlightBatches batches) {
        EventBatch batch = shared.batch();
        if (floor == null) {
            batches.add(shared, batch, false);
            return;
        }
        boolean held = floor.holds(batch);
        batches.add(shared, floor.apply(batch), held);
        if (!held) {
            floor = null;
        }
    }

    /** Takes note that there may be more to read. */
    void noteGrowth() {
        grew = true;
    }

    /** Says whether there may be more to read, and is told so once. */
    boolean takeGrowth() {
        boolean was = grew;
        grew = false;
        return was;
    }

    /** Takes a batch that was read, if it was read from where the lane reads now. */
    boolean took(SpoolFeed from, SharedBatch next, InFlightBatches batches) {
        if (feed != from) {
            return false;
        }
        readUpTo = next.batch().end();
        batches.add(next, next.batch(), false);
        grew = true;
        return true;
    }

    /** What was left out of a batch is not known of one that is read again: says, once, that it is to be found out anew. */
    boolean takeSkipAnew() {
        boolean was = skipAnew;
        skipAnew = false;
        return was;
    }

    /** The number of the last batch that may be freed; {@link Long#MAX_VALUE} when nothing of the spool is needed. */
    long freeable(long savedSequence) {
        return feed == null && savedSequence >= neededTo ? Long.MAX_VALUE : savedSequence;
    }
}
