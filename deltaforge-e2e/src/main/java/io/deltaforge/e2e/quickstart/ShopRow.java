package io.deltaforge.e2e.quickstart;

import static java.util.Objects.requireNonNull;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;

/**
 * One version of a row. Two are equal if table and all values are.
 *
 * @param table its table
 * @param values by column, of the types {@link ShopColumn.Kind} names; may hold nulls, immutable
 */
record ShopRow(ShopTable table, List<Object> values) {

    ShopRow {
        requireNonNull(table, "table is null");
        values = Collections.unmodifiableList(new ArrayList<>(values));
        if (values.size() != table.columns().size()) {
            throw new IllegalArgumentException(table.tableName() + " has "
                    + table.columns().size() + " columns, got " + values.size() + " values");
        }
    }

    /** Returns the first version of a row; the values are those before the column {@code version}. */
    static ShopRow first(ShopTable table, Object... values) {
        List<Object> all = new ArrayList<>(Arrays.asList(values));
        all.add(1L);
        return new ShopRow(table, all);
    }

    RowKey key() {
        return new RowKey(table, (Long) values.get(0));
    }

    long version() {
        return (Long) values.get(values.size() - 1);
    }

    Object value(String column) {
        return values.get(table.index(column));
    }

    long integer(String column) {
        return (Long) value(column);
    }

    /** Returns the row's next version, with one value changed. */
    ShopRow with(String column, Object value) {
        List<Object> changed = new ArrayList<>(values);
        changed.set(table.index(column), value);
        changed.set(changed.size() - 1, version() + 1);
        return new ShopRow(table, changed);
    }

    @Override
    public String toString() {
        return table.tableName() + values;
    }
}
