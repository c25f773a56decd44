package io.deltaforge.api.metrics;

/** A number that only grows. Safe from any thread; cheap enough once per batch. */
public interface Counter {

    /**
     * Adds to the number.
     *
     * @param amount zero or more
     */
    void add(long amount);
}
