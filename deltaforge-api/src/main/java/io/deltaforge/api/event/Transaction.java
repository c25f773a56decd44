package io.deltaforge.api.event;

/**
 * The source transaction that an event belongs to; one instance serves all its events. A snapshot chunk counts as a
 * transaction. Implemented by sources.
 *
 * @since 0.1.0
 */
public interface Transaction {

    /**
     * Returns what kind of database this is, as envelopes name it.
     *
     * @return {@code postgresql} or {@code mysql}, for instance
     */
    String connector();

    /**
     * Returns the database's name of the transaction.
     *
     * @return for example PostgreSQL's transaction id or MySQL's GTID
     */
    String id();

    /**
     * Returns when the transaction was committed, by the database's clock.
     *
     * @return microseconds since 1970-01-01T00:00Z
     */
    long commitMicros();

    /**
     * Returns the first half of a 128-bit hash that names the transaction for ever: the same after every replay, on any
     * host, whatever the pipeline or the address of the database is.
     *
     * @return 64 bits of the hash
     * @see EventId
     */
    long hashHigh();

    /**
     * Returns the second half of the hash.
     *
     * @return 64 bits of the hash
     */
    long hashLow();

    /**
     * Returns the position just after one of the transaction's events, from which the source can resume inside the
     * transaction.
     *
     * @param ordinal the event's ordinal
     * @return the position
     */
    SourcePosition positionAfter(long ordinal);

    /**
     * Writes what the {@code source} block of an envelope says about the transaction beyond time and table, such as the
     * log position. The answer never changes, so encoders may cache it.
     *
     * @param fields receives the fields in the order they are to appear
     */
    void describe(SourceFields fields);

    /** Receives fields of the {@code source} block. */
    interface SourceFields {

        /**
         * A field with text.
         *
         * @param name the field's name
         * @param value its value
         */
        void text(String name, String value);

        /**
         * A field with a whole number.
         *
         * @param name the field's name
         * @param value its value
         */
        void number(String name, long value);
    }
}
