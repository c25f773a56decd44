package io.deltaforge.source.postgres;

import io.deltaforge.api.event.Operation;
import io.deltaforge.api.event.TableSchema;
import io.deltaforge.api.metrics.Counter;
import io.deltaforge.api.metrics.MetricScope;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Counts what is read: events per table and operation, bytes, and how far behind the database the source is. Confined to the
 * reader thread, but for the gauge. Counters are touched per transaction, not per event.
 */
final class SourceMetrics {

    private static final Operation[] OPERATIONS = Operation.values();

    private final MetricScope scope;
    private final Counter bytes;
    private final Map<String, TableCounts> tables = new HashMap<>();
    private TableSchema lastTable;
    private TableCounts lastCounts;
    private long pendingBytes;
    private volatile long behindSinceMicros;

    SourceMetrics(MetricScope scope) {
        this.scope = scope;
        this.bytes = scope.counter("deltaforge_source_bytes_total", "Bytes of replication messages read");
        scope.gauge("deltaforge_source_lag_seconds", "Age of the transaction read last, 0 when all is read", this::lag);
    }

    /** Events of one table that are not in the counters yet. */
    private static final class TableCounts {
        private final Counter[] counters = new Counter[OPERATIONS.length];
        private final long[] pending = new long[OPERATIONS.length];
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
            lastCounts = tables.computeIfAbsent(table.qualifiedName(), name -> new TableCounts());
        }
        lastCounts.pending[operation.ordinal()]++;
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
        tables.forEach((table, counts) -> {
            for (Operation operation : OPERATIONS) {
                long count = counts.pending[operation.ordinal()];
                if (count > 0) {
                    counts.pending[operation.ordinal()] = 0;
                    counter(counts, table, operation).add(count);
                }
            }
        });
    }

    private Counter counter(TableCounts counts, String table, Operation operation) {
        Counter counter = counts.counters[operation.ordinal()];
        if (counter == null) {
            Map<String, String> labels = Map.of("table", table, "op", operation.code());
            counter = scope.with(labels).counter("deltaforge_source_events_total", "Events read");
            counts.counters[operation.ordinal()] = counter;
        }
        return counter;
    }
}
