package io.deltaforge.server.config.finding;

import static java.util.Objects.requireNonNull;

import io.deltaforge.server.config.finding.Finding.Excerpt;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.NavigableMap;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The text of a configuration, for showing lines of it. A value is shown only after somebody who knows what it is has said that
 * it may be: a secret under a mistyped name must not be shown either. Not thread-safe.
 */
public final class SourceText {

    private static final String MASK = "***";
    private static final int MAX_LINE = 160;
    /** What may be shown in any case: it names a secret and does not hold one. */
    private static final Pattern REFERENCE = Pattern.compile("\"?\\$\\{(\\??[A-Za-z0-9_.]+|file:[^}\"]*)}\"?");

    private static final Pattern SEPARATOR = Pattern.compile("[=:]");
    private static final Pattern CREDENTIALS = Pattern.compile("://[^@/\\s]*@");

    private final String name;
    private final String text;
    private final int[] lineStarts;
    /** Values and comments by their starts. */
    private final NavigableMap<Integer, Stretch> stretches = new TreeMap<>();

    private boolean understood;

    /** A value or a comment. */
    private static final class Stretch {
        private final int start;
        private final int end;
        private boolean visible;

        Stretch(int start, int end) {
            this.start = start;
            this.end = end;
        }
    }

    /**
     * Takes a text.
     *
     * @param name the file as it was named
     * @param text what is in it
     */
    public SourceText(String name, String text) {
        this.name = requireNonNull(name, "name is null");
        this.text = requireNonNull(text, "text is null");
        List<Integer> starts = new ArrayList<>(List.of(0));
        for (int at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1)) {
            starts.add(at + 1);
        }
        this.lineStarts = starts.stream().mapToInt(Integer::intValue).toArray();
    }

    /**
     * Returns the name of the file.
     *
     * @return the file as it was named
     */
    public String name() {
        return name;
    }

    /**
     * Returns what is in the file.
     *
     * @return the text
     */
    public String text() {
        return text;
    }

    /**
     * Returns the place that stands for the whole text.
     *
     * @return a place without a line
     */
    public Place whole() {
        return new Place(this, 0, 0);
    }

    /**
     * Returns the place of a line.
     *
     * @param line the line, from 1
     * @return the line without the white space around it, or the whole text when there is no such line
     */
    public Place line(long line) {
        if (line < 1 || line > lineStarts.length) {
            return whole();
        }
        int start = lineStart((int) line);
        int end = lineEnd((int) line);
        while (start < end && Character.isWhitespace(text.charAt(start))) {
            start++;
        }
        while (end > start && Character.isWhitespace(text.charAt(end - 1))) {
            end--;
        }
        return start == end ? new Place(this, lineStart((int) line), start + 1) : new Place(this, start, end);
    }

    /**
     * Returns where a character is.
     *
     * @param line its line, from 0
     * @param column how many code points of the line are before it
     * @return its place in the text, or the end of the line or the text when there is no such one
     */
    public int offset(int line, int column) {
        if (line < 0 || line >= lineStarts.length) {
            return text.length();
        }
        int start = lineStarts[line];
        int end = line + 1 < lineStarts.length ? lineStarts[line + 1] : text.length();
        return text.offsetByCodePoints(start, Math.min(column, text.codePointCount(start, end)));
    }

    /** Says that the text was understood as a whole, so that all values in it are known. */
    public void setUnderstood() {
        understood = true;
    }

    /**
     * Notes a value or a comment, which is not shown for now.
     *
     * @param start its first character
     * @param end the character after its last one
     */
    public void hide(int start, int end) {
        Map.Entry<Integer, Stretch> before = stretches.floorEntry(start);
        boolean within = before != null && before.getValue().end > start;
        if (start < end && !within) {
            stretches.putIfAbsent(start, new Stretch(start, end));
        }
    }

    /**
     * Says that a value may be shown.
     *
     * @param place where it is written
     */
    public void show(Place place) {
        Stretch stretch = stretches.get(place.start());
        if (stretch != null && stretch.end == place.end()) {
            stretch.visible = true;
        }
    }

    int line(int offset) {
        int found = Arrays.binarySearch(lineStarts, offset);
        return found >= 0 ? found + 1 : -found - 1;
    }

    int lineStart(int line) {
        return lineStarts[line - 1];
    }

    private int lineEnd(int line) {
        int end = line < lineStarts.length ? lineStarts[line] - 1 : text.length();
        return end > lineStart(line) && text.charAt(end - 1) == '\r' ? end - 1 : end;
    }

    Optional<Excerpt> excerpt(Place place) {
        int line = line(place.start());
        int start = lineStart(line);
        int end = Math.max(start, lineEnd(line));
        StringBuilder shown = new StringBuilder();
        int[] moved = new int[end - start + 1];
        int at = start;
        for (Stretch hidden : understood ? hidden(start, end) : afterSeparator(start, end)) {
            int from = Math.max(hidden.start, at);
            int to = Math.min(hidden.end, end);
            for (; at < from; at++) {
                moved[at - start] = shown.length();
                shown.append(text.charAt(at) == '\t' ? ' ' : text.charAt(at));
            }
            for (; at < to; at++) {
                moved[at - start] = shown.length();
            }
            shown.append(MASK);
        }
        for (; at < end; at++) {
            moved[at - start] = shown.length();
            shown.append(text.charAt(at) == '\t' ? ' ' : text.charAt(at));
        }
        moved[end - start] = shown.length();
        int caret = moved[Math.min(place.start(), end) - start];
        int length = moved[Math.min(place.end(), end) - start] - caret;
        return Optional.of(cut(shown.toString(), caret, Math.max(1, length)));
    }

    /** What is not to be shown of a line, in its order. */
    private List<Stretch> hidden(int start, int end) {
        List<Stretch> hidden = new ArrayList<>();
        Integer first = stretches.floorKey(start);
        for (Stretch stretch :
                stretches.subMap(first == null ? start : first, end).values()) {
            if (stretch.end > start
                    && !stretch.visible
                    && !REFERENCE
                            .matcher(text.substring(stretch.start, stretch.end))
                            .matches()) {
                hidden.add(stretch);
            }
        }
        return hidden;
    }

    /** Of a text that was not understood no value is known: everything after the first key may be one. */
    private List<Stretch> afterSeparator(int start, int end) {
        Matcher separator = SEPARATOR.matcher(text).region(start, end);
        int from = separator.find() ? separator.end() : start;
        while (from < end && Character.isWhitespace(text.charAt(from))) {
            from++;
        }
        return from < end ? List.of(new Stretch(from, end)) : List.of();
    }

    private static Excerpt cut(String line, int start, int length) {
        int from = start > MAX_LINE - 40 ? start - 40 : 0;
        int to = Math.min(line.length(), from + MAX_LINE);
        String shown = (from > 0 ? "..." : "") + line.substring(from, to) + (to < line.length() ? "..." : "");
        int caret = start - from + (from > 0 ? 3 : 0);
        return new Excerpt(printable(shown), caret, Math.max(1, Math.min(length, shown.length() - caret)));
    }

    /** Control characters would let a file write on a terminal. */
    private static String printable(String line) {
        StringBuilder printable = new StringBuilder(line);
        for (int i = 0; i < printable.length(); i++) {
            if (Character.isISOControl(printable.charAt(i))) {
                printable.setCharAt(i, '?');
            }
        }
        return CREDENTIALS.matcher(printable).replaceAll(match -> {
            int hidden = match.end() - match.start() - "://".length() - "@".length();
            return "://" + "*".repeat(hidden) + "@";
        });
    }
}
