package io.deltaforge.source.postgres.pgoutput;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.api.event.TableSchema;
import io.deltaforge.source.postgres.type.PgType;
import io.deltaforge.source.postgres.type.ValueDecoders;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.function.BiPredicate;

/**
 * Decodes one stream of pgoutput messages, protocol version 1 (PostgreSQL documentation, section 54.9, Logical Replication
 * Message Formats). One instance per stream and thread: what it knows about tables holds for one session of the server.
 */
public final class PgOutputDecoder {

    /**
     * Settings of the replication session that the text forms of values depend on, in the form of pgjdbc's property
     * {@code options} (libpq's {@code options}). Without them values may be read wrongly.
     */
    public static final String SESSION_OPTIONS = "-c DateStyle=ISO,MDY -c IntervalStyle=postgres -c TimeZone=UTC"
            + " -c extra_float_digits=3 -c bytea_output=hex -c lc_monetary=C";

    /**
     * The reason of the failure that says: a value came in a binary form that is not known. Nothing of the message was
     * reported; the stream has to be opened again in text mode ({@code binary 'false'}).
     */
    public static final String TEXT_MODE_NEEDED = "TEXT_MODE_NEEDED";

    /** 2000-01-01 in microseconds since 1970-01-01: PostgreSQL counts from there. */
    private static final long EPOCH_MICROS_OFFSET = 946_684_800_000_000L;

    private static final byte NEW_ROW = 'N';
    private static final byte OLD_KEY = 'K';
    private static final byte OLD_ROW = 'O';
    private static final int CASCADE = 1;
    private static final int RESTART_IDENTITY = 2;

    private final Catalog catalog;
    private final RelationReader relationReader;
    private final RelationTable relations = new RelationTable();
    private final MessageReader in = new MessageReader();
    private boolean inTransaction;
    private long finalLsn;

    /**
     * Makes a decoder.
     *
     * @param catalog answers what the log does not say
     * @param database the name of the database, for {@link TableSchema#database()}
     * @param captured says for a schema and a table whether its changes are wanted; others are not reported
     */
    public PgOutputDecoder(Catalog catalog, String database, BiPredicate<String, String> captured) {
        this.catalog = requireNonNull(catalog, "catalog is null");
        requireNonNull(database, "database is null");
        requireNonNull(captured, "captured is null");
        this.relationReader = new RelationReader(catalog, database, captured);
    }

    /**
     * Finds the types whose binary form is not known here: a stream over tables with such columns needs text mode.
     *
     * @param catalog describes the types; blocks on the database for those it does not know yet
     * @param typeOids the types of all captured columns
     * @return those that need text mode, each once; empty when the stream may be binary
     */
    public static List<PgType> typesThatNeedText(Catalog catalog, Collection<Integer> typeOids) {
        return typeOids.stream()
                .distinct()
                .map(catalog::type)
                .filter(type -> ValueDecoders.binary(type).isEmpty())
                .toList();
    }

    /**
     * Decodes one message and reports what it says. Rows refer to the buffer's array where that is not much larger than the
     * message, so the array must not be written to afterwards; pgjdbc hands out a new one per message.
     *
     * @param message one whole message, from the buffer's position to its limit, which both stay as they are
     * @param out receives the content
     * @throws SourceException of kind FATAL with reason {@code MALFORMED_MESSAGE} when the bytes are not such a message or it
     *     stands where none is expected, {@code UNEXPECTED_MESSAGE} when it belongs to an option that was not asked for; of kind
     *     RETRIABLE with reason {@link #TEXT_MODE_NEEDED} when the stream has to be text, or whatever the catalog throws
     */
    public void decode(ByteBuffer message, ReplicationMessages out) {
        in.begin(message);
        byte type = in.int8("the type of the message");
        switch (type) {
            case MessageType.INSERT -> insert(out);
            case MessageType.UPDATE -> update(out);
            case MessageType.DELETE -> delete(out);
            case MessageType.BEGIN -> begin(out);
            case MessageType.COMMIT -> commit(out);
            case MessageType.RELATION -> relation();
            case MessageType.TRUNCATE -> truncate(out);
            case MessageType.TYPE -> type();
            case MessageType.ORIGIN -> origin();
            case MessageType.MESSAGE -> logicalMessage();
            default -> throw unexpected();
        }
    }

    private SourceException unexpected() {
        return new SourceException(
                ErrorKind.FATAL,
                "UNEXPECTED_MESSAGE",
                in.describe() + " is none of protocol version 1 with neither streaming nor two-phase commits,"
                        + " which is what was asked for",
                null);
    }

    private void begin(ReplicationMessages out) {
        if (inTransaction) {
            throw in.malformed(in.position(), "the Commit message of the transaction before is expected first");
        }
        long lsn = in.int64("the final LSN");
        long micros = in.int64("the commit time");
        int xid = in.int32("the transaction's id");
        in.requireEnd();
        inTransaction = true;
        finalLsn = lsn;
        out.begin(lsn, micros + EPOCH_MICROS_OFFSET, xid);
    }

