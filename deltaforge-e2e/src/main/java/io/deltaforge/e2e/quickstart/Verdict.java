package io.deltaforge.e2e.quickstart;

import java.util.List;

/**
 * What the {@link Ledger} has to say.
 *
 * @param counts how much there was
 * @param missing changes that were committed and not seen
 * @param unknown changes that were seen and not committed
 * @param problems the first faults of order or content, in words
 * @param problemCount how many of these there are
 */
record Verdict(Counts counts, List<String> missing, List<String> unknown, List<String> problems, long problemCount) {

    /**
     * How much there was.
     *
     * @param committed changes
     * @param transactions committed ones
     * @param rolledBack transactions
     * @param found changes that were committed and seen
     * @param duplicates events that were delivered again
     * @param rows rows that all events together leave
     */
    record Counts(long committed, long transactions, long rolledBack, long found, long duplicates, long rows) {}

    /** Tells whether every committed change was seen as it was, in order, and nothing else. An empty run proves nothing. */
    boolean holds() {
        return missing.isEmpty() && unknown.isEmpty() && problemCount == 0 && counts.committed() > 0;
    }
}
