package io.deltaforge.e2e.oracle;

/**
 * A position in PostgreSQL's log: the transaction whose commit lies at {@code commitLsn}, up to some event of it.
 *
 * @param commitLsn where the commit lies
 * @param events how many events of that transaction, from its first on; {@link Long#MAX_VALUE} for all of it
 */
public record Checkpoint(long commitLsn, long events) {

    /** Says whether an event lies before this position. Ordinals are counted from 1, as in the envelope. */
    boolean covers(long eventCommitLsn, long ordinal) {
        return eventCommitLsn < commitLsn || eventCommitLsn == commitLsn && ordinal <= events;
    }
}
