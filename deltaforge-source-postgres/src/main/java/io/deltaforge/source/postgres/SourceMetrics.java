package io.deltaforge.source.postgres;

import io.deltaforge.api.event.Operation;
import io.deltaforge.api.event.TableSchema;
import io.deltaforge.api.metrics.Counter;
import io.deltaforge.api.metrics.MetricScope;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Counts what is read: events per table and operation, bytes, and how far behind the database the source is. Confined to the
 * reader thread, but for the gauge. Counters are touched per transaction, not per event.
 */
final class SourceMetrics {

    private final MetricScope scope;
    private final Counter bytes;
    private final Map<String, Map<Operation, Count>> tables = new HashMap<>();
    private TableSchema lastTable;
    private Map<Operation, Count> lastCounts;
    private long pendingBytes;
    private volatile long behindSinceMicros;

    SourceMetrics(MetricScope scope) {
        this.scope = scope;
        this.bytes = scope.counter("deltaforge_source_bytes_total", "Bytes of replication messages read");
        scope.gauge("deltaforge_source_lag_seconds", "Age of the transaction read last, 0 when all is read", this::lag);
    }

    /** Events of one table and operation; those that are not in the counter yet are pending. */
    private static final class Count {
        private final Counter counter;
        private long pending;

        Count(Counter counter) {
            this.counter = counter;
        }
    }

    private double lag() {
        long since = behindSinceMicros;
        return since == 0 ? 0 : Math.max(0, TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis()) - since) / 1e6;
    }

    void message(int length) {
        pendingBytes += length;
    }

    void event(TableSchema table, Operation operation) {
        if (table != lastTable) {
            lastTable = table;
            lastCounts = tables.computeIfAbsent(table.qualifiedName(), this::counts);
        }
        lastCounts.get(operation).pending++;
    }

    private Map<Operation, Count> counts(String table) {
        Map<Operation, Count> counts = new EnumMap<>(Operation.class);
        for (Operation operation : Operation.values()) {
            MetricScope labelled = scope.with(Map.of("table", table, "op", operation.code()));
            counts.put(operation, new Count(labelled.counter("deltaforge_source_events_total", "Events read")));
        }
        return counts;
    }

    /** A transaction was read to its end. */
    void commit(long commitMicros) {
        behindSinceMicros = commitMicros;
    }

    /** Everything that the server has sent is read. */
    void drained() {
        if (behindSinceMicros != 0) {
            behindSinceMicros = 0;
        }
        if (pendingBytes > 0) {
            publish();
        }
    }

    /** Adds what was counted to the counters. */
    void publish() {
        bytes.add(pendingBytes);
        pendingBytes = 0;
        for (Map<Operation, Count> counts : tables.values()) {
            for (Count count : counts.values()) {
                if (count.pending > 0) {
                    count.counter.add(count.pending);
                    count.pending = 0;
                }
            }
        }
    }
}
