package io.deltaforge.source.postgres.pgoutput;

import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.Row;
import io.deltaforge.api.event.TableSchema;
import io.deltaforge.api.event.ValueVisitor;
import io.deltaforge.source.postgres.type.MalformedValueException;
import java.util.Arrays;

/**
 * A row over the bytes of its message, where each column is a kind and, for a value, its length and bytes (PostgreSQL
 * documentation, section 54.9, TupleData). {@link TupleReader} has checked that all of them are there.
 */
final class WireRow implements Row {

    static final byte NULL = 'n';
    static final byte UNCHANGED = 'u';
    static final byte TEXT = 't';
    static final byte BINARY = 'b';

    /** A kind and a length. */
    static final int VALUE_HEADER_BYTES = 1 + Integer.BYTES;

    /** This object and its share of the array: two headers and what the array holds besides the message. */
    private static final int OVERHEAD_BYTES = 96;

    private final Relation relation;
    private final byte[] bytes;
    private final int start;
    private final int end;

    /** Where each column begins, for wide tables; null where walking there is cheaper than remembering. */
    private final int[] offsets;

    /** Whether columns outside the replica identity are not logged; on the wire they look like NULLs. */
    private final boolean keyOnly;

    /** The row this one replaces, which has the values that were not logged again; null without such values. */
    private final WireRow replaced;

    WireRow(Relation relation, byte[] bytes, Range range, boolean keyOnly, WireRow replaced) {
        this.relation = relation;
        this.bytes = bytes;
        this.start = range.start;
        this.end = range.end;
        this.offsets = range.offsets;
        this.keyOnly = keyOnly;
        this.replaced = replaced;
    }

    /** Where the columns of a row are: from its first column's kind to behind its last. */
    static final class Range {
        private final int start;
        private final int end;
        private final int[] offsets;

        Range(int start, int end, int[] offsets) {
            this.start = start;
            this.end = end;
            this.offsets = offsets;
        }
    }

    @Override
    public TableSchema schema() {
        return relation.schema;
    }

    @Override
    public boolean contains(int column) {
        return !keyOnly || relation.inOldKey[column];
    }

    @Override
    public void visit(int column, ValueVisitor visitor) {
        visitAt(locate(column), column, visitor);
    }

    @Override
    public void visit(ValueVisitor visitor) {
        int at = start;
        int columns = relation.columns.length;
        for (int i = 0; i < columns; i++) {
            if (contains(i)) {
                visitAt(at, i, visitor);
            }
            at = next(at);
        }
    }

    private int locate(int column) {
        if (offsets != null) {
            return offsets[column];
        }
        int at = start;
        for (int i = 0; i < column; i++) {
            at = next(at);
        }
        return at;
    }

    private int next(int at) {
        byte kind = bytes[at];
        return kind == NULL || kind == UNCHANGED
                ? at + 1
                : at + VALUE_HEADER_BYTES + MessageReader.int32(bytes, at + 1);
    }

    private void visitAt(int at, int index, ValueVisitor visitor) {
        Column column = relation.columns[index];
        byte kind = bytes[at];
        if (kind == NULL) {
            visitor.nullValue(column);
        } else if (kind == UNCHANGED) {
            if (replaced != null && replaced.contains(index)) {
                replaced.visit(index, visitor);
            } else {
                visitor.unchanged(column);
            }
        } else {
            int length = MessageReader.int32(bytes, at + 1);
            try {
                (kind == BINARY ? relation.binary : relation.text)
                        [index].decode(column, bytes, at + VALUE_HEADER_BYTES, length, visitor);
            } catch (MalformedValueException e) {
                throw malformed(column, kind, length, e);
            }
        }
    }

    private SourceException malformed(Column column, byte kind, int length, MalformedValueException cause) {
        return new SourceException(
                ErrorKind.RECORD,
                "MALFORMED_VALUE",
                "the " + (kind == BINARY ? "binary" : "text") + " value of " + length + " bytes in column "
                        + column.name() + " (" + column.sourceType() + ") of " + relation + " cannot be read: "
                        + cause.getMessage(),
                cause);
    }

    /** Says whether a column has the same bytes as in another row of the same table; what was not logged has not changed. */
    boolean hasSameValue(int column, WireRow other) {
        int mine = locate(column);
        int theirs = other.locate(column);
        return bytes[mine] == UNCHANGED
                || other.bytes[theirs] == UNCHANGED
                || Arrays.equals(bytes, mine, next(mine), other.bytes, theirs, other.next(theirs));
    }

    @Override
    public int retainedBytes() {
        return OVERHEAD_BYTES + (end - start) + (offsets == null ? 0 : Integer.BYTES * offsets.length);
    }

    /** Names the row without showing any value of it. */
    @Override
    public String toString() {
        return (keyOnly ? "key of " : "row of ") + relation;
    }
}
