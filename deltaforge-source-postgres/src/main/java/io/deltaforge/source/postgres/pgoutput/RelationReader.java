package io.deltaforge.source.postgres.pgoutput;

import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.TableSchema;
import io.deltaforge.source.postgres.type.PgType;
import io.deltaforge.source.postgres.type.ValueDecoder;
import io.deltaforge.source.postgres.type.ValueDecoders;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.BiPredicate;

/**
 * Reads Relation messages and asks the catalog for what they leave open: the names of types, and the primary key. A column's flag
 * marks it as part of the replica identity, which need not be the primary key.
 */
final class RelationReader {

    private static final int COLUMN_MIN_BYTES = 10;
    private static final int IN_IDENTITY = 1;

    private final Catalog catalog;
    private final String database;
    private final BiPredicate<String, String> captured;

    RelationReader(Catalog catalog, String database, BiPredicate<String, String> captured) {
        this.catalog = catalog;
        this.database = database;
        this.captured = captured;
    }

    /**
     * Reads one message.
     *
     * @param oid the relation's OID, read already
     * @param in stands behind the OID
     * @param known the relation as it was, or null
     * @return the same relation unless something about it has changed
     */
    Relation read(int oid, MessageReader in, Relation known) {
        byte[] message = Arrays.copyOfRange(in.bytes(), in.position(), in.end());
        boolean same = known != null && Arrays.equals(message, known.message);
        // The log tells of every change of a primary key that is the replica identity; of others it sends the message
        // again.
        if (same && (!known.isCaptured() || known.identity == ReplicaIdentity.DEFAULT)) {
            in.position(in.end());
            return known;
        }
        if (same) {
            catalog.tableChanged(oid);
        }
        Relation read = parse(oid, message, in);
        return same && Arrays.equals(read.key, known.key) ? known : read;
    }

    private Relation parse(int oid, byte[] message, MessageReader in) {
        String namespace = in.string("the schema's name");
        String schema = namespace.isEmpty() ? "pg_catalog" : namespace;
        String table = in.string("the table's name");
        in.about(schema + "." + table);
        int identityAt = in.position();
        ReplicaIdentity identity = ReplicaIdentity.of(in.int8("the replica identity"));
        if (identity == null) {
            throw in.malformed(identityAt, "the replica identity expects d, n, f or i");
        }
        List<WireColumn> columns = columns(in);
        in.requireEnd();
        if (!captured.test(schema, table)) {
            return Relation.skipped(message, identity);
        }
        return describe(oid, message, identity, new TableName(schema, table), columns);
    }

    private static List<WireColumn> columns(MessageReader in) {
        int countAt = in.position();
        int count = in.uint16("the number of columns");
        if (count > (in.end() - in.position()) / COLUMN_MIN_BYTES) {
            throw in.malformed(
                    countAt,
                    count + " columns expect at least " + COLUMN_MIN_BYTES + " bytes each, got "
                            + (in.end() - in.position()));
        }
        List<WireColumn> columns = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            byte flags = in.int8("a column's flags");
            String name = in.string("a column's name");
            int type = in.int32("a column's type");
            columns.add(new WireColumn(name, (flags & IN_IDENTITY) != 0, type, in.int32("a column's type modifier")));
        }
        return columns;
    }

    private Relation describe(
            int oid, byte[] message, ReplicaIdentity identity, TableName name, List<WireColumn> wire) {
        int count = wire.size();
        ValueDecoder[] text = new ValueDecoder[count];
        ValueDecoder[] binary = new ValueDecoder[count];
        boolean[] inOldKey = new boolean[count];
        Map<String, Column> columns = new LinkedHashMap<>();
        List<Column> inOrder = new ArrayList<>(count);
        for (int i = 0; i < count; i++) {
            WireColumn column = wire.get(i);
            PgType type = catalog.type(column.type());
            text[i] = ValueDecoders.text(type);
            binary[i] = ValueDecoders.binary(type).orElse(null);
            inOldKey[i] = column.inIdentity();
            Column described =
                    ValueDecoders.column(column.name(), i, type, catalog.displayName(type, column.modifier()));
            inOrder.add(described);
            columns.put(column.name(), described);
        }
        List<Column> flagged =
                inOrder.stream().filter(column -> inOldKey[column.index()]).toList();
        List<Column> key = key(oid, shape(message), identity, flagged, columns);
        TableSchema schema = new TableSchema(database, name.schema(), name.table(), inOrder, key);
        return new Relation(message, identity, schema, text, binary, inOldKey);
    }

    /**
     * Decides by what rows are told apart. What the log says comes first; the catalog, which shows the table as it is now, orders
     * the columns and answers where the log is silent. A primary key that old rows do not hold is no use for deletes, so the
     * replica identity's index goes before it.
     */
    private List<Column> key(
            int oid, long shape, ReplicaIdentity identity, List<Column> flagged, Map<String, Column> columns) {
        if (identity == ReplicaIdentity.DEFAULT && flagged.size() <= 1) {
            return flagged;
        }
        List<Column> primary = new ArrayList<>();
        boolean whole = true;
        for (String name : catalog.primaryKey(oid, shape)) {
            Column column = columns.get(name);
            whole &= column != null;
            if (column != null) {
                primary.add(column);
            }
        }
        boolean known = whole && !primary.isEmpty();
        return switch (identity) {
            case DEFAULT ->
                known && primary.size() == flagged.size() && flagged.containsAll(primary) ? primary : flagged;
            case INDEX -> known && flagged.containsAll(primary) ? primary : flagged;
            case FULL, NOTHING -> known ? primary : List.of();
        };
    }

    /** Hashes what the log says about a table (FNV-1a, 64 bits). */
    private static long shape(byte[] message) {
        long hash = 0xCBF2_9CE4_8422_2325L;
        for (byte b : message) {
            hash = (hash ^ (b & 0xFF)) * 0x100_0000_01B3L;
        }
        return hash;
    }

    private record TableName(String schema, String table) {}

    private record WireColumn(String name, boolean inIdentity, int type, int modifier) {}
}
