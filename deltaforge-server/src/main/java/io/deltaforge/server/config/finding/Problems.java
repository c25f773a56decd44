package io.deltaforge.server.config.finding;

import io.deltaforge.server.config.finding.Finding.Excerpt;
import io.deltaforge.server.config.finding.Finding.Severity;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * Collects what is wrong, so that everything can be said at once, and keeps secrets out of it. Not thread-safe.
 */
public final class Problems {

    /** Shorter ones occur in ordinary words. */
    private static final int SHORTEST_SECRET = 4;

    private static final int MAX_MESSAGE = 1_000;

    private final List<Entry> found = new ArrayList<>();
    private final Set<String> secrets = new HashSet<>();
    private int errors;

    /** Makes an empty collection. */
    public Problems() {}

    /** One problem while it is being described; it is in the collection from the beginning. */
    public static final class Entry {
        private final Severity severity;
        private final String code;
        private final Place place;
        private final String path;
        private final String message;
        private String expected = "";
        private String suggestion = "";
        private String fix = "";

        private Entry(Severity severity, String code, Place place, String path, String message) {
            this.severity = severity;
            this.code = code;
            this.place = place;
            this.path = path;
            this.message = message;
        }

        /**
         * Says what would have been right.
         *
         * @param what what was expected
         * @return this entry
         */
        public Entry expected(String what) {
            expected = what;
            return this;
        }

        /**
         * Says what may have been meant.
         *
         * @param what as it would be written; empty when nothing is near
         * @return this entry
         */
        public Entry suggestion(Optional<String> what) {
            suggestion = what.orElse("");
            return this;
        }

        /**
         * Says what to do.
         *
         * @param what a remedy
         * @return this entry
         */
        public Entry fix(String what) {
            fix = what;
            return this;
        }
    }

    /**
     * Adds something with which nothing can run.
     *
     * @param code what kind of fault it is, in capitals
     * @param place where it is written
     * @param path the setting's path; empty when it is about the text
     * @param message what was found
     * @return the problem, to describe it further
     */
    public Entry error(String code, Place place, String path, String message) {
        errors++;
        return add(new Entry(Severity.ERROR, code, place, path, message));
    }

    /**
     * Adds something that an operator should know.
     *
     * @param code what it is, in capitals
     * @param place where it is written
     * @param path the setting's path
     * @param message what was found
     * @return the problem, to describe it further
     */
    public Entry warning(String code, Place place, String path, String message) {
        return add(new Entry(Severity.WARNING, code, place, path, message));
    }

    private Entry add(Entry entry) {
        found.add(entry);
        return entry;
    }

    /**
     * Says that a text must not be seen in any finding.
     *
     * @param text the text
     */
    public void keepSecret(String text) {
        if (text.length() >= SHORTEST_SECRET) {
            secrets.add(text);
        }
    }

    /**
     * Returns how many errors there are so far.
     *
     * @return the errors, without the warnings
     */
    public int errors() {
        return errors;
    }

    /**
     * Returns everything in the order of the files.
     *
     * @return the findings, without secrets
     */
    public List<Finding> findings() {
        return found.stream()
                .map(this::finding)
                .distinct()
                .sorted(Comparator.comparing(Finding::file)
                        .thenComparingInt(Finding::line)
                        .thenComparingInt(Finding::column)
                        .thenComparing(Finding::path)
                        .thenComparing(Finding::message))
                .toList();
    }

    private Finding finding(Entry entry) {
        Optional<Excerpt> excerpt = entry.place.excerpt();
        return new Finding(
                entry.severity,
                entry.code,
                masked(entry.message),
                entry.place.source().name(),
                entry.place.line(),
                entry.place.column(),
                masked(entry.path),
                masked(entry.expected),
                masked(entry.suggestion),
                masked(entry.fix),
                excerpt.filter(shown -> masked(shown.line()).equals(shown.line())));
    }

    private String masked(String text) {
        String masked = text;
        for (String secret : secrets) {
            masked = masked.replace(secret, "***");
        }
        return masked.length() > MAX_MESSAGE ? masked.substring(0, MAX_MESSAGE) + "..." : masked;
    }
}
