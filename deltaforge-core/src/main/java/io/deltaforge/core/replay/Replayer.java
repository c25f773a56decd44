package io.deltaforge.core.replay;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.core.deadletter.DeadLetterQueue;
import io.deltaforge.core.deadletter.LetterReplay;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;

/**
 * Replays the dead letters of a pipeline that runs, one request after the other, on a thread of its own. Life cycle: made, asked
 * from any thread, {@linkplain #close closed}.
 */
public final class Replayer implements AutoCloseable {

    private static final long IDLE_SECONDS = 5;

    private final DeadLetterQueue queue;
    private final ReplayTarget target;
    private final ExecutorService thread;

    /**
     * Makes a replayer; its thread begins with the first request.
     *
     * @param pipeline the pipeline's name
     * @param queue its dead letters
     * @param target its sinks
     */
    public Replayer(String pipeline, DeadLetterQueue queue, ReplayTarget target) {
        this.queue = requireNonNull(queue, "queue is null");
        this.target = requireNonNull(target, "target is null");
        this.thread = Executors.newSingleThreadExecutor(work -> {
            Thread made = new Thread(work, "df-" + pipeline + "-replays");
            made.setDaemon(true);
            return made;
        });
    }

    /**
     * Asks the replayer of a pipeline, if it has one at the moment.
     *
     * @param pipeline the pipeline's name
     * @param hasJournal whether it puts anything aside
     * @param replayer its replayer; null while it does not deliver
     * @param request which letters, and how
     * @return as {@link #replay} does
     * @throws DeltaForgeException when there is none, saying why
     */
    public static CompletableFuture<List<ReplayResult>> ask(
            String pipeline, boolean hasJournal, Replayer replayer, ReplayRequest request) {
        if (!hasJournal) {
            throw new DeltaForgeException(
                    ErrorKind.RECORD,
                    "REPLAY_WITHOUT_JOURNAL",
                    "pipeline " + pipeline + " puts nothing aside, so nobody would keep its keys in order",
                    "set journal.enabled = true and restart",
                    null);
        }
        try {
            if (replayer != null) {
                return replayer.replay(request);
            }
        } catch (RejectedExecutionException e) {
            // It has ended meanwhile.
        }
        throw new DeltaForgeException(
                ErrorKind.RETRIABLE,
                "PIPELINE_NOT_RUNNING",
                "pipeline " + pipeline + " does not deliver: it starts, waits for its database, or has ended",
                "ask again once it runs",
                null);
    }

    /**
     * Replays letters. Returns at once.
     *
     * @param request which, and how
     * @return completes with what became of each letter that was meant or followed one, in the order of delivery; fails with a
     *     {@link io.deltaforge.api.error.CheckpointException} when the letters cannot be read
     * @throws RejectedExecutionException when the replayer is closed
     */
    public CompletableFuture<List<ReplayResult>> replay(ReplayRequest request) {
        return CompletableFuture.supplyAsync(
                () -> {
                    try (LetterReplay letters = queue.replay(request.force())) {
                        return new ReplayRun(letters, target, request).run();
                    }
                },
                thread);
    }

    /** Takes no more requests; what is under way is cut off, and its letters stay. */
    @Override
    public void close() {
        thread.shutdownNow();
        boolean interrupted = Thread.interrupted();
        try {
            thread.awaitTermination(IDLE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            interrupted = true;
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }
}
