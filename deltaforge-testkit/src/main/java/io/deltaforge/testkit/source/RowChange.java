package io.deltaforge.testkit.source;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.event.Operation;

/**
 * One change to make in the database, in a table {@code (id bigint primary key, note text)}.
 *
 * @param operation create, update or delete
 * @param table the table's name, one of {@link SourceConformanceTest#TABLES}
 * @param id the key
 * @param note the new value; null for a delete
 */
public record RowChange(Operation operation, String table, long id, String note) {

    /** Refuses missing parts. */
    public RowChange {
        requireNonNull(operation, "operation is null");
        requireNonNull(table, "table is null");
    }

    /**
     * An insert.
     *
     * @param table the table
     * @param id the key
     * @param note the value
     * @return the change
     */
    public static RowChange create(String table, long id, String note) {
        return new RowChange(Operation.CREATE, table, id, note);
    }

    /**
     * An update.
     *
     * @param table the table
     * @param id the key
     * @param note the new value
     * @return the change
     */
    public static RowChange update(String table, long id, String note) {
        return new RowChange(Operation.UPDATE, table, id, note);
    }

    /**
     * A delete.
     *
     * @param table the table
     * @param id the key
     * @return the change
     */
    public static RowChange delete(String table, long id) {
        return new RowChange(Operation.DELETE, table, id, null);
    }
}
