package io.deltaforge.server.config.text;

import static java.util.Objects.requireNonNull;

import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.List;

/**
 * Which variables and files a configuration may ask for: names of variables and {@code file:/path}, each of which may end with an
 * asterisk. Immutable.
 */
public final class References {

    /** Whatever there is. */
    public static final References ANY = new References(List.of("*"));

    /** None is looked at: texts stay as they are written. */
    public static final References KEPT = new References(List.of());

    private static final String FILE = "file:";

    private final List<String> patterns;

    /**
     * Takes patterns.
     *
     * @param patterns what is allowed
     */
    public References(List<String> patterns) {
        this.patterns = List.copyOf(requireNonNull(patterns, "patterns is null"));
    }

    /** Says whether a variable, or a file written as {@code file:/path}, is allowed. */
    boolean allow(String reference) {
        String asked = reference.startsWith(FILE) ? FILE + normal(reference.substring(FILE.length())) : reference;
        return this == KEPT || patterns.stream().anyMatch(pattern -> matches(pattern, asked));
    }

    private static boolean matches(String pattern, String asked) {
        if (!pattern.endsWith("*")) {
            return pattern.equals(asked);
        }
        boolean sameKind = pattern.equals("*") || pattern.startsWith(FILE) == asked.startsWith(FILE);
        return sameKind && asked.startsWith(pattern.substring(0, pattern.length() - 1));
    }

    /** The path without detours, so that none leads out of what is allowed. */
    private static String normal(String path) {
        try {
            return Path.of(path).toAbsolutePath().normalize().toString();
        } catch (InvalidPathException e) {
            return "";
        }
    }
}
