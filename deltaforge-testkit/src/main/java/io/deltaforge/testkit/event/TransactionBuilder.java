package io.deltaforge.testkit.event;

import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.Operation;
import io.deltaforge.api.event.Row;
import io.deltaforge.api.event.RowValues;
import io.deltaforge.api.event.TableSchema;
import java.util.ArrayList;
import java.util.List;

/** Collects the events of one transaction; values are what {@link RowValues} takes, in column order. Not thread-safe. */
public final class TransactionBuilder {

    private final TestTransaction transaction;
    private final List<ChangeEvent> events = new ArrayList<>();

    TransactionBuilder(long number) {
        this.transaction = new TestTransaction(number);
    }

    /**
     * Inserts a row.
     *
     * @param table the table
     * @param values the row
     * @return this
     */
    public TransactionBuilder create(TableSchema table, Object... values) {
        return add(Operation.CREATE, table, null, RowValues.of(table, values));
    }

    /**
     * Changes a row; the old values are not known.
     *
     * @param table the table
     * @param values the row as it is now
     * @return this
     */
    public TransactionBuilder update(TableSchema table, Object... values) {
        return add(Operation.UPDATE, table, null, RowValues.of(table, values));
    }

    /**
     * Deletes a row.
     *
     * @param table the table
     * @param values the row as it was
     * @return this
     */
    public TransactionBuilder delete(TableSchema table, Object... values) {
        return add(Operation.DELETE, table, RowValues.of(table, values), null);
    }

    /**
     * Reads a row in a snapshot.
     *
     * @param table the table
     * @param values the row
     * @return this
     */
    public TransactionBuilder read(TableSchema table, Object... values) {
        return add(Operation.READ, table, null, RowValues.of(table, values));
    }

    /**
     * Empties a table.
     *
     * @param table the table
     * @return this
     */
    public TransactionBuilder truncate(TableSchema table) {
        return add(Operation.TRUNCATE, table, null, null);
    }

    private TransactionBuilder add(Operation operation, TableSchema table, Row before, Row after) {
        events.add(new ChangeEvent(operation, table, before, after, transaction, events.size()));
        return this;
    }

    /**
     * Ends the transaction.
     *
     * @return its events, the last one marked as the transaction's end
     */
    public List<ChangeEvent> events() {
        List<ChangeEvent> marked = new ArrayList<>(events);
        int last = marked.size() - 1;
        if (last >= 0) {
            marked.set(last, marked.get(last).withTransactionEnd(true));
        }
        return List.copyOf(marked);
    }
}
