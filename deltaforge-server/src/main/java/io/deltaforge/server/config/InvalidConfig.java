package io.deltaforge.server.config;

import java.util.List;
import java.util.stream.Collectors;

/** A configuration file that cannot be used, with everything that is wrong with it. */
public final class InvalidConfig extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<Finding> findings;

    /**
     * One thing that is wrong.
     *
     * @param file the file, as it was named
     * @param line the line, from 1; 0 when it is about the whole file
     * @param path the setting's path; empty when it is about the text of the file
     * @param message what was found, what was expected, and the nearest valid name where there is one; no secrets
     */
    public record Finding(String file, int line, String path, String message) {
        @Override
        public String toString() {
            return file + (line > 0 ? ":" + line : "") + ": " + (path.isEmpty() ? "" : path + ": ") + message;
        }
    }

    InvalidConfig(List<Finding> findings) {
        super(findings.stream().map(Finding::toString).collect(Collectors.joining("\n")));
        this.findings = List.copyOf(findings);
    }

    /**
     * Returns what is wrong, in the order of the file.
     *
     * @return at least one finding, unmodifiable
     */
    public List<Finding> findings() {
        return findings;
    }
}
