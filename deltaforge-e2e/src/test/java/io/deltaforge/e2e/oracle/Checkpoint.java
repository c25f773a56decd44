package io.deltaforge.e2e.oracle;

/**
 * A position in PostgreSQL's log: behind every transaction whose commit lies before {@code lsn}, and behind the first events
 * of the one whose commit lies there.
 *
 * @param lsn a place in the log
 * @param events how many events of the transaction whose commit is at {@code lsn}; 0 between transactions
 */
public record Checkpoint(long lsn, long events) {

    /** Says whether an event lies before this position. Ordinals are counted from 1, as in the envelope. */
    boolean covers(long commitLsn, long ordinal) {
        return commitLsn < lsn || commitLsn == lsn && ordinal <= events;
    }

    @Override
    public String toString() {
        return "%X/%X".formatted(lsn >>> 32, lsn & 0xFFFF_FFFFL) + (events == 0 ? "" : "+" + events);
    }
}
