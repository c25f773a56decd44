package io.deltaforge.core.replay;

import static java.util.Objects.requireNonNull;

import io.deltaforge.core.deadletter.LetterFilter;

/**
 * What somebody wants to have delivered after all.
 *
 * @param filter which dead letters
 * @param force whether letters are delivered although a later event of their key has been
 * @param by who asks for it, for the log and the history
 */
public record ReplayRequest(LetterFilter filter, boolean force, String by) {

    /** Refuses missing parts. */
    public ReplayRequest {
        requireNonNull(filter, "filter is null");
        requireNonNull(by, "by is null");
    }
}
