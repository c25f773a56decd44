package io.deltaforge.e2e.quickstart;

import static java.util.Objects.requireNonNull;

import java.io.FileDescriptor;
import java.io.FileOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.Locale;
import java.util.Map;

/**
 * Where the quickstart writes: lines, appended, in a terminal with colours. A pipe or file gets plain text, and so does
 * everybody who sets {@code NO_COLOR} (no-color.org) or {@code TERM=dumb}. Thread-safe by line.
 */
final class Screen {
    /** System property that the launcher sets if standard output is a terminal: Java 17 cannot tell. */
    static final String TERMINAL_PROPERTY = "deltaforge.terminal";

    /** Ways to set off a word; the values are those of SGR, ECMA-48 section 8.3.117. */
    enum Style {
        PLAIN(""),
        DIM("2"),
        BOLD("1"),
        GREEN("32"),
        YELLOW("33"),
        RED("31"),
        CYAN("36");

        private final String code;

        Style(String code) {
            this.code = code;
        }
    }

    private final PrintStream out;
    private final boolean colours;

    private Screen(PrintStream out, boolean colours) {
        this.out = requireNonNull(out, "out is null");
        this.colours = colours;
    }

    /** Returns standard output, always as UTF-8: names are, whatever the locale. */
    static Screen ofStandardOutput(Map<String, String> environment) {
        boolean colours = wantsColours(Boolean.getBoolean(TERMINAL_PROPERTY), environment);
        return new Screen(
                new PrintStream(new FileOutputStream(FileDescriptor.out), true, StandardCharsets.UTF_8), colours);
    }

    static boolean wantsColours(boolean terminal, Map<String, String> environment) {
        return terminal
                && environment.getOrDefault("NO_COLOR", "").isEmpty()
                && !environment.getOrDefault("TERM", "").equals("dumb");
    }

    /** Returns a screen without colours. */
    static Screen plain(PrintStream out) {
        return new Screen(out, false);
    }

    void line(String text) {
        out.println(text);
    }

    /** Returns the line that says that something has started, and how long that took since a nano time. */
    String ready(String what, String where, long since) {
        String seconds = String.format(Locale.ROOT, "%5.1f s", (System.nanoTime() - since) / 1e9);
        return "  " + styled(Style.GREEN, "ready") + String.format("  %-12s%-50s", what, where)
                + styled(Style.DIM, seconds);
    }

    /** Returns the text set off, where that is possible. */
    String styled(Style style, String text) {
        return colours && style != Style.PLAIN ? "\u001b[" + style.code + "m" + text + "\u001b[0m" : text;
    }

    /** Tells whether nobody reads any more, such as when {@code head} has seen enough. */
    boolean isGone() {
        return out.checkError();
    }
}
