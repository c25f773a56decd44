package io.deltaforge.server.doctor;

import io.deltaforge.api.check.CheckReport;
import io.deltaforge.server.doctor.Check.Severity;
import java.util.ArrayList;
import java.util.List;

/** Collects what is found about one part; once it was taken, what comes late is ignored. Safe from any thread. */
final class CollectedChecks implements CheckReport {

    private final String path;
    private final List<Check> checks = new ArrayList<>();

    CollectedChecks(String path) {
        this.path = path;
    }

    @Override
    public void ok(String code, String message) {
        add(Severity.OK, code, message, null);
    }

    @Override
    public void warning(String code, String message, String fix) {
        add(Severity.WARNING, code, message, fix);
    }

    @Override
    public void error(String code, String message, String fix) {
        add(Severity.ERROR, code, message, fix);
    }

    private synchronized void add(Severity severity, String code, String message, String fix) {
        checks.add(new Check(severity, code, path, message, fix));
    }

    synchronized List<Check> taken() {
        return List.copyOf(checks);
    }
}
