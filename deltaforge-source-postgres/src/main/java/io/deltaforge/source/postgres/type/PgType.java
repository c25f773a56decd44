package io.deltaforge.source.postgres.type;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * One type of a PostgreSQL database, as {@code pg_type} has it. Immutable.
 *
 * @param oid the type's OID, an unsigned number kept in an {@code int} as the wire has it
 * @param name the type's own name without its schema ({@code typname}), as Type messages carry it
 * @param displayName what {@code format_type} calls it without a modifier
 * @param kind what it is made of
 * @param delimiter the character between two elements of an array of this type ({@code typdelim})
 * @param base the element of an array or the type under a domain; null for every other kind
 */
public record PgType(int oid, String name, String displayName, Kind kind, char delimiter, PgType base) {

    /** What a type is made of. */
    public enum Kind {
        /** A scalar. */
        BASE,
        /** Values of one element type in any number of dimensions. */
        ARRAY,
        /** One of a list of labels. */
        ENUM,
        /** Another type under a constraint. */
        DOMAIN,
        /** A row type. */
        COMPOSITE,
        /** A range, or a set of ranges. */
        RANGE,
        /** A type that the catalog does not know any more. */
        UNKNOWN
    }

    /** Checks that arrays and domains say what they are made of, and the others do not. */
    public PgType {
        requireNonNull(name, "name is null");
        requireNonNull(displayName, "displayName is null");
        requireNonNull(kind, "kind is null");
        boolean needsBase = kind == Kind.ARRAY || kind == Kind.DOMAIN;
        if (needsBase != (base != null)) {
            throw new IllegalArgumentException(kind + " " + name + (needsBase ? " has no" : " has a") + " base type");
        }
    }

    /**
     * Describes a type that the catalog does not know, because it was dropped since.
     *
     * @param oid the OID that the log names
     * @return the type
     */
    public static PgType unknown(int oid) {
        String name = "type with OID " + Integer.toUnsignedString(oid);
        return new PgType(oid, name, name, Kind.UNKNOWN, ',', null);
    }

    /**
     * Returns the type that decides what the values look like on the wire.
     *
     * @return the type under all domains, or this type
     */
    public PgType withoutDomains() {
        PgType type = this;
        while (type.kind == Kind.DOMAIN) {
            type = type.base;
        }
        return type;
    }

    /**
     * Returns the type of the elements.
     *
     * @return the element type of an array, or empty
     */
    public Optional<PgType> element() {
        return kind == Kind.ARRAY ? Optional.of(base) : Optional.empty();
    }
}
