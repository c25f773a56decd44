package io.deltaforge.source.postgres.setup;

import io.deltaforge.api.check.CheckReport;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import java.util.ArrayList;
import java.util.List;

/** What a check found wrong, each with the statement that puts it right; thrown together, so that one look is enough. */
public final class Findings {

    private final List<Finding> findings = new ArrayList<>();

    /** One thing that is wrong. */
    private record Finding(String reason, String message, String remedy) {}

    /**
     * Notes something that is wrong.
     *
     * @param reason a stable code in capitals
     * @param message what was found and what was expected
     * @param remedy the statement that puts it right, or a sentence
     */
    public void add(String reason, String message, String remedy) {
        findings.add(new Finding(reason, message, remedy));
    }

    /**
     * Tells each one as an error.
     *
     * @param report told what was found
     */
    public void reportTo(CheckReport report) {
        findings.forEach(finding -> report.error(finding.reason, finding.message, finding.remedy));
    }

    /**
     * Says whether nothing was found.
     *
     * @return true without findings
     */
    public boolean isEmpty() {
        return findings.isEmpty();
    }

    /**
     * Returns when nothing was found.
     *
     * @throws SourceException of kind {@code HELD} with everything that was found; the reason is that of the first
     */
    public void throwIfAny() {
        if (findings.isEmpty()) {
            return;
        }
        throw new SourceException(
                ErrorKind.HELD,
                findings.get(0).reason,
                String.join("; ", findings.stream().map(Finding::message).toList()),
                String.join("\n", findings.stream().map(Finding::remedy).toList()),
                null);
    }
}
