package io.deltaforge.core.envelope;

import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.Operation;
import io.deltaforge.api.event.Replay;
import io.deltaforge.api.event.Row;
import io.deltaforge.api.event.TableSchema;
import io.deltaforge.api.event.Transaction;
import io.deltaforge.core.json.JsonBytes;
import java.util.EnumMap;
import java.util.Map;

/**
 * Writes DeltaForge's own envelope as JSON. Fields stand in this order, those marked ? only where they apply:
 *
 * <pre>{@code
 * before, after, source { version, connector, name, ts_ms, db, schema?, table, snapshot?, .. position .. },
 * op, ts_ms, transaction { id, total_order }, event_id, tx_end?, replay?
 * }</pre>
 *
 * <p>Everything about an event that stays the same is written as bytes once: what is around the values per table, what names
 * the transaction per transaction. The same event gives the same bytes after every replay. Not thread-safe.
 */
final class NativeEncoder extends JsonEncoder<NativeEncoder.TableSource> {

    private static final byte[] BEFORE = ascii("{\"before\":");
    private static final byte[] AFTER = ascii(",\"after\":");
    private static final byte[] NULL = ascii("null");
    private static final byte[] SNAPSHOT = ascii(",\"snapshot\":\"true\"");
    private static final byte[] EVENT_ID = ascii("},\"event_id\":");
    private static final byte[] TX_END = ascii(",\"tx_end\":true");
    private static final byte[] REPLAY = ascii(",\"replay\":");
    private static final Map<Operation, byte[]> OPERATIONS = operations();

    /** What is the same in all events of a table. */
    static final class TableSource extends TableText {

        private final byte[] source;

        TableSource(TableSchema table) {
            super(table);
            JsonBytes json = new JsonBytes();
            member(json, "db", table.database());
            table.schema().ifPresent(schema -> member(json, "schema", schema));
            member(json, "table", table.table());
            source = json.toByteArray();
        }
    }

    private final String pipeline;
    private final TransactionText transactionText = new TransactionText();

    NativeEncoder(String pipeline) {
        this(pipeline, new JsonBytes());
    }

    private NativeEncoder(String pipeline, JsonBytes out) {
        super(out, new JsonRowWriter(out));
        this.pipeline = pipeline;
    }

    @Override
    public byte[] value(ChangeEvent event) {
        TableSource text = text(event.table());
        transactionText.use(event.transaction(), pipeline);
        out.reset();
        out.raw(BEFORE);
        row(event.before(), text);
        out.raw(AFTER);
        row(event.after(), text);
        transactionText.writeSourceHead(out);
        out.raw(text.source);
        if (event.operation() == Operation.READ) {
            out.raw(SNAPSHOT);
        }
        transactionText.writeSourceTail(out);
        out.raw(OPERATIONS.get(event.operation()));
        transactionText.writeTransaction(out);
        out.longValue(event.ordinal() + 1);
        out.raw(EVENT_ID);
        out.uuid(event.idHigh(), event.idLow());
        if (event.isTransactionEnd()) {
            out.raw(TX_END);
        }
        if (event.replay() != Replay.NONE) {
            out.raw(REPLAY);
            out.string(event.replay().word());
        }
        out.rawByte('}');
        return out.toByteArray();
    }

    private void row(Row row, TableSource text) {
        if (row == null) {
            out.raw(NULL);
        } else {
            object(row, text);
        }
    }

    @Override
    TableSource describe(TableSchema table) {
        return new TableSource(table);
    }

    private static Map<Operation, byte[]> operations() {
        Map<Operation, byte[]> bytes = new EnumMap<>(Operation.class);
        for (Operation operation : Operation.values()) {
            bytes.put(operation, ascii("},\"op\":\"" + operation.code() + "\""));
        }
        return bytes;
    }

    /** What is the same in all events of a transaction, kept as bytes until the next transaction comes. */
    private static final class TransactionText implements Transaction.SourceFields {

        private static final byte[] SOURCE = ascii(",\"source\":{\"version\":");
        private static final byte[] TS_MS = ascii(",\"ts_ms\":");
        private static final byte[] TRANSACTION = ascii(",\"transaction\":{\"id\":");
        private static final byte[] TOTAL_ORDER = ascii(",\"total_order\":");
        private static final String VERSION = "deltaforge-" + ProductVersion.VERSION;

        private final JsonBytes head = new JsonBytes();
        private final JsonBytes tail = new JsonBytes();
        private final JsonBytes transaction = new JsonBytes();
        private Transaction current;

        void use(Transaction next, String pipeline) {
            if (next == current) {
                return;
            }
            current = next;
            long commitMillis = Math.floorDiv(next.commitMicros(), 1_000L);
            head.reset();
            head.raw(SOURCE);
            head.string(VERSION);
            member(head, "connector", next.connector());
            member(head, "name", pipeline);
            head.raw(TS_MS);
            head.longValue(commitMillis);
            tail.reset();
            next.describe(this);
            transaction.reset();
            transaction.raw(TS_MS);
            transaction.longValue(commitMillis);
            transaction.raw(TRANSACTION);
            transaction.string(next.id());
            transaction.raw(TOTAL_ORDER);
        }

        void writeSourceHead(JsonBytes target) {
            target.raw(head);
        }

        void writeSourceTail(JsonBytes target) {
            target.raw(tail);
        }

        void writeTransaction(JsonBytes target) {
            target.raw(transaction);
        }

        @Override
        public void text(String name, String value) {
            member(tail, name, value);
        }

        @Override
        public void number(String name, long value) {
            member(tail, name, value);
        }
    }
}
