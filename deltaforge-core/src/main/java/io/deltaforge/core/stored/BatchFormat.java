package io.deltaforge.core.stored;

import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.TableSchema;
import io.deltaforge.api.event.Transaction;
import java.util.ArrayList;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * Writes a run of events so that a restored one gives the same bytes in every envelope, and knows the position behind every
 * event. Tables and transactions are written once per run. Not thread-safe.
 *
 * <p>Stored form: number of events (four bytes), then the events. An event is one byte marks; with {@link #NEW_TABLE} the
 * table, else its number (four bytes), counted from 0 in the order of appearance; the same for the transaction
 * ({@link StoredTransaction}); the code of the operation (text); the ordinal (eight bytes); with {@link #CHILD} the child
 * number (four bytes); the position behind the event as its difference to the one before it ({@link PositionDelta}); the row
 * before and the row after, if marked ({@link RowFormat}).
 */
public final class BatchFormat {

    static final int NEW_TABLE = 1;
    static final int NEW_TRANSACTION = 2;
    static final int TRANSACTION_END = 4;
    static final int BEFORE = 8;
    static final int AFTER = 16;
    static final int CHILD = 32;

    private final IdentityHashMap<TableSchema, Integer> tables = new IdentityHashMap<>();
    private final IdentityHashMap<Transaction, Integer> transactions = new IdentityHashMap<>();
    private final PositionDelta positions = new PositionDelta();

    /** Makes a writer, to be used for run after run. */
    public BatchFormat() {}

    /**
     * Writes events.
     *
     * @param events in log order
     * @param out behind what was written there
     */
    public void write(List<ChangeEvent> events, ByteWriter out) {
        tables.clear();
        transactions.clear();
        positions.reset();
        RowFormat rows = new RowFormat(out);
        out.i4(events.size());
        for (ChangeEvent event : events) {
            write(event, rows, out);
        }
    }

    private void write(ChangeEvent event, RowFormat rows, ByteWriter out) {
        Integer table = tables.get(event.table());
        Integer transaction = transactions.get(event.transaction());
        out.u1((table == null ? NEW_TABLE : 0)
                | (transaction == null ? NEW_TRANSACTION : 0)
                | (event.isTransactionEnd() ? TRANSACTION_END : 0)
                | (event.before() != null ? BEFORE : 0)
                | (event.after() != null ? AFTER : 0)
                | (event.childNumber() != 0 ? CHILD : 0));
        if (table == null) {
            tables.put(event.table(), tables.size());
            TableFormat.write(event.table(), out);
        } else {
            out.i4(table);
        }
        if (transaction == null) {
            transactions.put(event.transaction(), transactions.size());
            StoredTransaction.writeHead(event.transaction(), out);
        } else {
            out.i4(transaction);
        }
        out.text(event.operation().code());
        out.i8(event.ordinal());
        if (event.childNumber() != 0) {
            out.i4(event.childNumber());
        }
        positions.write(event.position().toBytes(), out);
        if (event.before() != null) {
            rows.write(event.before());
        }
        if (event.after() != null) {
            rows.write(event.after());
        }
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @param in moved behind it; the events keep its array
     * @param context what a reader of many runs keeps
     * @return the events
     * @throws RuntimeException when these are not events
     */
    public static List<ChangeEvent> read(ByteReader in, RestoreContext context) {
        int count = in.i4();
        if (count < 0) {
            throw new IllegalArgumentException(count + " events");
        }
        List<TableSchema> tables = new ArrayList<>();
        List<RunTransaction> transactions = new ArrayList<>();
        PositionDelta positions = new PositionDelta();
        List<ChangeEvent> events = new ArrayList<>(Math.min(count, 1 << 16));
        for (int i = 0; i < count; i++) {
            int marks = in.u1();
            if ((marks & NEW_TABLE) != 0) {
                tables.add(context.table(in));
            }
            TableSchema table = tables.get((marks & NEW_TABLE) != 0 ? tables.size() - 1 : in.i4());
            if ((marks & NEW_TRANSACTION) != 0) {
                transactions.add(new RunTransaction(StoredTransaction.readHead(in), context.order()));
            }
            RunTransaction transaction =
                    transactions.get((marks & NEW_TRANSACTION) != 0 ? transactions.size() - 1 : in.i4());
            events.add(event(marks, table, transaction, positions, in));
        }
        return events;
    }

    private static ChangeEvent event(
            int marks, TableSchema table, RunTransaction transaction, PositionDelta positions, ByteReader in) {
        var operation = EventFormat.operation(in.text());
        long ordinal = in.i8();
        int child = (marks & CHILD) != 0 ? in.i4() : 0;
        transaction.behind(ordinal, positions.read(in));
        var before = (marks & BEFORE) != 0 ? new StoredRow(table, in) : null;
        var after = (marks & AFTER) != 0 ? new StoredRow(table, in) : null;
        ChangeEvent event = new ChangeEvent(operation, table, before, after, transaction, ordinal);
        return (child == 0 ? event : event.child(child, operation, before, after))
                .withTransactionEnd((marks & TRANSACTION_END) != 0);
    }
}
