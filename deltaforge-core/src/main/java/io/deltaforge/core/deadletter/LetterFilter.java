package io.deltaforge.core.deadletter;

import static java.util.Objects.requireNonNull;

import java.time.Instant;
import java.util.Optional;
import java.util.Set;

/**
 * Says which letters are meant. What is empty does not matter.
 *
 * @param ids their numbers; empty for any
 * @param origin who put them aside
 * @param code why, in capitals
 * @param row which rows they are about
 * @param from the earliest moment at which they were put aside for the first time, inclusive
 * @param to the latest such moment, exclusive
 */
public record LetterFilter(
        Set<Long> ids,
        Optional<Origin> origin,
        Optional<String> code,
        RowFilter row,
        Optional<Instant> from,
        Optional<Instant> to) {

    /** Every letter. */
    public static final LetterFilter ALL = new LetterFilter(
            Set.of(),
            Optional.empty(),
            Optional.empty(),
            new RowFilter(Optional.empty(), Optional.empty()),
            Optional.empty(),
            Optional.empty());

    /**
     * Says which rows are meant.
     *
     * @param table the table's name with its schema, or with its database where there is no schema level
     * @param key the row's key as a compact JSON object with the columns in key order, as {@code {"id":1}}
     */
    public record RowFilter(Optional<String> table, Optional<String> key) {
        /** Refuses missing parts. */
        public RowFilter {
            requireNonNull(table, "table is null");
            requireNonNull(key, "key is null");
        }
    }

    /** Refuses missing parts. */
    public LetterFilter {
        ids = Set.copyOf(ids);
        requireNonNull(origin, "origin is null");
        requireNonNull(code, "code is null");
        requireNonNull(row, "row is null");
        requireNonNull(from, "from is null");
        requireNonNull(to, "to is null");
    }

    /**
     * Means letters by their numbers.
     *
     * @param ids the numbers, at least one
     * @return the filter
     */
    public static LetterFilter ids(Set<Long> ids) {
        return new LetterFilter(ids, ALL.origin, ALL.code, ALL.row, ALL.from, ALL.to);
    }

    /**
     * Means the letters of one sink or processor.
     *
     * @param origin whose
     * @return the filter
     */
    public static LetterFilter of(Origin origin) {
        return new LetterFilter(ALL.ids, Optional.of(origin), ALL.code, ALL.row, ALL.from, ALL.to);
    }

    /** Whether a letter is meant. */
    boolean accepts(LetterHead head) {
        EventKey key = head.key();
        return (ids.isEmpty() || ids.contains(head.id()))
                && origin.map(head.origin()::equals).orElse(true)
                && code.map(head.code()::equals).orElse(true)
                && row.table.map(key.table().qualifiedName()::equals).orElse(true)
                && row.key
                        .map(text -> text.equals(key.key()) || text.equals(key.old()))
                        .orElse(true)
                && from.map(moment -> !head.first().isBefore(moment)).orElse(true)
                && to.map(head.first()::isBefore).orElse(true);
    }
}
