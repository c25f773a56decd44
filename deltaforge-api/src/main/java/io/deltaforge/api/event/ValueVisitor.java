package io.deltaforge.api.event;

/**
 * Receives column values as typed primitives, so that an encoder can write them without boxing and without parsing text
 * again. Exactly one method is called for a single value; an array is a {@link #beginArray}, its elements and an
 * {@link #endArray}, nested for more dimensions.
 *
 * <p>Byte arrays belong to the row and are valid during the call only: copy what must stay, change nothing.
 *
 * @since 0.1.0
 */
public interface ValueVisitor {

    /**
     * SQL NULL.
     *
     * @param column the column
     */
    void nullValue(Column column);

    /**
     * The database did not log the value because the statement did not touch it (PostgreSQL: unchanged TOAST).
     *
     * @param column the column
     */
    void unchanged(Column column);

    /**
     * A truth value.
     *
     * @param column the column
     * @param value the value
     */
    void bool(Column column, boolean value);

    /**
     * A whole number.
     *
     * @param column the column
     * @param value the value
     */
    void integer(Column column, long value);

    /**
     * A single precision number, NaN and infinities included.
     *
     * @param column the column
     * @param value the value
     */
    void float32(Column column, float value);

    /**
     * A double precision number, NaN and infinities included.
     *
     * @param column the column
     * @param value the value
     */
    void float64(Column column, double value);

    /**
     * A decimal number as ASCII text without exponent ({@code -12.50}, scale kept), or {@code NaN}, {@code Infinity},
     * {@code -Infinity}.
     *
     * @param column the column
     * @param ascii where the text is
     * @param offset its first byte
     * @param length its length in bytes
     */
    void decimal(Column column, byte[] ascii, int offset, int length);

    /**
     * Characters: text, enumeration labels, types without a form of their own, and temporal values outside the calendar
     * ({@code infinity}, {@code -infinity}).
     *
     * @param column the column
     * @param utf8 where the text is
     * @param offset its first byte
     * @param length its length in bytes
     */
    void text(Column column, byte[] utf8, int offset, int length);

    /**
     * A JSON document that the database has checked.
     *
     * @param column the column
     * @param utf8 where the document is
     * @param offset its first byte
     * @param length its length in bytes
     */
    void json(Column column, byte[] utf8, int offset, int length);

    /**
     * Bytes.
     *
     * @param column the column
     * @param bytes where they are
     * @param offset the first
     * @param length how many
     */
    void binary(Column column, byte[] bytes, int offset, int length);

    /**
     * A UUID.
     *
     * @param column the column
     * @param high its first eight bytes
     * @param low its last eight bytes
     */
    void uuid(Column column, long high, long low);

    /**
     * A day.
     *
     * @param column the column
     * @param epochDay days since 1970-01-01, proleptic Gregorian
     */
    void date(Column column, long epochDay);

    /**
     * A time of day.
     *
     * @param column the column
     * @param microsOfDay microseconds since midnight; 86,400,000,000 is 24:00
     */
    void time(Column column, long microsOfDay);

    /**
     * A time of day with an offset.
     *
     * @param column the column
     * @param microsOfDay local microseconds since midnight
     * @param offsetSeconds seconds east of UTC
     */
    void timeTz(Column column, long microsOfDay, int offsetSeconds);

    /**
     * A date and time without zone.
     *
     * @param column the column
     * @param epochMicros microseconds since 1970-01-01T00:00 of the same nameless zone
     */
    void timestamp(Column column, long epochMicros);

    /**
     * An instant.
     *
     * @param column the column
     * @param epochMicros microseconds since 1970-01-01T00:00Z
     */
    void timestampTz(Column column, long epochMicros);

    /**
     * An interval; the three parts do not carry over into one another.
     *
     * @param column the column
     * @param months months
     * @param days days
     * @param micros microseconds
     */
    void interval(Column column, int months, int days, long micros);

    /**
     * The start of an array; one call per element follows, then {@link #endArray}.
     *
     * @param column the column, or the element of the surrounding array for inner dimensions
     * @param length the number of elements at this level
     */
    void beginArray(Column column, int length);

    /**
     * The end of the array begun last.
     *
     * @param column as given to {@link #beginArray}
     */
    void endArray(Column column);
}
