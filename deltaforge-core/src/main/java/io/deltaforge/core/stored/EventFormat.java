package io.deltaforge.core.stored;

import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.Operation;
import io.deltaforge.api.event.Row;
import io.deltaforge.api.event.TableSchema;

/**
 * Writes a whole event, so that a restored one gives the same bytes in every envelope.
 *
 * <p>Stored form: operation (its code, text); the transaction with the event's ordinal ({@link StoredTransaction}); child
 * number (four bytes); one byte 1 for the last event of its transaction; the table ({@link TableFormat}); one byte 1 and the row
 * before, or 0; the same for the row after ({@link RowFormat}).
 */
public final class EventFormat {

    private EventFormat() {}

    /**
     * Writes an event.
     *
     * @param event the event
     * @param out behind what was written there
     */
    public static void write(ChangeEvent event, ByteWriter out) {
        out.text(event.operation().code());
        StoredTransaction.write(event.transaction(), event.ordinal(), out);
        out.i4(event.childNumber());
        out.u1(event.isTransactionEnd() ? 1 : 0);
        TableFormat.write(event.table(), out);
        RowFormat rows = new RowFormat(out);
        writeRow(event.before(), rows, out);
        writeRow(event.after(), rows, out);
    }

    private static void writeRow(Row row, RowFormat rows, ByteWriter out) {
        out.u1(row == null ? 0 : 1);
        if (row != null) {
            rows.write(row);
        }
    }

    /**
     * Reads what {@link #write} wrote.
     *
     * @param in moved behind it
     * @return the event
     */
    public static ChangeEvent read(ByteReader in) {
        Operation operation = operation(in.text());
        StoredTransaction transaction = StoredTransaction.read(in);
        int child = in.i4();
        boolean transactionEnd = in.u1() == 1;
        TableSchema table = TableFormat.read(in);
        Row before = in.u1() == 0 ? null : new StoredRow(table, in);
        Row after = in.u1() == 0 ? null : new StoredRow(table, in);
        long ordinal = transaction.behind().ordinal();
        ChangeEvent event = new ChangeEvent(operation, table, before, after, transaction, ordinal);
        ChangeEvent read = child == 0 ? event : event.child(child, operation, before, after);
        return read.withTransactionEnd(transactionEnd);
    }

    static Operation operation(String code) {
        for (Operation operation : Operation.values()) {
            if (operation.code().equals(code)) {
                return operation;
            }
        }
        throw new IllegalArgumentException("an operation '" + code + "'");
    }
}
