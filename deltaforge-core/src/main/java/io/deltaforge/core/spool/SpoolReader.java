package io.deltaforge.core.spool;

import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.source.PositionOrder;
import io.deltaforge.core.stored.RestoreContext;
import java.io.IOException;
import java.nio.BufferUnderflowException;
import java.util.NavigableMap;

/** Reads the batches of a spool one behind the other, those too that are appended meanwhile. For one thread at a time. */
public final class SpoolReader implements AutoCloseable {

    private final NavigableMap<Long, Segment> segments;
    private final PositionOrder order;
    private final RestoreContext context;
    private final long from;
    private SourcePosition held;
    private SegmentInput input;
    private final long key;
    private long passed;

    SpoolReader(NavigableMap<Long, Segment> segments, long key, PositionOrder order, long from, SourcePosition held) {
        this.segments = segments;
        this.key = key;
        this.order = order;
        this.context = new RestoreContext(order);
        this.from = from;
        this.held = held;
    }

    /**
     * Reads the next batch. Blocks on the disk.
     *
     * @return the batch, or null while there is no more
     * @throws io.deltaforge.api.error.CheckpointException {@code HELD}, naming file and place, when it is damaged
     */
    public EventBatch next() {
        while (true) {
            if (input == null) {
                var first = segments.ceilingEntry(key);
                if (first == null) {
                    return null;
                }
                input = new SegmentInput(first.getValue());
            }
            // Looked up first: once there is a next segment, nothing is appended to this one any more.
            var next = segments.higherEntry(input.segment().first());
            long place = input.at();
            byte[] body = input.next();
            if (body != null) {
                EventBatch batch = unpacked(body, place);
                if (batch != null) {
                    return batch;
                }
            } else if (next != null) {
                close();
                input = new SegmentInput(next.getValue());
            } else {
                return null;
            }
        }
    }

    /** Closes the file that is being read. Idempotent. */
    @Override
    public void close() {
        if (input != null) {
            try {
                input.close();
            } catch (IOException e) {
                throw SpoolErrors.storage("cannot close " + input.segment().file(), e);
            }
        }
    }

    /**
     * Returns how far the reader is.
     *
     * @return the number of the last batch that was read or skipped; 0 before the first
     */
    public long passed() {
        return passed;
    }

    /** Returns null when the batch is not wanted. */
    private EventBatch unpacked(byte[] body, long place) {
        try {
            RecordFormat.Head head = RecordFormat.head(body);
            passed = head.sequence();
            if (head.sequence() < from) {
                return null;
            }
            SourcePosition end = order.parse(head.end().array());
            if (held != null && order.covers(held, end)) {
                return null;
            }
            held = null;
            return RecordFormat.batch(body, context, end);
        } catch (BufferUnderflowException | IllegalArgumentException | IndexOutOfBoundsException e) {
            throw Segment.damaged(input.segment().file(), place, "its record cannot be read: " + e, e);
        }
    }
}
