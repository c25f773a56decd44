package io.deltaforge.api.metrics;

/**
 * A distribution of durations or sizes in fixed buckets. Safe from any thread; cheap enough once per batch.
 *
 * @since 0.1.0
 */
public interface Histogram {

    /**
     * Records one value.
     *
     * @param value in the unit that the metric's name ends with; seconds for durations
     */
    void observe(double value);

    /**
     * Records a duration given in nanoseconds.
     *
     * @param nanos the duration
     */
    default void observeNanos(long nanos) {
        observe(nanos / 1e9);
    }
}
