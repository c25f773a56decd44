package io.deltaforge.api.metrics;

import java.util.Map;
import java.util.function.DoubleSupplier;

/** Metrics that nobody looks at. */
final class NoMetrics implements MetricScope {

    static final MetricScope SCOPE = new NoMetrics();

    private NoMetrics() {}

    @Override
    public Counter counter(String name, String help) {
        return amount -> {};
    }

    @Override
    public Histogram histogram(String name, String help) {
        return value -> {};
    }

    @Override
    public void gauge(String name, String help, DoubleSupplier value) {}

    @Override
    public MetricScope with(Map<String, String> labels) {
        return this;
    }
}
