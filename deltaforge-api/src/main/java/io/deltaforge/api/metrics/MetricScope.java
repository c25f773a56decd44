package io.deltaforge.api.metrics;

import java.util.Map;
import java.util.function.DoubleSupplier;

/**
 * Makes metrics that carry the labels of the place they are made in, such as {@code pipeline} and {@code sink}. Asking
 * twice for one name gives the same metric. Make metrics once, keep them, and use them per batch.
 *
 * @since 0.1.0
 */
public interface MetricScope {

    /**
     * A number that only grows.
     *
     * @param name the full name, ending with {@code _total}
     * @param help one line for people
     * @return the counter
     */
    Counter counter(String name, String help);

    /**
     * A distribution.
     *
     * @param name the full name, ending with its unit ({@code _seconds}, {@code _bytes})
     * @param help one line for people
     * @return the histogram
     */
    Histogram histogram(String name, String help);

    /**
     * A number that goes up and down, read when somebody looks. A second gauge of the same name and labels takes the
     * first one's place.
     *
     * @param name the full name
     * @param help one line for people
     * @param value read from any thread; must not block
     */
    void gauge(String name, String help, DoubleSupplier value);

    /**
     * A scope with more labels.
     *
     * @param labels names and values to add
     * @return the narrower scope
     */
    MetricScope with(Map<String, String> labels);

    /**
     * A scope that keeps nothing.
     *
     * @return metrics that do nothing
     */
    static MetricScope none() {
        return NoMetrics.SCOPE;
    }
}
