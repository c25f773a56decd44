package io.deltaforge.api.event;

import static java.util.Objects.requireNonNull;

import java.math.BigDecimal;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.LocalDate;
import java.time.LocalDateTime;
import java.time.LocalTime;
import java.time.OffsetTime;
import java.time.ZoneOffset;
import java.util.Arrays;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.TimeUnit;

/**
 * A row held as Java objects, for processors that change values and for tests.
 *
 * <p>Values are {@link Boolean}, {@link Long}, {@link Float}, {@link Double}, {@link BigDecimal}, {@link String},
 * {@link Json}, {@code byte[]}, {@link UUID}, {@link LocalDate}, {@link LocalTime}, {@link OffsetTime},
 * {@link LocalDateTime}, {@link Instant}, {@link Interval}, {@link List} of these, null, {@link #UNCHANGED} and
 * {@link #ABSENT}. A value that Java's type cannot hold (24:00, {@code NaN} as decimal) is a {@link String}.
 *
 * @since 0.1.0
 */
public final class RowValues implements Row {

    /** Stands for a value that the database did not log because the statement did not touch it. */
    public static final Object UNCHANGED = new Marker("unchanged");

    /** Stands for a column about which the row says nothing. */
    public static final Object ABSENT = new Marker("absent");

    private final TableSchema schema;
    private final Object[] values;

    private RowValues(TableSchema schema, Object[] values) {
        this.schema = requireNonNull(schema, "schema is null");
        this.values = values;
        if (values.length != schema.columns().size()) {
            throw new IllegalArgumentException(
                    schema + " has " + schema.columns().size() + " columns, got " + values.length + " values");
        }
    }

    /**
     * A JSON document.
     *
     * @param text the document as text
     */
    public record Json(String text) {}

    /**
     * An interval whose parts do not carry over into one another.
     *
     * @param months months
     * @param days days
     * @param micros microseconds
     */
    public record Interval(int months, int days, long micros) {}

    private record Marker(String name) {
        @Override
        public String toString() {
            return name;
        }
    }

    /**
     * Makes a row.
     *
     * @param schema the shape
     * @param values one value per column, in table order
     * @return the row
     */
    public static RowValues of(TableSchema schema, Object... values) {
        return new RowValues(schema, values.clone());
    }

    /**
     * Reads every value of a row.
     *
     * @param row any row
     * @return the same row held as objects
     */
    public static RowValues copyOf(Row row) {
        if (row instanceof RowValues same) {
            return same;
        }
        Object[] values = new Object[row.schema().columns().size()];
        ValueReader reader = new ValueReader();
        for (int i = 0; i < values.length; i++) {
            values[i] = row.contains(i) ? reader.read(row, i) : ABSENT;
        }
        return new RowValues(row.schema(), values);
    }

    static Object read(Row row, int column) {
        return row.contains(column) ? new ValueReader().read(row, column) : ABSENT;
    }

    @Override
    public TableSchema schema() {
        return schema;
    }

    @Override
    public boolean contains(int column) {
        return values[column] != ABSENT;
    }

    @Override
    public void visit(int column, ValueVisitor visitor) {
        give(schema.columns().get(column), values[column], visitor);
    }

    @Override
    public int retainedBytes() {
        int bytes = 0;
        for (Object value : values) {
            bytes += value instanceof String s ? 2 * s.length() : value instanceof byte[] b ? b.length : 16;
        }
        return bytes;
    }

    @Override
    public Object value(int column) {
        return values[column];
    }

    @Override
    public Row with(int column, Object value) {
        Object[] changed = values.clone();
        changed[column] = value;
        return new RowValues(schema, changed);
    }

    private static void give(Column column, Object value, ValueVisitor visitor) {
        if (value == null) {
            visitor.nullValue(column);
        } else if (value == UNCHANGED) {
            visitor.unchanged(column);
        } else if (value instanceof String s) {
            byte[] utf8 = s.getBytes(StandardCharsets.UTF_8);
            if (column.type() == LogicalType.DECIMAL) {
                visitor.decimal(column, utf8, 0, utf8.length);
            } else {
                visitor.text(column, utf8, 0, utf8.length);
            }
        } else if (value instanceof List<?> list) {
            giveArray(column, list, visitor);
        } else {
            givePrimitive(column, value, visitor);
        }
    }

    private static void giveArray(Column column, List<?> list, ValueVisitor visitor) {
        visitor.beginArray(column, list.size());
        for (Object element : list) {
            give(element instanceof List ? column : column.element().orElse(column), element, visitor);
        }
        visitor.endArray(column);
    }

    private static void givePrimitive(Column column, Object value, ValueVisitor visitor) {
        if (value instanceof Boolean b) {
            visitor.bool(column, b);
        } else if (value instanceof Float f) {
            visitor.float32(column, f);
        } else if (value instanceof Double d) {
            visitor.float64(column, d);
        } else if (value instanceof Long || value instanceof Integer || value instanceof Short) {
            visitor.integer(column, ((Number) value).longValue());
        } else if (value instanceof BigDecimal d) {
            byte[] ascii = d.toPlainString().getBytes(StandardCharsets.US_ASCII);
            visitor.decimal(column, ascii, 0, ascii.length);
        } else if (value instanceof Json j) {
            byte[] utf8 = j.text().getBytes(StandardCharsets.UTF_8);
            visitor.json(column, utf8, 0, utf8.length);
        } else if (value instanceof byte[] b) {
            visitor.binary(column, b, 0, b.length);
        } else if (value instanceof UUID u) {
            visitor.uuid(column, u.getMostSignificantBits(), u.getLeastSignificantBits());
        } else {
            giveTemporal(column, value, visitor);
        }
    }

    private static void giveTemporal(Column column, Object value, ValueVisitor visitor) {
        if (value instanceof LocalDate d) {
            visitor.date(column, d.toEpochDay());
        } else if (value instanceof LocalTime t) {
            visitor.time(column, TimeUnit.NANOSECONDS.toMicros(t.toNanoOfDay()));
        } else if (value instanceof OffsetTime t) {
            visitor.timeTz(
                    column,
                    TimeUnit.NANOSECONDS.toMicros(t.toLocalTime().toNanoOfDay()),
                    t.getOffset().getTotalSeconds());
        } else if (value instanceof LocalDateTime t) {
            visitor.timestamp(column, micros(t.toInstant(ZoneOffset.UTC)));
        } else if (value instanceof Instant t) {
            visitor.timestampTz(column, micros(t));
        } else if (value instanceof Interval i) {
            visitor.interval(column, i.months(), i.days(), i.micros());
        } else {
            throw new IllegalArgumentException("column " + column.name() + " cannot hold a "
                    + value.getClass().getName());
        }
    }

    private static long micros(Instant instant) {
        return Math.addExact(
                Math.multiplyExact(instant.getEpochSecond(), 1_000_000L),
                TimeUnit.NANOSECONDS.toMicros(instant.getNano()));
    }

    @Override
    public boolean equals(Object other) {
        return other instanceof RowValues that && schema == that.schema && Arrays.deepEquals(values, that.values);
    }

    @Override
    public int hashCode() {
        return Arrays.deepHashCode(values);
    }

    @Override
    public String toString() {
        return schema + Arrays.deepToString(values);
    }
}
