package io.deltaforge.source.postgres.type;

import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.LogicalType;
import java.util.Optional;

/** Knows for every type what it means and how its two forms on the wire are read. */
public final class ValueDecoders {

    /** OIDs below this one are the same in every database of every version. */
    private static final int FIRST_UNPINNED_OID = 10_000;

    private static final ValueDecoder TEXT = BinaryScalars::text;

    private ValueDecoders() {}

    /**
     * Finds the decoder for the form that a type's send function writes.
     *
     * @param type the type
     * @return the decoder, or empty when the form is not known here
     */
    public static Optional<ValueDecoder> binary(PgType type) {
        return Optional.ofNullable(binaryOrNull(type));
    }

    private static ValueDecoder binaryOrNull(PgType type) {
        return switch (type.kind()) {
            case DOMAIN -> binaryOrNull(type.base());
            case ENUM -> TEXT;
            case ARRAY -> {
                ValueDecoder element = binaryOrNull(type.base());
                yield element == null ? null : new BinaryArray(type.base().oid(), element);
            }
            case BASE -> scalar(type).binary();
            case COMPOSITE, RANGE, UNKNOWN -> null;
        };
    }

    /**
     * Finds the decoder for the form that a type's output function writes.
     *
     * @param type the type
     * @return the decoder
     */
    public static ValueDecoder text(PgType type) {
        return switch (type.kind()) {
            case DOMAIN -> text(type.base());
            case ARRAY -> new TextArray(type.base().delimiter(), text(type.base()));
            case BASE -> scalar(type).text();
            case ENUM, COMPOSITE, RANGE, UNKNOWN -> TEXT;
        };
    }

    /**
     * Describes a column.
     *
     * @param name its name
     * @param index its place in the table, from 0
     * @param type its type
     * @param displayName what the database calls the type, modifier included
     * @return the column; a domain looks like the type under it
     */
    public static Column column(String name, int index, PgType type, String displayName) {
        PgType plain = type.withoutDomains();
        return plain.kind() == PgType.Kind.ARRAY
                ? Column.arrayOf(
                        name,
                        index,
                        column(name, index, plain.base(), plain.base().displayName()),
                        displayName)
                : Column.of(name, index, logicalType(plain), displayName);
    }

    private static LogicalType logicalType(PgType type) {
        return switch (type.kind()) {
            case BASE -> scalar(type).logical();
            case ENUM -> LogicalType.ENUM;
            default -> LogicalType.OTHER;
        };
    }

    private static ScalarType scalar(PgType type) {
        return Integer.compareUnsigned(type.oid(), FIRST_UNPINNED_OID) < 0
                ? ScalarType.builtIn(type.oid())
                : ScalarType.ofExtension(type.name());
    }
}
