package io.deltaforge.server.doctor;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.check.CheckReport;
import io.deltaforge.api.error.ConfigException;
import io.deltaforge.api.error.DeltaForgeException;
import java.time.Duration;
import java.util.concurrent.TimeUnit;

/**
 * One part to be looked at.
 *
 * @param path the part of the configuration that it is about
 * @param title what it is, for people
 * @param look looks at it
 */
record Examination(String path, String title, Look look) {

    /** How long after the limit a look that was interrupted may still say something. */
    private static final long GRACE_MILLIS = 200;

    /** Looks at something; may block. */
    @FunctionalInterface
    interface Look {
        void at(CheckReport report) throws Exception;
    }

    Examination {
        requireNonNull(path, "path is null");
        requireNonNull(title, "title is null");
        requireNonNull(look, "look is null");
    }

    /** A look under way, on a thread of its own. */
    final class Running {
        private final CollectedChecks checks = new CollectedChecks(path);
        private final Thread thread = new Thread(this::look, "df-check-" + path);

        private Running() {
            thread.setDaemon(true);
            thread.start();
        }

        private void look() {
            try {
                look.at(checks);
            } catch (ConfigException e) {
                e.problems().forEach(problem -> checks.error("INVALID_SETTING", problem.toString(), null));
            } catch (DeltaForgeException e) {
                checks.error(e.reason(), e.getMessage(), e.remedy().orElse(null));
            } catch (InterruptedException e) {
                // Whoever interrupts says so itself.
            } catch (Exception | LinkageError e) {
                checks.error("CHECK_FAILED", "the check itself failed: " + e, "report it to the author of the plugin");
            }
        }

        /** Waits for the end, up to a point in time; what hangs is left behind. */
        Doctor.Part await(long deadlineNanos, Duration limit) throws InterruptedException {
            thread.join(Math.max(1, TimeUnit.NANOSECONDS.toMillis(deadlineNanos - System.nanoTime())));
            if (thread.isAlive()) {
                thread.interrupt();
                checks.error(
                        "CHECK_TIMEOUT",
                        "no answer within " + limit.toSeconds() + " s",
                        "check address, firewall and proxy; --timeout SECONDS waits longer");
                thread.join(GRACE_MILLIS);
            }
            return new Doctor.Part(path, title, checks.taken());
        }
    }

    Running start() {
        return new Running();
    }
}
