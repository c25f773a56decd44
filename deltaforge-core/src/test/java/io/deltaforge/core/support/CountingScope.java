package io.deltaforge.core.support;

import io.deltaforge.api.metrics.Counter;
import io.deltaforge.api.metrics.Histogram;
import io.deltaforge.api.metrics.MetricScope;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.DoubleSupplier;
import java.util.stream.Collectors;

/** Keeps counters, gauges and the numbers of values of histograms under {@code name{label=value,...}}. */
public final class CountingScope implements MetricScope {

    private final Map<String, String> labels;
    private final Map<String, AtomicLong> counters;
    private final Map<String, DoubleSupplier> gauges;

    public CountingScope() {
        this(Map.of(), new ConcurrentHashMap<>(), new ConcurrentHashMap<>());
    }

    private CountingScope(
            Map<String, String> labels, Map<String, AtomicLong> counters, Map<String, DoubleSupplier> gauges) {
        this.labels = labels;
        this.counters = counters;
        this.gauges = gauges;
    }

    private String key(String name) {
        return name
                + new TreeMap<>(labels)
                        .entrySet().stream()
                                .map(label -> label.getKey() + "=" + label.getValue())
                                .collect(Collectors.joining(",", "{", "}"));
    }

    /** The counters of a family that are not zero. */
    public Map<String, Long> counts(String family) {
        Map<String, Long> counts = new TreeMap<>();
        counters.forEach((key, count) -> {
            if (key.startsWith(family + "{") && count.get() != 0) {
                counts.put(key, count.get());
            }
        });
        return counts;
    }

    /** The counters of a family, zero or not. */
    public Set<String> known(String family) {
        return counters.keySet().stream()
                .filter(key -> key.startsWith(family + "{"))
                .collect(Collectors.toSet());
    }

    public double gauge(String key) {
        return gauges.get(key).getAsDouble();
    }

    @Override
    public Counter counter(String name, String help) {
        return counters.computeIfAbsent(key(name), unused -> new AtomicLong())::addAndGet;
    }

    @Override
    public Histogram histogram(String name, String help) {
        AtomicLong count = counters.computeIfAbsent(key(name), unused -> new AtomicLong());
        return value -> count.incrementAndGet();
    }

    @Override
    public void gauge(String name, String help, DoubleSupplier value) {
        gauges.put(key(name), value);
    }

    @Override
    public MetricScope with(Map<String, String> more) {
        Map<String, String> all = new TreeMap<>(labels);
        all.putAll(more);
        return new CountingScope(all, counters, gauges);
    }
}
