package io.deltaforge.sink.kafka;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.metrics.Counter;
import io.deltaforge.api.metrics.MetricScope;
import java.util.Locale;
import java.util.Map;

/** What is counted of the sink beyond what the engine counts of every sink. Safe from any thread. */
final class SinkMetrics {

    private final MetricScope scope;
    private final Counter bytes;

    SinkMetrics(MetricScope scope) {
        this.scope = scope;
        this.bytes =
                scope.counter("deltaforge_sink_bytes_total", "Bytes of keys and values acknowledged by the brokers");
    }

    void delivered(long payloadBytes) {
        bytes.add(payloadBytes);
    }

    /** Counts a failure by its reason, a word of a closed set. */
    void failed(DeliveryException failure) {
        scope.with(Map.of("kind", failure.reason().toLowerCase(Locale.ROOT)))
                .counter("deltaforge_sink_errors_total", "Failures by reason")
                .add(1);
    }
}
