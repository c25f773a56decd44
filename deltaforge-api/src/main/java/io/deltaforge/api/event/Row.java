package io.deltaforge.api.event;

/**
 * One row as the database logged it: an immutable, ordered view of column values over the bytes that came from the wire,
 * decoded each time it is asked. Safe to read from many threads at once.
 *
 * @since 0.1.0
 */
public interface Row {

    /**
     * Returns the shape of the row.
     *
     * @return the schema, the same instance for all rows between two changes of the table
     */
    TableSchema schema();

    /**
     * Says whether the database logged the column in this row at all; old rows often hold the key alone.
     *
     * @param column a column's index
     * @return false when the row says nothing about the column
     */
    boolean contains(int column);

    /**
     * Hands one column's value to a visitor.
     *
     * @param column the index of a column that the row {@linkplain #contains contains}
     * @param visitor receives the value
     * @throws io.deltaforge.api.error.DeltaForgeException when the bytes are not a value of the column's type
     */
    void visit(int column, ValueVisitor visitor);

    /**
     * Returns how much memory the row keeps alive, for the bounds of queues.
     *
     * @return bytes, an estimate of the wire bytes held
     */
    int retainedBytes();

    /**
     * Hands every value that the row contains to a visitor, in table order.
     *
     * @param visitor receives the values
     */
    default void visit(ValueVisitor visitor) {
        int columns = schema().columns().size();
        for (int i = 0; i < columns; i++) {
            if (contains(i)) {
                visit(i, visitor);
            }
        }
    }

    /**
     * Returns one value as an object, for processors and keys; slower than a visitor.
     *
     * @param column a column's index
     * @return null for SQL NULL, {@link RowValues#UNCHANGED}, {@link RowValues#ABSENT}, or a value as listed at
     *     {@link RowValues}
     */
    default Object value(int column) {
        return RowValues.read(this, column);
    }

    /**
     * Returns this row with one value replaced; this row stays as it is.
     *
     * @param column a column's index
     * @param value null for SQL NULL, or a value as listed at {@link RowValues}
     * @return the changed row
     */
    default Row with(int column, Object value) {
        return RowValues.copyOf(this).with(column, value);
    }
}
