package io.deltaforge.source.postgres.pgoutput;

import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.TableSchema;
import io.deltaforge.source.postgres.type.ValueDecoder;
import java.util.Arrays;

/** One table as the last Relation message described it, with all that reading its rows needs. Immutable. */
final class Relation {

    /** What the Relation message said, to recognise it when it comes again. */
    final byte[] message;

    final ReplicaIdentity identity;

    /** Null when nobody wants the table's changes; then so is everything below. */
    final TableSchema schema;

    final Column[] columns;
    final ValueDecoder[] text;

    /** By column; null where the binary form is not known. */
    final ValueDecoder[] binary;

    /** Whether the binary form of some column is not known. */
    final boolean needsText;

    /** By column: whether an old key holds it. */
    final boolean[] inOldKey;

    final int[] key;

    Relation(
            byte[] message,
            ReplicaIdentity identity,
            TableSchema schema,
            ValueDecoder[] text,
            ValueDecoder[] binary,
            boolean[] inOldKey) {
        this.message = message;
        this.identity = identity;
        this.schema = schema;
        this.columns = schema == null ? null : schema.columns().toArray(new Column[0]);
        this.text = text;
        this.binary = binary;
        this.needsText = binary != null && Arrays.asList(binary).contains(null);
        this.inOldKey = inOldKey;
        this.key = schema == null
                ? null
                : schema.key().stream().mapToInt(Column::index).toArray();
    }

    static Relation skipped(byte[] message, ReplicaIdentity identity) {
        return new Relation(message, identity, null, null, null, null);
    }

    boolean isCaptured() {
        return schema != null;
    }

    @Override
    public String toString() {
        return schema == null ? "a table that is not captured" : schema.qualifiedName();
    }
}
