package io.deltaforge.api.event;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/**
 * The shape of one table at one moment of the log. All events between two changes of the shape share one instance, so
 * encoders may cache by identity.
 *
 * @since 0.1.0
 */
public final class TableSchema {

    private final String database;
    private final String schema;
    private final String table;
    private final List<Column> columns;
    private final List<Column> key;

    /**
     * Describes a table.
     *
     * @param database the database (MySQL: schema) the table is in
     * @param schema the schema inside the database, or null where the database has no such level
     * @param table the table's name
     * @param columns every column, each at the place its {@link Column#index()} says
     * @param key the columns of the primary key, or of the identity that stands in for it, in key order; empty when
     *     rows cannot be told apart
     */
    public TableSchema(String database, String schema, String table, List<Column> columns, List<Column> key) {
        this.database = requireNonNull(database, "database is null");
        this.schema = schema;
        this.table = requireNonNull(table, "table is null");
        this.columns = List.copyOf(columns);
        this.key = List.copyOf(key);
        for (int i = 0; i < this.columns.size(); i++) {
            if (this.columns.get(i).index() != i) {
                throw new IllegalArgumentException(
                        "column " + this.columns.get(i).name() + " says it is at place "
                                + this.columns.get(i).index() + " and stands at " + i);
            }
        }
    }

    /**
     * Returns the database.
     *
     * @return its name
     */
    public String database() {
        return database;
    }

    /**
     * Returns the schema inside the database.
     *
     * @return its name, or empty where the database has no such level
     */
    public Optional<String> schema() {
        return Optional.ofNullable(schema);
    }

    /**
     * Returns the table.
     *
     * @return its name
     */
    public String table() {
        return table;
    }

    /**
     * Returns all columns.
     *
     * @return the columns in table order, unmodifiable
     */
    public List<Column> columns() {
        return columns;
    }

    /**
     * Returns the columns that identify a row.
     *
     * @return the key columns in key order, unmodifiable; empty when rows cannot be told apart
     */
    public List<Column> key() {
        return key;
    }

    /**
     * Finds a column by name.
     *
     * @param name the exact name
     * @return the column, or empty
     */
    public Optional<Column> column(String name) {
        for (Column column : columns) {
            if (column.name().equals(name)) {
                return Optional.of(column);
            }
        }
        return Optional.empty();
    }

    /**
     * Returns the table's name as people write it.
     *
     * @return {@code schema.table}, or {@code database.table} where there is no schema level
     */
    public String qualifiedName() {
        return (schema != null ? schema : database) + "." + table;
    }

    @Override
    public String toString() {
        return qualifiedName();
    }
}
