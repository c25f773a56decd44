package io.deltaforge.api.event;

/**
 * What a column's values mean, whatever the database calls its type; decides which {@link ValueVisitor} method is called.
 *
 * @since 0.1.0
 */
public enum LogicalType {
    /** True or false. */
    BOOLEAN,
    /** A whole number of at most 64 bits. */
    INTEGER,
    /** An IEEE 754 single. */
    FLOAT32,
    /** An IEEE 754 double. */
    FLOAT64,
    /** A decimal number of any precision. */
    DECIMAL,
    /** Characters. */
    TEXT,
    /** A JSON document. */
    JSON,
    /** Bytes. */
    BINARY,
    /** A 128-bit identifier. */
    UUID,
    /** A day of the proleptic Gregorian calendar. */
    DATE,
    /** A time of day without zone. */
    TIME,
    /** A time of day with an offset from UTC. */
    TIME_TZ,
    /** A date and time without zone. */
    TIMESTAMP,
    /** An instant. */
    TIMESTAMP_TZ,
    /** Months, days and microseconds, each counted by itself. */
    INTERVAL,
    /** One label of an enumeration, handed out as text. */
    ENUM,
    /** A list of values of one type; {@link Column#element()} says which. */
    ARRAY,
    /** Anything else, handed out as the database's own text form. */
    OTHER
}
