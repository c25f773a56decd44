package io.deltaforge.core.envelope;

import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.Operation;
import io.deltaforge.api.event.Row;
import io.deltaforge.api.event.TableSchema;
import io.deltaforge.core.json.JsonBytes;
import java.util.List;

/**
 * Writes what Debezium's connectors write through {@code org.apache.kafka.connect.json.JsonConverter} (Debezium documentation,
 * "PostgreSQL connector", section "Data change events"):
 *
 * <pre>{@code
 * before, after, source { version, connector, name, ts_ms, snapshot, db, sequence, ts_us, ts_ns, schema?, table, .. position .. },
 * transaction, op, ts_ms, ts_us, ts_ns
 * }</pre>
 *
 * <p>A row has all columns of its table; those that were not logged with it are null. Times outside {@code source} are the
 * commit's too, so that the same event gives the same bytes after every replay. Not thread-safe.
 */
final class DebeziumEncoder extends JsonEncoder<DebeziumEncoder.TableForm> {

    private static final byte[] BEFORE = ascii("{\"before\":");
    private static final byte[] AFTER = ascii(",\"after\":");
    private static final byte[] NULL = ascii("null");
    private static final byte[] STREAMED = ascii("false\"");
    private static final byte[] SNAPSHOT = ascii("true\"");
    private static final byte[] NO_SCHEMA = ascii("{\"schema\":null,\"payload\":");

    /** What is the same in all events of a table. */
    static final class TableForm extends TableText {

        private final DebeziumColumn[] columns;
        private final byte[] database;
        private final byte[] location;
        private final DebeziumSchemas schemas;

        private TableForm(TableSchema table, DebeziumEnvelope envelope, String serverName) {
            super(table);
            List<Column> described = table.columns();
            columns = new DebeziumColumn[described.size()];
            for (int i = 0; i < columns.length; i++) {
                columns[i] = new DebeziumColumn(described.get(i), envelope.values());
            }
            JsonBytes json = new JsonBytes();
            member(json, "db", table.database());
            database = json.toByteArray();
            json.reset();
            table.schema().ifPresent(schema -> member(json, "schema", schema));
            member(json, "table", table.table());
            location = json.toByteArray();
            schemas = envelope.schemas() ? new DebeziumSchemas(table, columns, envelope.values(), serverName) : null;
        }
    }

    private final DebeziumEnvelope envelope;
    private final String serverName;
    private final DebeziumRowWriter values;
    private final DebeziumSource source;

    DebeziumEncoder(DebeziumEnvelope envelope, String serverName) {
        this(envelope, serverName, new JsonBytes());
    }

    private DebeziumEncoder(DebeziumEnvelope envelope, String serverName, JsonBytes out) {
        this(envelope, serverName, out, new DebeziumRowWriter(out, envelope.values()));
    }

    private DebeziumEncoder(DebeziumEnvelope envelope, String serverName, JsonBytes out, DebeziumRowWriter values) {
        super(out, values);
        this.envelope = envelope;
        this.serverName = serverName;
        this.values = values;
        this.source = new DebeziumSource(serverName);
    }

    @Override
    TableForm describe(TableSchema table) {
        return new TableForm(table, envelope, serverName);
    }

    @Override
    public boolean hasTombstone(ChangeEvent event) {
        return envelope.tombstones() && event.operation() == Operation.DELETE;
    }

    @Override
    void beginKey(TableForm form) {
        values.use(form.columns);
        if (form.schemas != null) {
            form.schemas.writeKeyHead(out);
        }
    }

    @Override
    void endKey() {
        if (envelope.schemas()) {
            out.rawByte('}');
        }
    }

    @Override
    public byte[] value(ChangeEvent event) {
        TableForm form = text(event.table());
        values.use(form.columns);
        source.use(event.transaction());
        out.reset();
        if (form.schemas != null) {
            form.schemas.writeValueHead(out, event.transaction());
        } else if (envelope.wrapped()) {
            out.raw(NO_SCHEMA);
        }
        out.raw(BEFORE);
        row(event.before(), form);
        out.raw(AFTER);
        row(event.after(), form);
        source.writeHead(out);
        out.raw(event.operation() == Operation.READ ? SNAPSHOT : STREAMED);
        out.raw(form.database);
        source.writeSequence(out, event.ordinal());
        out.raw(form.location);
        source.writeFields(out);
        out.rawByte(event.operation().code().charAt(0));
        source.writeTail(out);
        if (form.schemas != null || envelope.wrapped()) {
            out.rawByte('}');
        }
        return out.toByteArray();
    }

    private void row(Row row, TableForm form) {
        if (row == null) {
            out.raw(NULL);
            return;
        }
        rows.begin(form.names);
        List<Column> columns = row.schema().columns();
        for (int i = 0; i < columns.size(); i++) {
            if (row.contains(i)) {
                row.visit(i, rows);
            } else {
                rows.nullValue(columns.get(i));
            }
        }
        rows.end();
    }
}
