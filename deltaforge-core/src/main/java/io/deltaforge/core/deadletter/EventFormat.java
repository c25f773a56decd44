package io.deltaforge.core.deadletter;

import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.LogicalType;
import io.deltaforge.api.event.Operation;
import io.deltaforge.api.event.Row;
import io.deltaforge.api.event.TableSchema;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes a whole event, so that a restored one gives the same bytes in every envelope.
 *
 * <p>Stored form: operation (its code, text); the transaction with the event's ordinal ({@link StoredTransaction}); child
 * number (four bytes); one byte 1 for the last event of its transaction; the table; one byte 1 and the row before, or 0; the
 * same for the row after ({@link RowFormat}). A table is database, schema (null for none), name (texts), number of columns
 * (four bytes), the columns, number of key columns and their places (four bytes each). A column is name, logical type, the
 * database's type (texts), and one byte 1 with the element for arrays, or 0.
 */
final class EventFormat {

    private EventFormat() {}

    static void write(ChangeEvent event, ByteWriter out) {
        out.text(event.operation().code());
        StoredTransaction.write(event.transaction(), event.ordinal(), out);
        out.i4(event.childNumber());
        out.u1(event.isTransactionEnd() ? 1 : 0);
        writeTable(event.table(), out);
        RowFormat rows = new RowFormat(out);
        writeRow(event.before(), rows, out);
        writeRow(event.after(), rows, out);
    }

    private static void writeTable(TableSchema table, ByteWriter out) {
        out.text(table.database());
        out.text(table.schema().orElse(null));
        out.text(table.table());
        out.i4(table.columns().size());
        table.columns().forEach(column -> writeColumn(column, out));
        out.i4(table.key().size());
        table.key().forEach(column -> out.i4(column.index()));
    }

    private static void writeColumn(Column column, ByteWriter out) {
        out.text(column.name());
        out.text(column.type().name());
        out.text(column.sourceType());
        out.u1(column.element().isPresent() ? 1 : 0);
        column.element().ifPresent(element -> writeColumn(element, out));
    }

    private static void writeRow(Row row, RowFormat rows, ByteWriter out) {
        out.u1(row == null ? 0 : 1);
        if (row != null) {
            rows.write(row);
        }
    }

    static ChangeEvent read(ByteReader in) {
        Operation operation = operation(in.text());
        StoredTransaction transaction = StoredTransaction.read(in);
        int child = in.i4();
        boolean transactionEnd = in.u1() == 1;
        TableSchema table = readTable(in);
        Row before = in.u1() == 0 ? null : new StoredRow(table, in);
        Row after = in.u1() == 0 ? null : new StoredRow(table, in);
        long ordinal = transaction.behind().ordinal();
        ChangeEvent event = new ChangeEvent(operation, table, before, after, transaction, ordinal);
        ChangeEvent read = child == 0 ? event : event.child(child, operation, before, after);
        return read.withTransactionEnd(transactionEnd);
    }

    private static Operation operation(String code) {
        for (Operation operation : Operation.values()) {
            if (operation.code().equals(code)) {
                return operation;
            }
        }
        throw new IllegalArgumentException("an operation '" + code + "'");
    }

    private static TableSchema readTable(ByteReader in) {
        String database = in.text();
        String schema = in.optionalText();
        String name = in.text();
        List<Column> columns = new ArrayList<>();
        for (int left = in.i4(); left > 0; left--) {
            columns.add(readColumn(in, columns.size()));
        }
        List<Column> key = new ArrayList<>();
        for (int left = in.i4(); left > 0; left--) {
            key.add(columns.get(in.i4()));
        }
        return new TableSchema(database, schema, name, columns, key);
    }

    private static Column readColumn(ByteReader in, int index) {
        String name = in.text();
        LogicalType type = LogicalType.valueOf(in.text());
        String sourceType = in.text();
        // The place of an element is not used by anybody.
        return in.u1() == 0
                ? Column.of(name, index, type, sourceType)
                : Column.arrayOf(name, index, readColumn(in, index), sourceType);
    }
}
