package io.deltaforge.core.deadletter;

import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.Row;
import io.deltaforge.api.event.TableSchema;
import io.deltaforge.api.event.ValueVisitor;

/** What is kept of a row that is too large: the columns that say which row it is. */
record KeyColumns(Row row) implements Row {

    /** The event with the key columns alone. */
    static ChangeEvent of(ChangeEvent event) {
        return event.withRows(of(event.before()), of(event.after()));
    }

    private static Row of(Row row) {
        return row == null ? null : new KeyColumns(row);
    }

    @Override
    public TableSchema schema() {
        return row.schema();
    }

    @Override
    public boolean contains(int column) {
        return row.contains(column) && schema().key().stream().anyMatch(key -> key.index() == column);
    }

    @Override
    public void visit(int column, ValueVisitor visitor) {
        row.visit(column, visitor);
    }

    @Override
    public int retainedBytes() {
        return row.retainedBytes();
    }
}
