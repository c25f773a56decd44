package io.deltaforge.sink.kafka;

import io.deltaforge.api.metrics.Counter;
import io.deltaforge.api.metrics.MetricScope;

/** What is counted of the sink beyond what the engine counts of every sink. Safe from any thread. */
final class SinkMetrics {

    private final Counter bytes;

    SinkMetrics(MetricScope scope) {
        this.bytes =
                scope.counter("deltaforge_sink_bytes_total", "Bytes of keys and values acknowledged by the brokers");
    }

    void delivered(long payloadBytes) {
        bytes.add(payloadBytes);
    }
}
