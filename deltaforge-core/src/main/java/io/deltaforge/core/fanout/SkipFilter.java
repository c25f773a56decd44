package io.deltaforge.core.fanout;

import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.source.PositionOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Leaves out of a replay what a sink holds already, event by event, until the replay has passed the sink's cursor. Confined
 * to the lane's thread.
 */
final class SkipFilter {

    private final PositionOrder order;
    private SourcePosition cursor;

    SkipFilter(PositionOrder order, SourcePosition cursor) {
        this.order = order;
        this.cursor = cursor;
    }

    /** The sink itself says how far it has come. */
    void restart(SourcePosition newCursor) {
        cursor = newCursor;
    }

    /** Says whether the sink holds everything up to a batch's end, its position included. */
    boolean holds(EventBatch batch) {
        return cursor != null && order.covers(cursor, batch.end());
    }

    /** Leaves out of a batch what the sink holds, and takes note that it has come by. */
    EventBatch apply(EventBatch batch) {
        EventBatch remaining = rest(batch);
        passed(batch);
        return remaining;
    }

    /** What of a batch the sink does not hold. */
    EventBatch rest(EventBatch batch) {
        if (cursor == null) {
            return batch;
        }
        return holds(batch) ? batch.withEvents(List.of()) : notCovered(batch);
    }

    /** Takes note that a batch has come by: behind the cursor nothing is left out any more. */
    void passed(EventBatch batch) {
        if (cursor != null && order.covers(batch.end(), cursor)) {
            cursor = null;
        }
    }

    private EventBatch notCovered(EventBatch batch) {
        List<ChangeEvent> remaining = new ArrayList<>(batch.size());
        for (ChangeEvent event : batch.events()) {
            if (!order.covers(cursor, event.position())) {
                remaining.add(event);
            }
        }
        return remaining.size() == batch.size() ? batch : batch.withEvents(remaining);
    }
}
