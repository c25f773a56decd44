package io.deltaforge.api.metrics;

/**
 * A number that only grows. Safe from any thread; cheap enough once per batch.
 *
 * @since 0.1.0
 */
public interface Counter {

    /**
     * Adds to the number.
     *
     * @param amount zero or more
     */
    void add(long amount);
}
