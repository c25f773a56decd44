package io.deltaforge.source.postgres.pgoutput;

import io.deltaforge.api.event.Row;
import io.deltaforge.api.event.TableSchema;
import java.util.List;

/**
 * Receives what replication messages say, one call per message, on the thread that decodes, in log order. Rows are immutable
 * and may be kept. Times are microseconds since 1970-01-01T00:00Z, transaction ids unsigned.
 */
public interface ReplicationMessages {

    /**
     * A transaction begins.
     *
     * @param finalLsn the LSN of its commit record
     * @param commitMicros when it was committed
     * @param xid its id
     */
    void begin(long finalLsn, long commitMicros, int xid);

    /**
     * A row was inserted.
     *
     * @param table the table
     * @param after the row
     */
    void insert(TableSchema table, Row after);

    /**
     * A row was updated.
     *
     * @param table the table
     * @param before the old row, whole or key alone as {@link Row#contains} says; null when it was not logged
     * @param after the new row; values that were not logged are filled from the old row where that has them
     * @param keyChanged whether the row has another {@linkplain TableSchema#key() key} now
     */
    void update(TableSchema table, Row before, Row after, boolean keyChanged);

    /**
     * A row was deleted.
     *
     * @param table the table
     * @param before the old row, whole or key alone as {@link Row#contains} says
     */
    void delete(TableSchema table, Row before);

    /**
     * Tables were truncated by one statement.
     *
     * @param tables those that the filter accepts; never empty
     * @param cascade whether the statement said {@code CASCADE}
     * @param restartIdentity whether the statement said {@code RESTART IDENTITY}
     */
    void truncate(List<TableSchema> tables, boolean cascade, boolean restartIdentity);

    /**
     * The transaction is complete.
     *
     * @param commitLsn the LSN of its commit record, as announced by {@link #begin}
     * @param endLsn the LSN just after its commit record
     * @param commitMicros when it was committed
     */
    void commit(long commitLsn, long endLsn, long commitMicros);
}
