package io.deltaforge.server.metrics;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.Metric;
import com.codahale.metrics.MetricRegistry;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.DoubleSupplier;

/**
 * The registry together with what it cannot hold itself: the labels and the help of each metric. One family is of one kind
 * only. Safe from any thread; making a metric takes a lock, using it does not.
 */
final class MetricCatalog {

    /** What all series of a family have in common. */
    record Family(Class<? extends Metric> kind, String help) {}

    private final MetricRegistry registry;
    private final Map<String, Family> families = new ConcurrentHashMap<>();
    private final Map<String, Series> seriesByKey = new ConcurrentHashMap<>();

    MetricCatalog(MetricRegistry registry) {
        this.registry = registry;
    }

    synchronized Counter counter(Series series, String help) {
        if (!series.family().endsWith("_total")) {
            throw new IllegalArgumentException("the counter '" + series.family() + "' must end with _total");
        }
        claim(series, Counter.class, help);
        return registry.counter(series.key());
    }

    synchronized Distribution distribution(Series series, String help) {
        claim(series, Distribution.class, help);
        Metric known = registry.getMetrics().get(series.key());
        return known instanceof Distribution distribution
                ? distribution
                : registry.register(series.key(), new Distribution(Scale.of(series.family())));
    }

    synchronized void gauge(Series series, String help, DoubleSupplier value) {
        claim(series, Gauge.class, help);
        registry.remove(series.key());
        registry.registerGauge(series.key(), value::getAsDouble);
    }

    private void claim(Series series, Class<? extends Metric> kind, String help) {
        Family known = families.putIfAbsent(series.family(), new Family(kind, help));
        if (known != null && known.kind() != kind) {
            throw new IllegalArgumentException("the metric '" + series.family() + "' is a "
                    + known.kind().getSimpleName() + " already and cannot be a " + kind.getSimpleName() + " as well");
        }
        seriesByKey.put(series.key(), series);
    }

    /** The sum of all counters of a family that have all of these labels. */
    long count(String family, Map<String, String> labels) {
        long sum = 0;
        for (Series series : seriesByKey.values()) {
            if (series.family().equals(family)
                    && series.has(labels)
                    && registry.getMetrics().get(series.key()) instanceof Counter counter) {
                sum += counter.getCount();
            }
        }
        return sum;
    }

    /** Forgets every series that has all of these labels. */
    synchronized void forget(Map<String, String> labels) {
        seriesByKey.values().stream()
                .filter(series -> series.has(labels))
                .map(Series::key)
                .toList()
                .forEach(key -> {
                    // The series stays known: a page that is being written may still ask for it.
                    registry.remove(key);
                });
    }

    MetricRegistry registry() {
        return registry;
    }

    Series series(String key) {
        return seriesByKey.get(key);
    }

    String help(String family) {
        return families.get(family).help();
    }
}
