package io.deltaforge.core.replay;

import static java.util.Objects.requireNonNull;

/**
 * What became of one letter.
 *
 * @param letter its number
 * @param isReplayed whether every sink that missed the event has acknowledged it, and the letter is gone
 * @param code otherwise, what kind of reason it stays for; empty when it is replayed
 * @param message what happened, for people
 */
public record ReplayResult(long letter, boolean isReplayed, String code, String message) {

    /** Refuses missing parts. */
    public ReplayResult {
        requireNonNull(code, "code is null");
        requireNonNull(message, "message is null");
    }
}
