package io.deltaforge.core.commit;

import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.event.SourcePosition;
import java.util.Map;

/** Hears what has become durable. Called on the committer's thread. */
public interface CommitListener {

    /**
     * Positions were saved.
     *
     * @param sequences by sink: the number of the last batch that it holds, as far as it moved
     * @param nanos how long that took
     */
    void saved(Map<String, Long> sequences, long nanos);

    /**
     * Nobody needs the log up to a position any more.
     *
     * @param upTo the smallest position, over all sinks that are to get every event, up to which a sink holds everything or the
     *     spool has for it
     */
    void releasable(SourcePosition upTo);

    /**
     * Saving fails, or works again.
     *
     * @param failure why it fails, or null once it works again
     */
    void storage(DeltaForgeException failure);
}
