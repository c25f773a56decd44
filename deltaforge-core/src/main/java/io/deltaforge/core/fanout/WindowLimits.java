package io.deltaforge.core.fanout;

import static java.util.Objects.requireNonNull;

/**
 * The bounds of what waits in memory.
 *
 * @param maxEvents how many events may wait for the slowest sink
 * @param budget the memory that waiting events may keep alive
 */
public record WindowLimits(int maxEvents, MemoryBudget budget) {

    /** Refuses missing parts. */
    public WindowLimits {
        requireNonNull(budget, "budget is null");
    }
}
