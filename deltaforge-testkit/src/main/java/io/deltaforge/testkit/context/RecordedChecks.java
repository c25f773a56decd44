package io.deltaforge.testkit.context;

import io.deltaforge.api.check.CheckReport;
import io.deltaforge.api.error.DeltaForgeException;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Remembers what a plugin's check finds, as the doctor would show it. Safe from any thread. */
public final class RecordedChecks implements CheckReport {

    private final List<Found> found = new CopyOnWriteArrayList<>();

    /** Looks at something. */
    @FunctionalInterface
    public interface Look {
        /**
         * Calls a check.
         *
         * @param report to be given to it
         * @throws InterruptedException when the thread is interrupted
         */
        void at(CheckReport report) throws InterruptedException;
    }

    /**
     * One thing that was found.
     *
     * @param severity {@code ok}, {@code warning} or {@code error}
     * @param code what was looked at
     * @param message what was found
     * @param fix what puts it right; null when there is nothing
     */
    public record Found(String severity, String code, String message, String fix) {
        /**
         * Says whether something is to be put right.
         *
         * @return false for {@code ok}
         */
        public boolean isWrong() {
            return !severity.equals("ok");
        }
    }

    private RecordedChecks() {}

    /**
     * Calls a check and returns what it found; a failure of the check counts as an error found, as it does for the doctor.
     *
     * @param look calls the check
     * @return everything, in order
     * @throws InterruptedException when the thread is interrupted
     */
    public static List<Found> of(Look look) throws InterruptedException {
        RecordedChecks report = new RecordedChecks();
        try {
            look.at(report);
        } catch (DeltaForgeException e) {
            report.error(e.reason(), e.getMessage(), e.remedy().orElse(null));
        }
        return List.copyOf(report.found);
    }

    @Override
    public void ok(String code, String message) {
        found.add(new Found("ok", code, message, null));
    }

    @Override
    public void warning(String code, String message, String fix) {
        found.add(new Found("warning", code, message, fix));
    }

    @Override
    public void error(String code, String message, String fix) {
        found.add(new Found("error", code, message, fix));
    }
}
