package io.deltaforge.core.retry;

import java.time.Duration;
import java.util.concurrent.ThreadLocalRandom;

/**
 * Exponential back-off with jitter and without an end: what may pass by itself is tried until it does.
 *
 * @param initial the first wait
 * @param max the longest wait
 * @param jitter how much a wait may differ from its nominal length, as a part of it, from 0 to 1
 */
public record RetryPolicy(Duration initial, Duration max, double jitter) {

    /** One fifth of a second, doubled up to ten seconds, a fifth of jitter. */
    public static final RetryPolicy DEFAULT = new RetryPolicy(Duration.ofMillis(200), Duration.ofSeconds(10), 0.2);

    /** Checks the bounds. */
    public RetryPolicy {
        if (initial.isNegative() || initial.isZero() || max.compareTo(initial) < 0 || jitter < 0 || jitter > 1) {
            throw new IllegalArgumentException(
                    "need 0 < initial <= max and 0 <= jitter <= 1, got " + initial + ", " + max + ", " + jitter);
        }
    }

    /**
     * Returns the wait before a try.
     *
     * @param failures how many tries in a row have failed, from 1
     * @return the wait in nanoseconds, jitter included
     */
    public long delayNanos(int failures) {
        int doublings = Math.min(Math.max(failures, 1) - 1, 30);
        long nominal =
                initial.toNanos() > (max.toNanos() >> doublings) ? max.toNanos() : initial.toNanos() << doublings;
        double factor = 1 + jitter * (2 * ThreadLocalRandom.current().nextDouble() - 1);
        return (long) (nominal * factor);
    }
}
