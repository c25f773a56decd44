package io.deltaforge.sink.kafka;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.metrics.Counter;
import io.deltaforge.api.metrics.MetricScope;
import java.util.HashMap;
import java.util.Map;
import org.apache.kafka.clients.producer.Producer;
import org.apache.kafka.common.Metric;

/**
 * What a producer says of itself, as metrics of the sink. Gauges are read when somebody looks, and are {@code NaN} while
 * there is no producer or it has nothing to say; counters go on over producers, and are brought up to date with each batch
 * and at the end of a producer. Safe from any thread.
 */
final class ProducerStatistics {

    private static final String GROUP = "producer-metrics";
    private static final String RETRIES = "record-retry-total";
    private static final String ERRORS = "record-error-total";
    private static final double MILLIS_PER_SECOND = 1_000;

    private final Counter retries;
    private final Counter errors;
    private volatile Map<String, Metric> current = Map.of();
    private long retriesCounted;
    private long errorsCounted;

    ProducerStatistics(MetricScope scope) {
        requireNonNull(scope, "scope is null");
        retries = scope.counter(
                "deltaforge_kafka_record_retries_total", "Records that the producer has sent again by itself");
        errors = scope.counter("deltaforge_kafka_record_errors_total", "Records that the producer has given up");
        gauge(scope, "buffer_available_bytes", "Room left in the producer's buffer", "buffer-available-bytes", 1);
        scope.gauge(
                "deltaforge_kafka_buffer_used_bytes",
                "Records in the producer's buffer, sent ones that are not acknowledged included",
                () -> value("buffer-total-bytes") - value("buffer-available-bytes"));
        gauge(
                scope,
                "record_queue_time_avg_seconds",
                "How long batches waited in the producer before they were sent, on average of the last minute",
                "record-queue-time-avg",
                MILLIS_PER_SECOND);
        gauge(
                scope,
                "request_latency_avg_seconds",
                "How long the brokers took to answer, on average of the last minute",
                "request-latency-avg",
                MILLIS_PER_SECOND);
        gauge(
                scope,
                "batch_size_avg_bytes",
                "How large the batches were that were sent to a partition, on average of the last minute",
                "batch-size-avg",
                1);
        gauge(
                scope,
                "compression_ratio",
                "Compressed size of batches by their size before, on average of the last minute",
                "compression-rate-avg",
                1);
        gauge(scope, "requests_in_flight", "Requests that the brokers have not answered yet", "requests-in-flight", 1);
    }

    private void gauge(MetricScope scope, String name, String help, String source, double divisor) {
        // The client subtracts readings of the clock that it took on two threads, and a batch sent at once may come out
        // below 0.
        scope.gauge("deltaforge_kafka_" + name, help, () -> Math.max(0, value(source) / divisor));
    }

    /** Looks at another producer from now on. */
    synchronized void watch(Producer<?, ?> producer) {
        Map<String, Metric> metrics = new HashMap<>();
        producer.metrics().forEach((name, metric) -> {
            if (name.group().equals(GROUP)) {
                metrics.put(name.name(), metric);
            }
        });
        retriesCounted = 0;
        errorsCounted = 0;
        current = metrics;
    }

    /** Brings the counters up to date. */
    synchronized void settle() {
        retriesCounted = count(retries, retriesCounted, RETRIES);
        errorsCounted = count(errors, errorsCounted, ERRORS);
    }

    /** Counts for the last time, and lets go of the producer, whose metrics hold on to its whole buffer. */
    synchronized void release() {
        settle();
        current = Map.of();
    }

    private long count(Counter counter, long before, String name) {
        double value = value(name);
        long now = Double.isNaN(value) ? before : (long) value;
        if (now > before) {
            counter.add(now - before);
        }
        return Math.max(now, before);
    }

    private double value(String name) {
        Metric metric = current.get(name);
        return metric != null && metric.metricValue() instanceof Number number ? number.doubleValue() : Double.NaN;
    }
}
