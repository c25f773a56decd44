package io.deltaforge.server.cli;

/**
 * How words may be made to stand out on a terminal. Off a terminal, with {@code NO_COLOR} in the environment (see
 * no-color.org) or {@code --no-color}, texts stay as they are.
 */
enum Style {
    PLAIN,
    COLOURS;

    private static final String RESET = "\u001b[0m";

    /** The launcher knows whether standard output is a terminal; the JVM does not say so before JDK 22. */
    static Style of(boolean noColor) {
        String variable = System.getenv("NO_COLOR");
        boolean wanted = !noColor && (variable == null || variable.isEmpty()) && !"dumb".equals(System.getenv("TERM"));
        return wanted && Boolean.getBoolean("deltaforge.terminal") ? COLOURS : PLAIN;
    }

    String good(String text) {
        return shown("\u001b[32m", text);
    }

    String bad(String text) {
        return shown("\u001b[31m", text);
    }

    String doubtful(String text) {
        return shown("\u001b[33m", text);
    }

    String strong(String text) {
        return shown("\u001b[1m", text);
    }

    private String shown(String code, String text) {
        return this == COLOURS ? code + text + RESET : text;
    }
}
