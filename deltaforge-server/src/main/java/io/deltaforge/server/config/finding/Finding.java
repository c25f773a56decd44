package io.deltaforge.server.config.finding;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * One thing that is wrong, or that an operator should know. Holds no secret.
 *
 * @param severity whether anything can run with it
 * @param code what kind of fault it is, a stable word in capitals
 * @param message what was found
 * @param file the file as it was named; empty when it is about no file
 * @param line the line, from 1; 0 when it is about the whole file
 * @param column the column, from 1; 0 when it is about a whole line
 * @param path the setting's path; empty when it is about the text of the file
 * @param expected what would have been right; empty when the message says it
 * @param suggestion what may have been meant, as it would be written; empty when nothing is near
 * @param fix what to do about it; empty when the rest says it
 * @param excerpt the line with the place in it; empty when there is none to show
 */
public record Finding(
        Severity severity,
        String code,
        String message,
        String file,
        int line,
        int column,
        String path,
        String expected,
        String suggestion,
        String fix,
        Optional<Excerpt> excerpt) {

    /** Whether anything can run with it. */
    public enum Severity {
        /** Nothing is started. */
        ERROR,
        /** It runs, and not quite as it is written. */
        WARNING
    }

    /**
     * A line of the file with what may be secret left out.
     *
     * @param line the line
     * @param start where in it the place begins, from 0
     * @param length how long the place is, at least 1
     */
    public record Excerpt(String line, int start, int length) {}

    /** Refuses missing parts. */
    public Finding {
        requireNonNull(severity, "severity is null");
        requireNonNull(code, "code is null");
        requireNonNull(message, "message is null");
        requireNonNull(excerpt, "excerpt is null");
    }

    /**
     * Returns whether nothing can run with it.
     *
     * @return true for errors
     */
    public boolean isError() {
        return severity == Severity.ERROR;
    }

    /**
     * Returns the place for people and editors.
     *
     * @return {@code file:line:column} as far as it is known
     */
    public String place() {
        return file + (line > 0 ? ":" + line + (column > 0 ? ":" + column : "") : "");
    }

    /** Returns all but the excerpt on one line. */
    @Override
    public String toString() {
        return place()
                + (file.isEmpty() ? "" : ": ")
                + (path.isEmpty() ? "" : path + ": ")
                + message
                + (expected.isEmpty() ? "" : ", expected " + expected)
                + (suggestion.isEmpty() ? "" : "; did you mean \"" + suggestion + "\"?")
                + (fix.isEmpty() ? "" : "; " + fix);
    }
}
