package io.deltaforge.api.source;

import io.deltaforge.api.event.SourcePosition;

/**
 * Reads one database's log from a position, hands the events over in order, and releases the log up to the position it is
 * told.
 *
 * <ol>
 *   <li>{@link #open} connects, takes ownership and checks; it changes nothing in the database.
 *   <li>The engine writes down what it is about to use, then calls {@link #attach}.
 *   <li>{@link #run} reads on the calling thread, the reader thread, until {@link #stop} or a failure.
 *   <li>{@link #close}. After a {@code RETRIABLE} failure the engine makes a new source and begins again at 1.
 * </ol>
 *
 * <p>All methods but {@link #release} and {@link #stop} are called on the reader thread. Every failure is a
 * {@link io.deltaforge.api.error.SourceException}; any other exception counts as {@code FATAL}.
 *
 * @since 0.1.0
 */
public interface Source extends AutoCloseable {

    /**
     * Connects, makes sure that no other instance reads for the same pipeline, and checks that the log can be read as
     * configured. Blocks for a bounded time.
     *
     * @return who the database is
     */
    SourceIdentity open();

    /**
     * Finds, or with {@link Attachment#NEW} makes, what holds the log for this pipeline (PostgreSQL: slot and publication).
     * Blocks for a bounded time.
     *
     * @param attachment whether the pipeline is known to have read this log before
     * @return the oldest position from which the log is still there
     * @throws io.deltaforge.api.error.SourceException of kind {@code HELD} when it is {@link Attachment#KNOWN} and missing
     *     or unusable
     */
    SourcePosition attach(Attachment attachment);

    /**
     * Returns how positions of this source relate. May be called in any state.
     *
     * @return the order, stateless and safe from any thread
     */
    PositionOrder positions();

    /**
     * Reads the log until stopped. Events up to {@code from}, inside a transaction too, are not handed over.
     *
     * @param from where to start: not before what {@link #attach} returned
     * @param receiver takes what is read
     * @throws InterruptedException when the thread is interrupted
     */
    void run(SourcePosition from, EventReceiver receiver) throws InterruptedException;

    /**
     * Lets the database forget its log up to a position. The request is kept and carried out by the reader thread soon.
     * Called from any thread, with positions that never go back.
     *
     * @param upTo what will never be asked for again
     */
    void release(SourcePosition upTo);

    /** Makes {@link #run} return soon, having released what it was told to. Called from any thread. */
    void stop();

    /** Disconnects within a bounded time. Idempotent. */
    @Override
    void close();
}
