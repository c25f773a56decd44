package io.deltaforge.core.envelope;

import io.deltaforge.api.event.Transaction;
import io.deltaforge.core.json.JsonBytes;

/**
 * What is the same in all events of a transaction, kept as bytes until the next transaction comes. For PostgreSQL the fields are
 * those of {@code io.debezium.connector.postgresql.SourceInfo}: the log position as a number, {@code xmin} null as without
 * {@code xmin.fetch.interval.ms}. Since a position here is that of the transaction's commit, {@code sequence} is the commit's
 * position and the event's place in the transaction, which orders all events. Not thread-safe.
 */
final class DebeziumSource implements Transaction.SourceFields {

    private static final byte[] SOURCE = JsonEncoder.ascii(",\"source\":{\"version\":");
    private static final byte[] SNAPSHOT = JsonEncoder.ascii(",\"snapshot\":\"");
    private static final byte[] SEQUENCE = JsonEncoder.ascii(",\"sequence\":");
    private static final byte[] SEQUENCE_START = JsonEncoder.ascii("\"[\\\"");
    private static final byte[] SEQUENCE_NEXT = JsonEncoder.ascii("\\\",\\\"");
    private static final byte[] SEQUENCE_END = JsonEncoder.ascii("\\\"]\"");
    private static final byte[] NULL = JsonEncoder.ascii("null");
    private static final byte[] XMIN = JsonEncoder.ascii(",\"xmin\":null");
    private static final byte[] TRANSACTION = JsonEncoder.ascii("},\"transaction\":null,\"op\":\"");
    private static final String VERSION = "deltaforge-" + ProductVersion.VERSION;
    static final String POSTGRESQL = "postgresql";
    private static final String LSN = "lsn";

    private final String serverName;
    private final JsonBytes head = new JsonBytes();
    private final JsonBytes sequence = new JsonBytes();
    private final JsonBytes sourceTimes = new JsonBytes();
    private final JsonBytes fields = new JsonBytes();
    private final JsonBytes tail = new JsonBytes();
    private Transaction current;
    private boolean postgresql;
    private long lsn;
    private boolean hasLsn;

    DebeziumSource(String serverName) {
        this.serverName = serverName;
    }

    /** Prepares the bytes of a transaction, unless it is the one they are prepared for. */
    void use(Transaction next) {
        if (next == current) {
            return;
        }
        current = next;
        postgresql = next.connector().equals(POSTGRESQL);
        hasLsn = false;
        long micros = next.commitMicros();
        head.reset();
        head.raw(SOURCE);
        head.string(VERSION);
        JsonEncoder.member(head, "connector", next.connector());
        JsonEncoder.member(head, "name", serverName);
        JsonEncoder.member(head, "ts_ms", Math.floorDiv(micros, 1_000));
        head.raw(SNAPSHOT);
        sourceTimes.reset();
        JsonEncoder.member(sourceTimes, "ts_us", micros);
        JsonEncoder.member(sourceTimes, "ts_ns", micros * 1_000);
        fields.reset();
        next.describe(this);
        if (postgresql && hasLsn) {
            JsonEncoder.member(fields, LSN, lsn);
        }
        if (postgresql) {
            fields.raw(XMIN);
        }
        sequence.reset();
        sequence.raw(SEQUENCE);
        if (hasLsn) {
            sequence.raw(SEQUENCE_START);
            sequence.longValue(lsn);
            sequence.raw(SEQUENCE_NEXT);
        }
        tail.reset();
        tail.rawByte('"');
        JsonEncoder.member(tail, "ts_ms", Math.floorDiv(micros, 1_000));
        JsonEncoder.member(tail, "ts_us", micros);
        JsonEncoder.member(tail, "ts_ns", micros * 1_000);
        tail.rawByte('}');
    }

    /** Writes up to the word that says whether the event is of a snapshot. */
    void writeHead(JsonBytes out) {
        out.raw(head);
    }

    /** Writes what orders the event among all, and the time of the transaction. */
    void writeSequence(JsonBytes out, long ordinal) {
        out.raw(sequence);
        if (hasLsn) {
            out.longValue(ordinal);
            out.raw(SEQUENCE_END);
        } else {
            out.raw(NULL);
        }
        out.raw(sourceTimes);
    }

    /** Writes the position, up to the code of the operation. */
    void writeFields(JsonBytes out) {
        out.raw(fields);
        out.raw(TRANSACTION);
    }

    /** Writes what stands behind the code of the operation. */
    void writeTail(JsonBytes out) {
        out.raw(tail);
    }

    @Override
    public void text(String name, String value) {
        int slash = value.indexOf('/');
        if (postgresql && name.equals(LSN) && slash > 0) {
            lsn = Long.parseLong(value.substring(0, slash), 16) << 32 | Long.parseLong(value.substring(slash + 1), 16);
            hasLsn = true;
        } else {
            JsonEncoder.member(fields, name, value);
        }
    }

    @Override
    public void number(String name, long value) {
        JsonEncoder.member(fields, name, value);
    }
}
