package io.deltaforge.core.commit;

import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.event.SourcePosition;

/** Hears what has become durable. Called on the committer's thread. */
public interface CommitListener {

    /**
     * Positions were saved.
     *
     * @param nanos how long that took
     */
    void saved(long nanos);

    /**
     * Nobody needs the log up to a position any more.
     *
     * @param upTo the smallest position saved, over all sinks
     */
    void releasable(SourcePosition upTo);

    /**
     * Saving fails, or works again.
     *
     * @param failure why it fails, or null once it works again
     */
    void storage(DeltaForgeException failure);
}
