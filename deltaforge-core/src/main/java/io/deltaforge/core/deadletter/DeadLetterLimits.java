package io.deltaforge.core.deadletter;

import static java.util.Objects.requireNonNull;

/**
 * The bounds of a pipeline's dead letters.
 *
 * @param maxEntries how many there may be
 * @param maxAgeSecs after how many seconds one is forgotten; 0 for never
 * @param maxEventBytes how large one may be, as stored
 * @param overflow what happens when there is no room for another
 */
public record DeadLetterLimits(int maxEntries, long maxAgeSecs, int maxEventBytes, OverflowPolicy overflow) {

    /** The defaults: 10,000 of at most 16 MiB each, kept for ever; whoever has another waits. */
    public static final DeadLetterLimits DEFAULT = new DeadLetterLimits(10_000, 0, 16 << 20, OverflowPolicy.BLOCK);

    /** Refuses what cannot be. */
    public DeadLetterLimits {
        requireNonNull(overflow, "overflow is null");
        if (maxEntries < 1 || maxAgeSecs < 0 || maxEventBytes < 1) {
            throw new IllegalArgumentException(
                    "not the bounds of dead letters: " + maxEntries + ", " + maxAgeSecs + ", " + maxEventBytes);
        }
    }
}
