package io.deltaforge.server.config.finding;

import io.deltaforge.server.config.finding.Finding.Severity;
import java.util.List;

/** Shows findings to people: the place first, then the line with a caret, then what would be right. */
public final class FindingText {

    private static final String RED = "\u001b[31m";
    private static final String YELLOW = "\u001b[33m";
    private static final String BOLD = "\u001b[1m";
    private static final String RESET = "\u001b[0m";

    private final boolean coloured;

    /**
     * Makes a writer of findings.
     *
     * @param coloured whether the text goes to a terminal that shows colours; plain ASCII otherwise
     */
    public FindingText(boolean coloured) {
        this.coloured = coloured;
    }

    /**
     * Returns findings as text.
     *
     * @param findings what was found
     * @return lines, each with its end
     */
    public String of(List<Finding> findings) {
        StringBuilder text = new StringBuilder();
        findings.forEach(finding -> append(finding, text));
        return text.toString();
    }

    private void append(Finding finding, StringBuilder text) {
        boolean error = finding.severity() == Severity.ERROR;
        String place = finding.place();
        text.append(styled(BOLD, place)).append(place.isEmpty() ? "" : ": ");
        text.append(styled(error ? RED : YELLOW, error ? "error" : "warning"))
                .append(' ')
                .append(finding.code())
                .append('\n');
        text.append("  ").append(finding.path()).append(finding.path().isEmpty() ? "" : ": ");
        text.append(finding.message()).append('\n');
        finding.excerpt().ifPresent(excerpt -> {
            String number = Integer.toString(finding.line());
            text.append("  ")
                    .append(number)
                    .append(" | ")
                    .append(excerpt.line())
                    .append('\n');
            text.append("  ").append(" ".repeat(number.length())).append(" | ");
            text.append(" ".repeat(excerpt.start()));
            text.append(styled(error ? RED : YELLOW, "^".repeat(excerpt.length())));
            text.append('\n');
        });
        line(text, "expected: ", finding.expected());
        line(text, "did you mean: ", finding.suggestion());
        line(text, "fix: ", finding.fix());
    }

    private static void line(StringBuilder text, String label, String content) {
        if (!content.isEmpty()) {
            text.append("  ").append(label).append(content).append('\n');
        }
    }

    private String styled(String style, String text) {
        return coloured && !text.isEmpty() ? style + text + RESET : text;
    }
}
