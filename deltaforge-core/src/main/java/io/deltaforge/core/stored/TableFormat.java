package io.deltaforge.core.stored;

import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.LogicalType;
import io.deltaforge.api.event.TableSchema;
import java.util.ArrayList;
import java.util.List;

/**
 * Writes the shape of a table.
 *
 * <p>Stored form: database, schema (null for none), name (texts), number of columns (four bytes), the columns, number of key
 * columns and their places (four bytes each). A column is name, logical type, the database's type (texts), and one byte 1
 * with the element for arrays, or 0.
 */
final class TableFormat {

    private TableFormat() {}

    static void write(TableSchema table, ByteWriter out) {
        out.text(table.database());
        out.text(table.schema().orElse(null));
        out.text(table.table());
        out.i4(table.columns().size());
        table.columns().forEach(column -> writeColumn(column, out));
        out.i4(table.key().size());
        table.key().forEach(column -> out.i4(column.index()));
    }

    private static void writeColumn(Column column, ByteWriter out) {
        out.text(column.name());
        out.text(column.type().name());
        out.text(column.sourceType());
        out.u1(column.element().isPresent() ? 1 : 0);
        column.element().ifPresent(element -> writeColumn(element, out));
    }

    static TableSchema read(ByteReader in) {
        String database = in.text();
        String schema = in.optionalText();
        String name = in.text();
        List<Column> columns = new ArrayList<>();
        for (int left = in.i4(); left > 0; left--) {
            columns.add(readColumn(in, columns.size()));
        }
        List<Column> key = new ArrayList<>();
        for (int left = in.i4(); left > 0; left--) {
            key.add(columns.get(in.i4()));
        }
        return new TableSchema(database, schema, name, columns, key);
    }

    private static Column readColumn(ByteReader in, int index) {
        String name = in.text();
        LogicalType type = LogicalType.valueOf(in.text());
        String sourceType = in.text();
        // The place of an element is not used by anybody.
        return in.u1() == 0
                ? Column.of(name, index, type, sourceType)
                : Column.arrayOf(name, index, readColumn(in, index), sourceType);
    }
}
