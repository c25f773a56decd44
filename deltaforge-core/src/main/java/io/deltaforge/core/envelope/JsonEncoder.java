package io.deltaforge.core.envelope;

import io.deltaforge.api.encode.EventEncoder;
import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.Row;
import io.deltaforge.api.event.TableSchema;
import io.deltaforge.core.json.JsonBytes;
import java.nio.charset.StandardCharsets;
import java.util.IdentityHashMap;
import java.util.List;

/**
 * What the envelopes in JSON have in common: one buffer that is used again for each event, keys, and per table what stays the
 * same in all its events. Not thread-safe.
 *
 * @param <T> what an envelope keeps per table
 */
abstract class JsonEncoder<T extends JsonEncoder.TableText> implements EventEncoder {

    private static final int MAX_TABLES = 4_096;

    /** What is written around the values of one table's rows. */
    static class TableText {

        /** The members' names with what surrounds them, by column index: {@code ,"name":}. */
        final byte[][] names;

        TableText(TableSchema table) {
            List<Column> columns = table.columns();
            JsonBytes json = new JsonBytes();
            names = new byte[columns.size()][];
            for (Column column : columns) {
                json.reset();
                json.rawByte(',');
                json.string(column.name());
                json.rawByte(':');
                names[column.index()] = json.toByteArray();
            }
        }
    }

    final JsonBytes out;
    final JsonRowWriter rows;
    private final IdentityHashMap<TableSchema, T> tables = new IdentityHashMap<>();
    private TableSchema lastTable;
    private T lastText;

    JsonEncoder(JsonBytes out, JsonRowWriter rows) {
        this.out = out;
        this.rows = rows;
    }

    /** Prepares what stays the same in all events of a table. */
    abstract T describe(TableSchema table);

    /** Writes what stands before a key. */
    void beginKey(T text) {}

    /** Writes what stands behind a key. */
    void endKey() {}

    @Override
    public String contentType() {
        return "application/json";
    }

    @Override
    public final byte[] key(ChangeEvent event) {
        List<Column> key = event.table().key();
        Row row = event.after() != null ? event.after() : event.before();
        if (key.isEmpty() || row == null) {
            return null;
        }
        T text = text(event.table());
        out.reset();
        beginKey(text);
        rows.begin(text.names);
        for (Column column : key) {
            if (!row.contains(column.index())) {
                throw new DeliveryException(
                        ErrorKind.RECORD,
                        "KEY_INCOMPLETE",
                        "the key column " + column.name() + " of " + event.table() + " was not logged with " + event,
                        "make the table's replica identity its primary key",
                        null);
            }
            row.visit(column.index(), rows);
        }
        rows.end();
        endKey();
        return out.toByteArray();
    }

    /** Returns what was prepared for a table. */
    final T text(TableSchema table) {
        if (table != lastTable) {
            if (tables.size() >= MAX_TABLES) {
                tables.clear();
            }
            lastText = tables.computeIfAbsent(table, this::describe);
            lastTable = table;
        }
        return lastText;
    }

    /** Writes the values that a row contains as an object. */
    final void object(Row row, T text) {
        rows.begin(text.names);
        row.visit(rows);
        rows.end();
    }

    static void member(JsonBytes json, String name, String value) {
        json.rawByte(',');
        json.string(name);
        json.rawByte(':');
        json.string(value);
    }

    static void member(JsonBytes json, String name, long value) {
        json.rawByte(',');
        json.string(name);
        json.rawByte(':');
        json.longValue(value);
    }

    static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
