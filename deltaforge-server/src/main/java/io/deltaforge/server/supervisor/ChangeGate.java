package io.deltaforge.server.supervisor;

import static java.util.Objects.requireNonNull;

import io.deltaforge.server.supervisor.Changes.Outcome;
import io.deltaforge.server.supervisor.RefusedChange.Kind;
import java.io.IOException;
import java.util.concurrent.Semaphore;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Lets changes in: one per pipeline at a time, a few in the process, none while it may change nothing. Safe from any thread. */
final class ChangeGate {

    private static final Logger LOG = LoggerFactory.getLogger(ChangeGate.class);
    private static final int MOST = 4;

    private final Pipelines pipelines;
    private final Semaphore free = new Semaphore(MOST);

    /** Something to do while nobody else changes the pipeline. */
    interface Work {
        Outcome of(Supervised supervised) throws IOException, InterruptedException;
    }

    ChangeGate(Pipelines pipelines) {
        this.pipelines = requireNonNull(pipelines, "pipelines is null");
    }

    void requireOpen() {
        if (!pipelines.isOpen()) {
            throw new RefusedChange(
                    Kind.UNAVAILABLE,
                    "STORE_NOT_OPEN",
                    "this process does not own the data directory: it stands by, starts or stops; ask again, or ask the"
                            + " process that owns it");
        }
    }

    /** Changes a pipeline that there is. */
    Outcome change(String name, Work work) {
        requireOpen();
        Supervised supervised = pipelines.find(name);
        if (!supervised.lock().tryLock()) {
            throw new RefusedChange(
                    Kind.CONFLICT,
                    "CHANGE_IN_PROGRESS",
                    "pipeline '" + name + "' is being changed by another request; ask again when that is done");
        }
        try {
            return change(supervised, work);
        } finally {
            supervised.lock().unlock();
        }
    }

    /** Changes a pipeline whose lock the caller holds. */
    Outcome change(Supervised supervised, Work work) {
        if (!free.tryAcquire()) {
            throw new RefusedChange(
                    Kind.TOO_MANY, "TOO_MANY_CHANGES", MOST + " pipelines are being changed already; ask again");
        }
        try {
            requireOpen();
            if (supervised.isGone()) {
                throw new RefusedChange(
                        Kind.NOT_FOUND,
                        "PIPELINE_NOT_FOUND",
                        "there is no pipeline '" + supervised.name() + "' any more");
            }
            return work.of(supervised);
        } catch (IOException e) {
            LOG.error("Pipeline {}: a change cannot be written down", supervised.name(), e);
            throw new RefusedChange(
                    Kind.UNAVAILABLE,
                    "NOT_KEPT",
                    "the change cannot be written into the data directory, so it was not made: "
                            + e.getClass().getSimpleName());
        } catch (InterruptedException e) {
            throw new RefusedChange(Kind.UNAVAILABLE, "INTERRUPTED", "the process ends");
        } finally {
            free.release();
        }
    }
}
