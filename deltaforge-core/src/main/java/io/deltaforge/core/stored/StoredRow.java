package io.deltaforge.core.stored;

import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.Row;
import io.deltaforge.api.event.TableSchema;
import io.deltaforge.api.event.ValueVisitor;
import java.util.Optional;

/** A row over the bytes that {@link RowFormat} wrote: hands out what the original handed out. */
final class StoredRow implements Row {

    private static final int KIND_MASK = (1 << RowFormat.KIND_BITS) - 1;

    private final TableSchema schema;
    private final byte[] bytes;
    private final int[] offsets;
    private final int size;

    /** Takes a row from where a reader stands, and moves the reader behind it. */
    StoredRow(TableSchema schema, ByteReader in) {
        this.schema = schema;
        this.bytes = in.array();
        this.offsets = new int[schema.columns().size()];
        int start = in.position();
        for (int i = 0; i < offsets.length; i++) {
            offsets[i] = in.position();
            check(in, schema.columns().get(i));
        }
        this.size = in.position() - start;
    }

    /** Goes over one value, an array with all that is in it, so that it can be handed out without surprises. */
    private static void check(ByteReader in, Column column) {
        int depth = 0;
        do {
            int written = in.u1();
            int kind = written & KIND_MASK;
            element(column, written >>> RowFormat.KIND_BITS);
            RowFormat.skip(in, kind);
            depth += kind == RowFormat.ARRAY ? 1 : kind == RowFormat.END ? -1 : 0;
        } while (depth > 0);
        if (depth < 0) {
            throw new IllegalArgumentException("an array ends before place " + in.position() + " and none begins");
        }
    }

    @Override
    public TableSchema schema() {
        return schema;
    }

    @Override
    public boolean contains(int column) {
        return bytes[offsets[column]] != RowFormat.ABSENT;
    }

    @Override
    public void visit(int column, ValueVisitor visitor) {
        ByteReader in = new ByteReader(bytes, offsets[column]);
        int depth = 0;
        do {
            int written = in.u1();
            int kind = written & KIND_MASK;
            Column of = element(schema.columns().get(column), written >>> RowFormat.KIND_BITS);
            depth += kind == RowFormat.ARRAY ? 1 : kind == RowFormat.END ? -1 : 0;
            give(in, kind, of, visitor);
        } while (depth > 0);
    }

    @Override
    public int retainedBytes() {
        return size;
    }

    private static Column element(Column column, int hops) {
        Optional<Column> at = Optional.of(column);
        for (int i = 0; i < hops; i++) {
            at = at.flatMap(Column::element);
        }
        return at.orElseThrow(
                () -> new IllegalArgumentException("an element of column " + column + ", which has no elements"));
    }

    private static void give(ByteReader in, int kind, Column column, ValueVisitor visitor) {
        switch (kind) {
            case RowFormat.ABSENT -> {}
            case RowFormat.NULL -> visitor.nullValue(column);
            case RowFormat.UNCHANGED -> visitor.unchanged(column);
            case RowFormat.FALSE, RowFormat.TRUE -> visitor.bool(column, kind == RowFormat.TRUE);
            case RowFormat.INTEGER -> visitor.integer(column, in.i8());
            case RowFormat.FLOAT32 -> visitor.float32(column, Float.intBitsToFloat(in.i4()));
            case RowFormat.FLOAT64 -> visitor.float64(column, Double.longBitsToDouble(in.i8()));
            case RowFormat.DECIMAL, RowFormat.TEXT, RowFormat.JSON, RowFormat.BINARY ->
                giveRun(in, kind, column, visitor);
            case RowFormat.UUID -> visitor.uuid(column, in.i8(), in.i8());
            case RowFormat.DATE -> visitor.date(column, in.i8());
            case RowFormat.TIME -> visitor.time(column, in.i8());
            case RowFormat.TIME_TZ -> visitor.timeTz(column, in.i8(), in.i4());
            case RowFormat.TIMESTAMP -> visitor.timestamp(column, in.i8());
            case RowFormat.TIMESTAMP_TZ -> visitor.timestampTz(column, in.i8());
            case RowFormat.INTERVAL -> visitor.interval(column, in.i4(), in.i4(), in.i8());
            case RowFormat.ARRAY -> visitor.beginArray(column, in.i4());
            case RowFormat.END -> visitor.endArray(column);
            default -> throw new IllegalStateException("a value of kind " + kind + " was let through");
        }
    }

    private static void giveRun(ByteReader in, int kind, Column column, ValueVisitor visitor) {
        int length = in.i4();
        int from = in.skipRun(length);
        switch (kind) {
            case RowFormat.DECIMAL -> visitor.decimal(column, in.array(), from, length);
            case RowFormat.TEXT -> visitor.text(column, in.array(), from, length);
            case RowFormat.JSON -> visitor.json(column, in.array(), from, length);
            default -> visitor.binary(column, in.array(), from, length);
        }
    }
}
