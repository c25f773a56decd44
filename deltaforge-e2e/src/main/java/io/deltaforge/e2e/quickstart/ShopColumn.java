package io.deltaforge.e2e.quickstart;

import java.math.BigDecimal;
import java.time.Instant;

/** A column of a shop table and the Java type its values have here. */
record ShopColumn(String name, Kind kind) {

    /** How values are kept: the same type whether they were written, read back, or seen in Kafka. */
    enum Kind {
        /** {@code bigint} and {@code integer}: {@link Long}. */
        INTEGER,
        /** {@code numeric}: {@link BigDecimal} with the scale of the column. */
        DECIMAL,
        /** {@code text}: {@link String}. */
        TEXT,
        /** {@code timestamptz}: {@link Instant} in whole microseconds. */
        TIMESTAMP
    }

    static ShopColumn integer(String name) {
        return new ShopColumn(name, Kind.INTEGER);
    }

    static ShopColumn decimal(String name) {
        return new ShopColumn(name, Kind.DECIMAL);
    }

    static ShopColumn text(String name) {
        return new ShopColumn(name, Kind.TEXT);
    }

    static ShopColumn timestamp(String name) {
        return new ShopColumn(name, Kind.TIMESTAMP);
    }
}
