package io.deltaforge.api.fault;

import static java.util.Objects.requireNonNull;

import java.util.concurrent.atomic.AtomicInteger;

/**
 * A named place between two steps that must not be torn apart. Tests start a process with
 * {@code -Ddeltaforge.crash=NAME} or {@code NAME:N}, and it ends there at once, the N-th time it passes, as with
 * {@code kill -9}: no cleaning up, no last words. Without the property, passing costs one comparison of a constant.
 *
 * <p>Make it a {@code static final} field. Safe from any thread.
 *
 * @since 0.1.0
 */
public final class CrashPoint {

    /** The exit status of a process that ended at a crash point, the same as after SIGKILL. */
    public static final int EXIT_STATUS = 137;

    private static final String ARMED = System.getProperty("deltaforge.crash", "");

    private final boolean armed;
    private final AtomicInteger left;

    /**
     * Names a place.
     *
     * @param name unique in the program, such as {@code kafka.committed}
     */
    public CrashPoint(String name) {
        requireNonNull(name, "name is null");
        int colon = ARMED.indexOf(':');
        this.armed = (colon < 0 ? ARMED : ARMED.substring(0, colon)).equals(name);
        this.left = new AtomicInteger(armed && colon >= 0 ? Integer.parseInt(ARMED.substring(colon + 1)) : 1);
    }

    /** Ends the process if it is to end here. */
    public void pass() {
        if (armed && left.decrementAndGet() == 0) {
            Runtime.getRuntime().halt(EXIT_STATUS);
        }
    }
}
