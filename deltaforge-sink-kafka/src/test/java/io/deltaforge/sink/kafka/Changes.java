package io.deltaforge.sink.kafka;

import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.event.LogicalType;
import io.deltaforge.api.event.Operation;
import io.deltaforge.api.event.RowValues;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.event.TableSchema;
import io.deltaforge.api.event.Transaction;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;

/** Changes of two tables: orders have a key, log lines have none. */
final class Changes {

    static final TableSchema ORDERS = table("orders", true);
    static final TableSchema LOG_LINES = table("log_lines", false);

    private Changes() {}

    private static TableSchema table(String name, boolean keyed) {
        List<Column> columns = List.of(
                Column.of("id", 0, LogicalType.INTEGER, "bigint"), Column.of("note", 1, LogicalType.TEXT, "text"));
        return new TableSchema("shop", "public", name, columns, keyed ? columns.subList(0, 1) : List.of());
    }

    private record Tx(long number) implements Transaction {
        @Override
        public String connector() {
            return "test";
        }

        @Override
        public String id() {
            return Long.toString(number);
        }

        @Override
        public long commitMicros() {
            return number * 1_000;
        }

        @Override
        public long hashHigh() {
            return 0x0123_4567_89AB_CDEFL ^ number;
        }

        @Override
        public long hashLow() {
            return 0;
        }

        @Override
        public SourcePosition positionAfter(long ordinal) {
            return () ->
                    ByteBuffer.allocate(16).putLong(number).putLong(ordinal).array();
        }

        @Override
        public void describe(SourceFields fields) {
            fields.number("number", number);
        }
    }

    static ChangeEvent change(TableSchema table, long tx, long ordinal, long id, String note) {
        return new ChangeEvent(Operation.UPDATE, table, null, RowValues.of(table, id, note), new Tx(tx), ordinal);
    }

    static ChangeEvent delete(TableSchema table, long tx, long ordinal, long id) {
        return new ChangeEvent(Operation.DELETE, table, RowValues.of(table, id, "gone"), null, new Tx(tx), ordinal);
    }

    static ChangeEvent order(long tx, long id, String note) {
        return change(ORDERS, tx, 0, id, note);
    }

    static EventBatch batch(long sequence, ChangeEvent... events) {
        return new EventBatch(sequence, Arrays.asList(events), new Tx(sequence).positionAfter(0));
    }

    /** A batch that changes rows 0 to {@code rows - 1} once each, in one transaction. */
    static EventBatch batchOver(long sequence, int rows, String note) {
        List<ChangeEvent> events = new ArrayList<>(rows);
        for (int row = 0; row < rows; row++) {
            events.add(change(ORDERS, sequence, row, row, note));
        }
        return new EventBatch(sequence, events, new Tx(sequence).positionAfter(rows));
    }
}
