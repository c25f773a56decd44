package io.deltaforge.testkit.event;

import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.event.LogicalType;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.event.TableSchema;
import io.deltaforge.api.source.PositionOrder;
import java.util.ArrayList;
import java.util.List;

/**
 * Makes events: {@code Events.transaction(7).create(ORDERS, 1L, "tea").delete(ORDERS, 2L, "milk").events()}. The same
 * calls give the same events, with the same ids.
 */
public final class Events {

    /** A table of orders: {@code id bigint primary key, note text}. */
    public static final TableSchema ORDERS = table("orders");

    /** A second table of the same shape. */
    public static final TableSchema CUSTOMERS = table("customers");

    /** A table with a column of every logical type; the key is {@code id}. */
    public static final TableSchema EVERY_TYPE = everyType();

    private Events() {}

    /**
     * Describes a table {@code id bigint primary key, note text} in {@code shop.public}.
     *
     * @param name its name
     * @return a new schema
     */
    public static TableSchema table(String name) {
        List<Column> columns = List.of(
                Column.of("id", 0, LogicalType.INTEGER, "bigint"), Column.of("note", 1, LogicalType.TEXT, "text"));
        return new TableSchema("shop", "public", name, columns, columns.subList(0, 1));
    }

    private static TableSchema everyType() {
        List<Column> columns = new ArrayList<>();
        columns.add(Column.of("id", 0, LogicalType.INTEGER, "bigint"));
        for (LogicalType type : LogicalType.values()) {
            String name = "v_" + type.name();
            int index = columns.size();
            columns.add(
                    type == LogicalType.ARRAY
                            ? Column.arrayOf(name, index, Column.of(name, 0, LogicalType.INTEGER, "int4"), "int4[]")
                            : Column.of(name, index, type, type.name()));
        }
        return new TableSchema("shop", "public", "every_type", columns, columns.subList(0, 1));
    }

    /**
     * Begins a transaction.
     *
     * @param number its number in the log, from 1
     * @return a builder
     */
    public static TransactionBuilder transaction(long number) {
        return new TransactionBuilder(number);
    }

    /**
     * Makes a batch that ends with the transaction of its last event.
     *
     * @param sequence the batch's number
     * @param events the events, at least one
     * @return the batch
     */
    public static EventBatch batch(long sequence, List<ChangeEvent> events) {
        TestTransaction last = (TestTransaction) events.get(events.size() - 1).transaction();
        return new EventBatch(sequence, events, endOf(last.number()));
    }

    /**
     * Returns the position just after a transaction.
     *
     * @param transaction its number
     * @return the position
     */
    public static SourcePosition endOf(long transaction) {
        return new TestPosition(transaction, TestPosition.END);
    }

    /**
     * Returns how the positions of these events relate.
     *
     * @return a total order
     */
    public static PositionOrder order() {
        return TestPosition.ORDER;
    }
}
