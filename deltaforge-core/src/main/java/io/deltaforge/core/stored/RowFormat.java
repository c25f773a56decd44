package io.deltaforge.core.stored;

import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.Row;
import io.deltaforge.api.event.ValueVisitor;

/**
 * Writes a row as what it hands to a visitor, so that a restored row hands out the same and every encoder makes the same bytes
 * of it.
 *
 * <p>Stored form: per column of the table one value. A value is one byte kind, in its lowest five bits, and what the kind
 * says below. The kind of an array is followed by its values and ends with {@link #END}. The upper three bits of the kind say
 * for which column the visitor was called: 0 for the column itself, 1 for its element, 2 for the element's element.
 *
 * <p>Numbers of kinds never change and are never used again.
 */
final class RowFormat implements ValueVisitor {

    /** The row says nothing about the column. */
    static final int ABSENT = 0;

    static final int NULL = 1;
    static final int UNCHANGED = 2;
    static final int FALSE = 3;
    static final int TRUE = 4;
    /** Eight bytes. */
    static final int INTEGER = 5;
    /** Four bytes, IEEE 754. */
    static final int FLOAT32 = 6;
    /** Eight bytes, IEEE 754. */
    static final int FLOAT64 = 7;
    /** Four bytes length, ASCII. */
    static final int DECIMAL = 8;
    /** Four bytes length, UTF-8. */
    static final int TEXT = 9;
    /** Four bytes length, UTF-8. */
    static final int JSON = 10;
    /** Four bytes length, the bytes. */
    static final int BINARY = 11;
    /** Sixteen bytes. */
    static final int UUID = 12;
    /** Eight bytes, days since 1970. */
    static final int DATE = 13;
    /** Eight bytes, microseconds of the day. */
    static final int TIME = 14;
    /** Eight bytes, microseconds of the day; four bytes, seconds east of UTC. */
    static final int TIME_TZ = 15;
    /** Eight bytes, microseconds since 1970. */
    static final int TIMESTAMP = 16;
    /** Eight bytes, microseconds since 1970. */
    static final int TIMESTAMP_TZ = 17;
    /** Four bytes months, four bytes days, eight bytes microseconds. */
    static final int INTERVAL = 18;
    /** Four bytes number of values, then these and {@link #END}. */
    static final int ARRAY = 19;
    /** The end of an array. */
    static final int END = 20;

    static final int KIND_BITS = 5;

    /** What follows each kind, in bytes; -1 for four bytes length and a run of that length. */
    private static final int[] SIZES = {0, 0, 0, 0, 0, 8, 4, 8, -1, -1, -1, -1, 16, 8, 8, 12, 8, 8, 16, 4, 0};

    private static final int MOST_HOPS = 7;

    private final ByteWriter out;
    private Column top;

    RowFormat(ByteWriter out) {
        this.out = out;
    }

    /** Writes every column of a row, those it does not contain included. */
    void write(Row row) {
        for (Column column : row.schema().columns()) {
            if (row.contains(column.index())) {
                top = column;
                row.visit(column.index(), this);
            } else {
                out.u1(ABSENT);
            }
        }
    }

    /**
     * Moves a reader over what follows a kind.
     *
     * @throws RuntimeException when there is no such kind or not as many bytes
     */
    static void skip(ByteReader in, int kind) {
        if (kind >= SIZES.length) {
            throw new IllegalArgumentException(
                    "a value of the unknown kind " + kind + " before place " + in.position());
        }
        in.skipRun(SIZES[kind] >= 0 ? SIZES[kind] : in.i4());
    }

    private void kind(Column column, int kind) {
        int hops = 0;
        Column at = top;
        while (at != column) {
            at = at.element().orElse(null);
            if (at == null || ++hops > MOST_HOPS) {
                throw new IllegalArgumentException("a row of column " + top + " handed out a value of column " + column
                        + ", which is neither that column nor an element of it");
            }
        }
        out.u1(hops << KIND_BITS | kind);
    }

    @Override
    public void nullValue(Column column) {
        kind(column, NULL);
    }

    @Override
    public void unchanged(Column column) {
        kind(column, UNCHANGED);
    }

    @Override
    public void bool(Column column, boolean value) {
        kind(column, value ? TRUE : FALSE);
    }

    @Override
    public void integer(Column column, long value) {
        number(column, INTEGER, value);
    }

    @Override
    public void float32(Column column, float value) {
        kind(column, FLOAT32);
        out.i4(Float.floatToRawIntBits(value));
    }

    @Override
    public void float64(Column column, double value) {
        number(column, FLOAT64, Double.doubleToRawLongBits(value));
    }

    @Override
    public void decimal(Column column, byte[] ascii, int offset, int length) {
        kind(column, DECIMAL);
        out.run(ascii, offset, length);
    }

    @Override
    public void text(Column column, byte[] utf8, int offset, int length) {
        kind(column, TEXT);
        out.run(utf8, offset, length);
    }

    @Override
    public void json(Column column, byte[] utf8, int offset, int length) {
        kind(column, JSON);
        out.run(utf8, offset, length);
    }

    @Override
    public void binary(Column column, byte[] bytes, int offset, int length) {
        kind(column, BINARY);
        out.run(bytes, offset, length);
    }

    @Override
    public void uuid(Column column, long high, long low) {
        number(column, UUID, high);
        out.i8(low);
    }

    @Override
    public void date(Column column, long epochDay) {
        number(column, DATE, epochDay);
    }

    @Override
    public void time(Column column, long microsOfDay) {
        number(column, TIME, microsOfDay);
    }

    @Override
    public void timeTz(Column column, long microsOfDay, int offsetSeconds) {
        number(column, TIME_TZ, microsOfDay);
        out.i4(offsetSeconds);
    }

    @Override
    public void timestamp(Column column, long epochMicros) {
        number(column, TIMESTAMP, epochMicros);
    }

    @Override
    public void timestampTz(Column column, long epochMicros) {
        number(column, TIMESTAMP_TZ, epochMicros);
    }

    @Override
    public void interval(Column column, int months, int days, long micros) {
        kind(column, INTERVAL);
        out.i4(months);
        out.i4(days);
        out.i8(micros);
    }

    @Override
    public void beginArray(Column column, int length) {
        kind(column, ARRAY);
        out.i4(length);
    }

    @Override
    public void endArray(Column column) {
        kind(column, END);
    }

    private void number(Column column, int kind, long value) {
        kind(column, kind);
        out.i8(value);
    }
}
