package io.deltaforge.source.postgres;

import io.deltaforge.api.metrics.Counter;
import io.deltaforge.api.metrics.MetricScope;

/**
 * Counts what only this source knows: bytes that came, and log that the server keeps for it. Confined to the reader thread,
 * but for the gauge. The counter is touched per piece of log, not per message.
 */
final class SourceMetrics {

    private static final long PUBLISH_BYTES = 64 << 10;

    private final Counter bytes;
    private long pendingBytes;
    private volatile double retainedBytes = Double.NaN;

    SourceMetrics(MetricScope scope) {
        this.bytes = scope.counter("deltaforge_source_bytes_total", "Bytes of replication messages read");
        scope.gauge(
                "deltaforge_source_retained_bytes",
                "Bytes of log that the database keeps for this source, as far as known",
                () -> retainedBytes);
    }

    void message(int length) {
        pendingBytes += length;
        if (pendingBytes >= PUBLISH_BYTES) {
            publish();
        }
    }

    /** Everything that the server has sent is read. */
    void drained() {
        if (pendingBytes > 0) {
            publish();
        }
    }

    private void publish() {
        bytes.add(pendingBytes);
        pendingBytes = 0;
    }

    void retained(long logBytes) {
        retainedBytes = logBytes;
    }
}
