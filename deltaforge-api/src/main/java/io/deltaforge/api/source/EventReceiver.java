package io.deltaforge.api.source;

import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.SourcePosition;

/**
 * Takes what a source reads. All methods are called on the reader thread, and none but {@link #awaitRoom} blocks, so that a
 * source can keep its connection alive whatever the sinks do.
 *
 * <p>A transaction is its events followed by {@link #commit}. Before reading on, a source asks {@link #awaitRoom}; while
 * there is none it keeps its connection alive and asks again.
 *
 * @since 0.1.0
 */
public interface EventReceiver {

    /**
     * Waits until there is room for more events. To be asked before each read; costs next to nothing while there is room.
     *
     * @param timeoutNanos how long to wait at most, in nanoseconds; 0 only asks
     * @return whether there is room
     * @throws InterruptedException when the thread is interrupted
     */
    boolean awaitRoom(long timeoutNanos) throws InterruptedException;

    /**
     * Takes one event of the transaction being read. The event may be part of a batch before its transaction is complete
     * when the transaction is above the split limit; the source hands transactions over only once they are committed in
     * the database.
     *
     * @param event the event, behind all others in the log
     */
    void event(ChangeEvent event);

    /**
     * Ends the transaction being read, also one of which no event was handed over.
     *
     * @param end the position just after the transaction
     */
    void commit(SourcePosition end);

    /**
     * Says that nothing more is to be read right now, so that what is waiting to fill a batch goes on its way. To be called
     * again from time to time while that stays so.
     *
     * @param logEnd a position behind everything handed over from which nothing would be missed, for a log that moves
     *     without events for this pipeline; null when there is no such news
     */
    void idle(SourcePosition logEnd);
}
