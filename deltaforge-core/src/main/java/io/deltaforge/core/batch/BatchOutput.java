package io.deltaforge.core.batch;

import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.SourcePosition;
import java.util.List;

/** Takes the batches that a {@link BatchAssembler} cuts. Called on the reader thread; only {@link #awaitRoom} blocks. */
public interface BatchOutput {

    /**
     * Takes a run of events.
     *
     * @param events in log order, possibly none; not changed any more
     * @param end the position just after them
     * @param whole false when more events of the last one's transaction follow
     */
    void batch(List<ChangeEvent> events, SourcePosition end, boolean whole);

    /**
     * Says whether some sink could start on a batch at once.
     *
     * @return true if a batch given now would not have to wait for every sink
     */
    boolean isSinkFree();

    /**
     * Waits for room behind the slowest sink.
     *
     * @param waitingEvents events held outside, not yet given as a batch
     * @param waitingBytes their retained bytes
     * @param timeoutNanos how long to wait at most; 0 only asks
     * @return whether there is room
     * @throws InterruptedException when the thread is interrupted
     */
    boolean awaitRoom(int waitingEvents, long waitingBytes, long timeoutNanos) throws InterruptedException;
}
