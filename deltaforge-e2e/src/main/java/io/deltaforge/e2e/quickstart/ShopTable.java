package io.deltaforge.e2e.quickstart;

import static io.deltaforge.e2e.quickstart.ShopColumn.decimal;
import static io.deltaforge.e2e.quickstart.ShopColumn.integer;
import static io.deltaforge.e2e.quickstart.ShopColumn.text;
import static io.deltaforge.e2e.quickstart.ShopColumn.timestamp;

import java.util.List;
import java.util.Locale;

/**
 * The tables of the shop as {@code shop.sql} creates them. The first column of each is its primary key, the last counts the
 * row's changes: together with the operation they identify every change there ever is.
 */
enum ShopTable {
    CUSTOMERS(integer("id"), text("name"), text("email"), text("city"), timestamp("registered_at"), integer("version")),
    PRODUCTS(integer("id"), text("sku"), text("name"), decimal("price"), integer("stock"), integer("version")),
    ORDERS(
            integer("id"),
            integer("customer_id"),
            text("status"),
            decimal("total"),
            text("note"),
            timestamp("placed_at"),
            integer("version")),
    ORDER_ITEMS(
            integer("id"),
            integer("order_id"),
            integer("product_id"),
            integer("quantity"),
            decimal("price"),
            integer("version"));

    /** Unmodifiable, which its type does not say. */
    @SuppressWarnings("ImmutableEnumChecker")
    private final List<ShopColumn> columns;

    ShopTable(ShopColumn... columns) {
        this.columns = List.of(columns);
    }

    /** Returns the table's name in PostgreSQL. */
    String tableName() {
        return name().toLowerCase(Locale.ROOT);
    }

    /** Returns the topic the pipeline routes the table to. */
    String topic() {
        return "shop." + tableName();
    }

    List<ShopColumn> columns() {
        return columns;
    }

    int index(String column) {
        for (int i = 0; i < columns.size(); i++) {
            if (columns.get(i).name().equals(column)) {
                return i;
            }
        }
        throw new IllegalArgumentException(tableName() + " has no column " + column);
    }

    /**
     * Returns the table of a name.
     *
     * @throws EventFormatException if the shop has no such table
     */
    static ShopTable of(String tableName) {
        for (ShopTable table : values()) {
            if (table.tableName().equals(tableName)) {
                return table;
            }
        }
        throw new EventFormatException("table '" + tableName + "' is not one of the shop");
    }
}
