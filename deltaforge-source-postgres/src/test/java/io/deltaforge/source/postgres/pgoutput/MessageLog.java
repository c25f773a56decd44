package io.deltaforge.source.postgres.pgoutput;

import io.deltaforge.api.event.Row;
import io.deltaforge.api.event.TableSchema;
import java.util.ArrayList;
import java.util.List;

/** Keeps what was reported, as lines and as rows. */
final class MessageLog implements ReplicationMessages {

    final List<String> lines = new ArrayList<>();
    final List<TableSchema> tables = new ArrayList<>();
    final List<Row> rows = new ArrayList<>();

    @Override
    public void begin(long finalLsn, long commitMicros, int xid) {
        lines.add("begin " + finalLsn + " at " + commitMicros + " xid " + xid);
    }

    @Override
    public void insert(TableSchema table, Row after) {
        add("insert " + table, table, null, after);
    }

    @Override
    public void update(TableSchema table, Row before, Row after, boolean keyChanged) {
        add("update " + table + (keyChanged ? " key" : ""), table, before, after);
    }

    @Override
    public void delete(TableSchema table, Row before) {
        add("delete " + table, table, before, null);
    }

    private void add(String line, TableSchema table, Row before, Row after) {
        lines.add(line + (before == null ? "" : " " + values(before)) + (after == null ? "" : " -> " + values(after)));
        tables.add(table);
        rows.add(after == null ? before : after);
    }

    private static List<Object> values(Row row) {
        List<Object> values = new ArrayList<>();
        for (int i = 0; i < row.schema().columns().size(); i++) {
            values.add(row.value(i));
        }
        return values;
    }

    @Override
    public void truncate(List<TableSchema> truncated, boolean cascade, boolean restartIdentity) {
        lines.add("truncate " + truncated + (cascade ? " cascade" : "") + (restartIdentity ? " restart" : ""));
    }

    @Override
    public void commit(long commitLsn, long endLsn, long commitMicros) {
        lines.add("commit " + commitLsn + " end " + endLsn + " at " + commitMicros);
    }
}
