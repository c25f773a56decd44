package io.deltaforge.server.metrics;

import io.deltaforge.api.metrics.Counter;
import io.deltaforge.api.metrics.Histogram;
import io.deltaforge.api.metrics.MetricScope;
import java.util.HashMap;
import java.util.Map;
import java.util.function.DoubleSupplier;

/** Makes metrics with the labels of one place. */
record LabelledScope(MetricCatalog catalog, Map<String, String> labels) implements MetricScope {

    LabelledScope {
        labels = Map.copyOf(labels);
    }

    @Override
    public Counter counter(String name, String help) {
        return catalog.counter(Series.of(name, labels), help)::inc;
    }

    @Override
    public Histogram histogram(String name, String help) {
        return catalog.distribution(Series.of(name, labels), help);
    }

    @Override
    public void gauge(String name, String help, DoubleSupplier value) {
        catalog.gauge(Series.of(name, labels), help, value);
    }

    @Override
    public MetricScope with(Map<String, String> more) {
        Map<String, String> all = new HashMap<>(labels);
        all.putAll(more);
        return new LabelledScope(catalog, all);
    }
}
