package io.deltaforge.testkit.context;

import io.deltaforge.api.metrics.Counter;
import io.deltaforge.api.metrics.Histogram;
import io.deltaforge.api.metrics.MetricScope;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;

/** Metrics that can be looked at; a metric's name is followed by its labels, as in {@code errors_total{kind=timeout}}. */
public final class TestMetrics implements MetricScope {

    private final String labels;
    private final Map<String, Long> counters;
    private final Map<String, Long> observations;
    private final Map<String, DoubleSupplier> gauges;

    /** Makes metrics without labels. */
    public TestMetrics() {
        this("", new ConcurrentHashMap<>(), new ConcurrentHashMap<>(), new ConcurrentHashMap<>());
    }

    private TestMetrics(
            String labels,
            Map<String, Long> counters,
            Map<String, Long> observations,
            Map<String, DoubleSupplier> gauges) {
        this.labels = labels;
        this.counters = counters;
        this.observations = observations;
        this.gauges = gauges;
    }

    @Override
    public Counter counter(String name, String help) {
        return amount -> counters.merge(name + labels, amount, Long::sum);
    }

    @Override
    public Histogram histogram(String name, String help) {
        return value -> observations.merge(name + labels, 1L, Long::sum);
    }

    @Override
    public void gauge(String name, String help, DoubleSupplier value) {
        gauges.put(name + labels, value);
    }

    @Override
    public MetricScope with(Map<String, String> more) {
        return new TestMetrics(labels + new TreeMap<>(more), counters, observations, gauges);
    }

    /**
     * Returns what was counted.
     *
     * @return sums by name and labels; those that were never added to are missing
     */
    public Map<String, Long> counters() {
        return new TreeMap<>(counters);
    }

    /**
     * Returns how often something was observed.
     *
     * @return numbers of observations by name and labels
     */
    public Map<String, Long> observations() {
        return new TreeMap<>(observations);
    }

    /**
     * Looks at a gauge.
     *
     * @param name its name and labels
     * @return what it shows now
     */
    public double gauge(String name) {
        return gauges.get(name).getAsDouble();
    }
}
