package io.deltaforge.core.spool;

import static java.util.Objects.requireNonNull;

/**
 * The bounds of a pipeline's spool.
 *
 * @param maxBytes how large it may be on disk
 * @param maxAgeSecs how old its oldest batch may be, in seconds; 0 for any age
 * @param minFreeDisk how many bytes must stay free on its disk
 * @param onFull what happens when one of these is reached
 */
public record SpoolLimits(long maxBytes, long maxAgeSecs, long minFreeDisk, OnFull onFull) {

    /** The defaults: 8 GiB of any age, 1 GiB left free; then the source waits. */
    public static final SpoolLimits DEFAULT = new SpoolLimits(8L << 30, 0, 1L << 30, OnFull.BLOCK);

    /** What happens when a spool is full. */
    public enum OnFull {
        /** The source, and with it every sink, waits until the slowest sink has made room. */
        BLOCK,
        /** The sink that is furthest behind is given up: it gets no more events until an operator decides. */
        DETACH
    }

    /** Refuses what cannot be. */
    public SpoolLimits {
        requireNonNull(onFull, "onFull is null");
        if (maxBytes < 1 || maxAgeSecs < 0 || minFreeDisk < 0) {
            throw new IllegalArgumentException(
                    "not the bounds of a spool: " + maxBytes + ", " + maxAgeSecs + ", " + minFreeDisk);
        }
    }
}
