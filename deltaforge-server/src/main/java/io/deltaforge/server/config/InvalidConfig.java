package io.deltaforge.server.config;

import io.deltaforge.server.config.finding.Finding;
import java.util.List;
import java.util.stream.Collectors;

/** A configuration that cannot be used, with everything that is wrong with it. */
public final class InvalidConfig extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final transient List<Finding> findings;

    InvalidConfig(List<Finding> findings) {
        super(findings.stream().map(Finding::toString).collect(Collectors.joining("\n")));
        this.findings = List.copyOf(findings);
    }

    /**
     * Returns what is wrong, and what else an operator should know, in the order of the files.
     *
     * @return at least one error, unmodifiable
     */
    public List<Finding> findings() {
        return findings;
    }
}