    private void commit(ReplicationMessages out) {
        requireTransaction();
        in.int8("the flags");
        int lsnAt = in.position();
        long lsn = in.int64("the commit LSN");
        long endLsn = in.int64("the end LSN");
        long micros = in.int64("the commit time");
        in.requireEnd();
        if (lsn != finalLsn) {
            throw in.malformed(
                    lsnAt,
                    "the commit LSN " + Long.toHexString(finalLsn) + " of the Begin message is expected, got "
                            + Long.toHexString(lsn));
        }
        inTransaction = false;
        out.commit(lsn, endLsn, micros + EPOCH_MICROS_OFFSET);
    }

    private void insert(ReplicationMessages out) {
        Relation relation = changedTable();
        if (!relation.isCaptured()) {
            return;
        }
        int kindAt = in.position();
        if (in.int8("the kind of row") != NEW_ROW) {
            throw in.malformed(kindAt, "N is expected before the new row");
        }
        WireRow after = TupleReader.read(in, relation, false, null);
        in.requireEnd();
        out.insert(relation.schema, after);
    }

    private void update(ReplicationMessages out) {
        Relation relation = changedTable();
        if (!relation.isCaptured()) {
            return;
        }
        int kindAt = in.position();
        byte kind = in.int8("the kind of row");
        WireRow before = null;
        if (kind == OLD_KEY || kind == OLD_ROW) {
            before = TupleReader.read(in, relation, kind == OLD_KEY, null);
            kindAt = in.position();
            kind = in.int8("the kind of row");
        }
        if (kind != NEW_ROW) {
            throw in.malformed(kindAt, "N is expected before the new row");
        }
        WireRow after = TupleReader.read(in, relation, false, before);
        in.requireEnd();
        out.update(relation.schema, before, after, before != null && keyChanged(relation, before, after));
    }

    private static boolean keyChanged(Relation relation, WireRow before, WireRow after) {
        for (int column : relation.key) {
            if (before.contains(column) && !after.hasSameValue(column, before)) {
                return true;
            }
        }
        return false;
    }

    private void delete(ReplicationMessages out) {
        Relation relation = changedTable();
        if (!relation.isCaptured()) {
            return;
        }
        int kindAt = in.position();
        byte kind = in.int8("the kind of row");
        if (kind != OLD_KEY && kind != OLD_ROW) {
            throw in.malformed(kindAt, "K or O is expected before the old row");
        }
        WireRow before = TupleReader.read(in, relation, kind == OLD_KEY, null);
        in.requireEnd();
        out.delete(relation.schema, before);
    }

    private void truncate(ReplicationMessages out) {
        requireTransaction();
        int countAt = in.position();
        int count = in.int32("the number of tables");
        int flags = in.int8("the options");
        if (count < 0 || count > (in.end() - in.position()) / Integer.BYTES) {
            throw in.malformed(countAt, count + " tables expect 4 bytes each, got " + (in.end() - in.position()));
        }
        List<TableSchema> tables = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            Relation relation = describedRelation();
            if (relation.isCaptured()) {
                tables.add(relation.schema);
            }
        }
        in.requireEnd();
        if (!tables.isEmpty()) {
            out.truncate(List.copyOf(tables), (flags & CASCADE) != 0, (flags & RESTART_IDENTITY) != 0);
        }
    }

    private Relation changedTable() {
        requireTransaction();
        Relation relation = describedRelation();
        in.about(relation);
        return relation;
    }

    private Relation describedRelation() {
        int oidAt = in.position();
        int oid = in.int32("the table's OID");
        Relation relation = relations.get(oid);
        if (relation == null) {
            throw in.malformed(
                    oidAt,
                    "a table that a Relation message has described is expected, got the OID "
                            + Integer.toUnsignedString(oid));
        }
        return relation;
    }

    private void requireTransaction() {
        if (!inTransaction) {
            throw in.malformed(in.position(), "a Begin message is expected first");
        }
    }

    private void relation() {
        int oid = in.int32("the table's OID");
        relations.put(oid, relationReader.read(oid, in, relations.get(oid)));
    }

    private void type() {
        int oid = in.int32("the type's OID");
        in.string("the schema's name");
        String name = in.string("the type's name");
        in.requireEnd();
        catalog.typeNamed(oid, name);
    }

    private void origin() {
        in.int64("the LSN at the origin");
        in.string("the origin's name");
        in.requireEnd();
    }

    /** Reads past what {@code pg_logical_emit_message} wrote; it changes no row. */
    private void logicalMessage() {
        in.int8("the flags");
        in.int64("the message's LSN");
        in.string("the message's prefix");
        int lengthAt = in.position();
        int length = in.int32("the message's length");
        if (length != in.end() - in.position()) {
            throw in.malformed(
                    lengthAt,
                    "a content of " + length + " bytes is expected to follow, got " + (in.end() - in.position()));
        }
    }
}
