package io.deltaforge.server.plugin;

import io.deltaforge.api.metrics.Counter;
import io.deltaforge.api.metrics.Histogram;
import io.deltaforge.api.metrics.MetricScope;
import java.util.Map;
import java.util.function.DoubleSupplier;

/** Metrics of a plugin: whoever looks at a gauge calls the plugin, and does so in the plugin's context. */
final class PluginMetrics implements MetricScope {

    private final MetricScope scope;
    private final ClassLoader loader;

    PluginMetrics(MetricScope scope, ClassLoader loader) {
        this.scope = scope;
        this.loader = loader;
    }

    @Override
    public Counter counter(String name, String help) {
        return scope.counter(name, help);
    }

    @Override
    public Histogram histogram(String name, String help) {
        return scope.histogram(name, help);
    }

    @Override
    public void gauge(String name, String help, DoubleSupplier value) {
        scope.gauge(name, help, () -> PluginContext.<Double, RuntimeException>within(loader, value::getAsDouble));
    }

    @Override
    public MetricScope with(Map<String, String> labels) {
        return new PluginMetrics(scope.with(labels), loader);
    }
}
