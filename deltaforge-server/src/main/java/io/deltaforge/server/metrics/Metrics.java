package io.deltaforge.server.metrics;

import com.codahale.metrics.MetricRegistry;
import io.deltaforge.api.metrics.MetricScope;
import io.prometheus.client.CollectorRegistry;
import io.prometheus.client.exporter.common.TextFormat;
import io.prometheus.client.hotspot.DefaultExports;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.Map;

/**
 * All metrics of the process: those of the engine and its plugins, kept in a Dropwizard registry, and those of the JVM. Safe
 * from any thread.
 */
public final class Metrics {

    private final MetricCatalog catalog = new MetricCatalog(new MetricRegistry());
    private final CollectorRegistry collectors = new CollectorRegistry(true);

    /** Makes an empty registry that counts for this process. */
    public Metrics() {
        collectors.register(new PublicFamilies(catalog));
        DefaultExports.register(collectors);
    }

    /**
     * Says which program this is.
     *
     * @param build the program
     */
    public void show(Build build) {
        scope().with(Map.of("version", build.version(), "commit", build.commit(), "build_date", build.date()))
                .gauge("deltaforge_build_info", "Always 1: which program this is", () -> 1);
    }

    /**
     * Returns where metrics are made.
     *
     * @return a scope without labels
     */
    public MetricScope scope() {
        return new LabelledScope(catalog, Map.of());
    }

    /**
     * Returns what has been counted.
     *
     * @param family the counter's name
     * @param labels what the series that count have
     * @return their sum; 0 when there is none
     */
    public long count(String family, Map<String, String> labels) {
        return catalog.count(family, labels);
    }

    /**
     * Forgets the metrics of something that is gone.
     *
     * @param labels what all of them have, at least one
     */
    public void forget(Map<String, String> labels) {
        if (labels.isEmpty()) {
            throw new IllegalArgumentException("no labels would mean every metric");
        }
        catalog.forget(labels);
    }

    /**
     * Chooses the format that a reader asks for.
     *
     * @param accept the header {@code Accept} of the request, or null
     * @return the media type of OpenMetrics 1.0.0 or of the text format 0.0.4
     */
    public static String contentType(String accept) {
        return TextFormat.chooseContentType(accept);
    }

    /**
     * Writes all metrics down.
     *
     * @param contentType as {@link #contentType} chose it
     * @return the page
     */
    public String page(String contentType) {
        StringWriter page = new StringWriter(16_384);
        try {
            TextFormat.writeFormat(contentType, page, collectors.metricFamilySamples());
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return page.toString();
    }
}
