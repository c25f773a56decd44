package io.deltaforge.core.batch;

import java.util.ArrayList;
import java.util.List;

/**
 * The bounds of batches and of what is kept in memory.
 *
 * @param maxEvents a batch is cut at the first commit at or above so many events
 * @param maxBytes a batch is cut at the first commit at or above so many retained bytes
 * @param maxMs a batch waits at most so many milliseconds for more
 * @param respectSourceTx whether a batch ends only where a transaction does, up to {@code splitEvents}
 * @param maxInflight how many batches may be under way to one sink
 * @param splitEvents a transaction with more events is delivered in parts of so many
 * @param splitBytes a transaction with more retained bytes is delivered in parts of so many
 * @param windowEvents the source is not read while so many events wait for the slowest sink
 */
public record BatchLimits(
        int maxEvents,
        long maxBytes,
        long maxMs,
        boolean respectSourceTx,
        int maxInflight,
        int splitEvents,
        long splitBytes,
        int windowEvents) {

    /** The defaults: 2,000 events, 16 MiB, 50 ms, whole transactions up to 50,000 events, 4 batches under way. */
    public static final BatchLimits DEFAULT =
            new BatchLimits(2_000, 16L << 20, 50, true, 4, 50_000, 16L << 20, 100_000);

    /**
     * Checks the bounds.
     *
     * @return what is wrong, for people; empty when nothing is
     */
    public List<String> problems() {
        List<String> problems = new ArrayList<>();
        atLeast(problems, "max_events", maxEvents, 1);
        atLeast(problems, "max_bytes", maxBytes, 1024);
        atLeast(problems, "max_ms", maxMs, 0);
        atLeast(problems, "max_inflight", maxInflight, 1);
        atLeast(problems, "split_events", splitEvents, 1);
        atLeast(problems, "split_bytes", splitBytes, 1024);
        atLeast(problems, "window_events", windowEvents, 1);
        return problems;
    }

    private static void atLeast(List<String> problems, String name, long value, long least) {
        if (value < least) {
            problems.add(name + " must be at least " + least + " and is " + value);
        }
    }

    /**
     * Returns the number of events at which a transaction is cut.
     *
     * @return {@code splitEvents}, or {@code maxEvents} when transactions need not stay whole
     */
    int cutEvents() {
        return respectSourceTx ? splitEvents : maxEvents;
    }

    /**
     * Returns the retained bytes at which a transaction is cut.
     *
     * @return {@code splitBytes}, or {@code maxBytes} when transactions need not stay whole
     */
    long cutBytes() {
        return respectSourceTx ? splitBytes : maxBytes;
    }
}
