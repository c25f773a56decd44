package io.deltaforge.server.config.finding;

import static java.util.Objects.requireNonNull;

import io.deltaforge.server.config.finding.Finding.Excerpt;
import java.util.Optional;

/**
 * A stretch of a configuration's text.
 *
 * @param source the text
 * @param start the first character
 * @param end the character after the last one; equal to the start for a whole text
 */
public record Place(SourceText source, int start, int end) {

    /** Keeps the place within the text. */
    public Place {
        requireNonNull(source, "source is null");
        start = Math.max(0, Math.min(start, source.text().length()));
        end = Math.max(start, Math.min(end, source.text().length()));
    }

    /**
     * Returns what is written there.
     *
     * @return the stretch
     */
    public String text() {
        return source.text().substring(start, end);
    }

    /**
     * Returns the line.
     *
     * @return the line of the first character, from 1; 0 when the place is the whole text
     */
    public int line() {
        return isWhole() ? 0 : source.line(start);
    }

    /**
     * Returns the column.
     *
     * @return the column of the first character, from 1; 0 when the place is the whole text
     */
    public int column() {
        return isWhole() ? 0 : start - source.lineStart(source.line(start)) + 1;
    }

    /**
     * Narrows the place to the first occurrence of something in it.
     *
     * @param part what to look for
     * @return the place of the part, or this place when it is not there
     */
    public Place narrowedTo(String part) {
        int at = source.text().indexOf(part, start);
        return at < 0 || at + part.length() > end ? this : new Place(source, at, at + part.length());
    }

    Optional<Excerpt> excerpt() {
        return isWhole() ? Optional.empty() : source.excerpt(this);
    }

    private boolean isWhole() {
        return end == start;
    }
}
