package io.deltaforge.core.batch;

/** Takes the batches that a {@link BatchAssembler} cuts. Called on the reader thread; only {@link #awaitRoom} blocks. */
public interface BatchOutput {

    /**
     * Takes a run of events.
     *
     * @param cut the events, and where they end
     */
    void batch(BatchCut cut);

    /** Says that everything that is in the log was read and given. Called often while that stays so; must cost next to nothing. */
    void drained();

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
