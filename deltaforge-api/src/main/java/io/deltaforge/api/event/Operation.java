package io.deltaforge.api.event;

/**
 * What happened to a row or a table, with the one-letter code used on the wire.
 *
 * @since 0.1.0
 */
public enum Operation {
    /** A row was inserted. */
    CREATE("c"),
    /** A row was changed; its key stayed the same. */
    UPDATE("u"),
    /** A row was deleted. */
    DELETE("d"),
    /** A row was read by a snapshot. */
    READ("r"),
    /** A table was emptied; such an event has no rows. */
    TRUNCATE("t");

    private final String code;

    Operation(String code) {
        this.code = code;
    }

    /**
     * Returns the one-letter code.
     *
     * @return {@code c}, {@code u}, {@code d}, {@code r} or {@code t}
     */
    public String code() {
        return code;
    }
}
