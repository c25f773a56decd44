package io.deltaforge.api.event;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * One column of a {@link TableSchema}. Immutable; compared by identity within one schema.
 *
 * @since 0.1.0
 */
public final class Column {

    private final String name;
    private final int index;
    private final LogicalType type;
    private final String sourceType;
    private final Column element;

    private Column(String name, int index, LogicalType type, String sourceType, Column element) {
        this.name = requireNonNull(name, "name is null");
        this.index = index;
        this.type = requireNonNull(type, "type is null");
        this.sourceType = requireNonNull(sourceType, "sourceType is null");
        this.element = element;
    }

    /**
     * Describes a column that holds single values.
     *
     * @param name the column's name as the database spells it
     * @param index its place in the table, from 0
     * @param type what its values mean
     * @param sourceType the database's own name of the type, for people and for schemas ({@code numeric(10,2)})
     * @return the column
     */
    public static Column of(String name, int index, LogicalType type, String sourceType) {
        return new Column(name, index, type, sourceType, null);
    }

    /**
     * Describes a column that holds arrays.
     *
     * @param name the column's name as the database spells it
     * @param index its place in the table, from 0
     * @param element what one element means; its name and index are not used
     * @param sourceType the database's own name of the array type
     * @return the column
     */
    public static Column arrayOf(String name, int index, Column element, String sourceType) {
        return new Column(name, index, LogicalType.ARRAY, sourceType, requireNonNull(element, "element is null"));
    }

    /**
     * Returns the column's name.
     *
     * @return the name as the database spells it
     */
    public String name() {
        return name;
    }

    /**
     * Returns the column's place.
     *
     * @return the place in {@link TableSchema#columns()}, from 0
     */
    public int index() {
        return index;
    }

    /**
     * Returns what the values mean.
     *
     * @return the logical type
     */
    public LogicalType type() {
        return type;
    }

    /**
     * Returns the database's name of the type.
     *
     * @return for example {@code varchar(32)}
     */
    public String sourceType() {
        return sourceType;
    }

    /**
     * Returns what the elements of an array mean.
     *
     * @return the element, or empty when {@link #type()} is not {@link LogicalType#ARRAY}
     */
    public Optional<Column> element() {
        return Optional.ofNullable(element);
    }

    @Override
    public String toString() {
        return name + " " + sourceType;
    }
}
