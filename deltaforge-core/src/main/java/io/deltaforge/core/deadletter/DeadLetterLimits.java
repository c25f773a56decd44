package io.deltaforge.core.deadletter;

import static java.util.Objects.requireNonNull;

/**
 * The bounds of a pipeline's dead letters.
 *
 * @param maxEntries how many there may be
 * @param maxAgeSecs after how many seconds one is forgotten; 0 for never
 * @param maxEventBytes how large one may be, as stored
 * @param overflow what happens when there is no room for another
 * @param onPoison what becomes of later events of the same key
 */
public record DeadLetterLimits(
        int maxEntries, long maxAgeSecs, int maxEventBytes, OverflowPolicy overflow, OnPoison onPoison) {

    /** The defaults: 10,000 of at most 16 MiB each, kept for ever; whoever has another waits; keys go on. */
    public static final DeadLetterLimits DEFAULT = new DeadLetterLimits(10_000, 0, 16 << 20, OverflowPolicy.BLOCK);

    /** Refuses what cannot be. */
    public DeadLetterLimits {
        requireNonNull(overflow, "overflow is null");
        requireNonNull(onPoison, "onPoison is null");
        if (maxEntries < 1 || maxAgeSecs < 0 || maxEventBytes < 1) {
            throw new IllegalArgumentException(
                    "not the bounds of dead letters: " + maxEntries + ", " + maxAgeSecs + ", " + maxEventBytes);
        }
    }

    /**
     * The same bounds, while keys go on.
     *
     * @param maxEntries how many there may be
     * @param maxAgeSecs after how many seconds one is forgotten; 0 for never
     * @param maxEventBytes how large one may be, as stored
     * @param overflow what happens when there is no room for another
     */
    public DeadLetterLimits(int maxEntries, long maxAgeSecs, int maxEventBytes, OverflowPolicy overflow) {
        this(maxEntries, maxAgeSecs, maxEventBytes, overflow, OnPoison.SKIP);
    }

    /**
     * Returns the same bounds with another answer to later events of a key.
     *
     * @param newOnPoison the answer
     * @return the changed bounds
     */
    public DeadLetterLimits with(OnPoison newOnPoison) {
        return new DeadLetterLimits(maxEntries, maxAgeSecs, maxEventBytes, overflow, newOnPoison);
    }
}
