package io.deltaforge.server.metrics;

import com.codahale.metrics.Counter;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.Metric;
import io.prometheus.client.Collector;
import io.prometheus.client.Collector.MetricFamilySamples.Sample;
import io.prometheus.client.dropwizard.DropwizardExports;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Shows the registry as families. Dropwizard's exporter makes gauges of counters and summaries without a sum of histograms,
 * so those two kinds are written here; gauges come from the exporter, under their own names, labels and help.
 */
final class PublicFamilies extends Collector {

    private final MetricCatalog catalog;
    private final DropwizardExports gauges;

    PublicFamilies(MetricCatalog catalog) {
        this.catalog = catalog;
        this.gauges = new DropwizardExports(
                catalog.registry(),
                (name, metric) -> metric instanceof Gauge,
                (name, suffix, moreNames, moreValues, value) -> {
                    Series series = catalog.series(name);
                    return new Sample(series.family(), series.labelNames(), series.labelValues(), value);
                });
    }

    @Override
    public List<MetricFamilySamples> collect() {
        Map<String, List<Sample>> counters = new TreeMap<>();
        Map<String, List<Sample>> histograms = new TreeMap<>();
        for (Map.Entry<String, Metric> entry : new TreeMap<>(catalog.registry().getMetrics()).entrySet()) {
            Series series = catalog.series(entry.getKey());
            if (entry.getValue() instanceof Counter counter) {
                counters.computeIfAbsent(series.family(), family -> new ArrayList<>())
                        .add(sample(series, "", (double) counter.getCount()));
            } else if (entry.getValue() instanceof Distribution distribution) {
                addBuckets(
                        histograms.computeIfAbsent(series.family(), family -> new ArrayList<>()), series, distribution);
            }
        }
        List<MetricFamilySamples> families = new ArrayList<>();
        counters.forEach((family, samples) -> families.add(family(family, Type.COUNTER, samples)));
        histograms.forEach((family, samples) -> families.add(family(family, Type.HISTOGRAM, samples)));
        gauges.collect().forEach(family -> families.add(family(family.name, Type.GAUGE, family.samples)));
        return families;
    }

    private MetricFamilySamples family(String name, Type type, List<Sample> samples) {
        return new MetricFamilySamples(name, type, catalog.help(name), samples);
    }

    private static Sample sample(Series series, String suffix, double value) {
        return new Sample(series.family() + suffix, series.labelNames(), series.labelValues(), value);
    }

    /** Buckets are cumulative, and the count is that of the last one, so that the two never disagree. */
    private static void addBuckets(List<Sample> samples, Series series, Distribution distribution) {
        List<String> names = new ArrayList<>(series.labelNames());
        names.add("le");
        double[] bounds = distribution.bounds();
        long[] counts = distribution.counts();
        long cumulated = 0;
        for (int i = 0; i < counts.length; i++) {
            cumulated += counts[i];
            List<String> values = new ArrayList<>(series.labelValues());
            values.add(doubleToGoString(i < bounds.length ? bounds[i] : Double.POSITIVE_INFINITY));
            samples.add(new Sample(series.family() + "_bucket", names, values, (double) cumulated));
        }
        samples.add(sample(series, "_count", (double) cumulated));
        samples.add(sample(series, "_sum", distribution.sum()));
    }
}
