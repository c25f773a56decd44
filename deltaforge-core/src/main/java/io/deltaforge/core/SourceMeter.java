package io.deltaforge.core;

import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.Operation;
import io.deltaforge.api.event.TableSchema;
import io.deltaforge.api.metrics.Counter;
import io.deltaforge.api.metrics.MetricScope;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/**
 * Counts what comes out of a source, whatever its kind. An event costs a comparison and an addition; counters, clock and
 * gauges are touched per batch. The reader thread counts, any thread may ask.
 */
final class SourceMeter {

    private static final int MAX_SCHEMAS = 10_000;

    /** Events of one table and operation; those that are not in the counter yet are pending. */
    private static final class Count {
        private final Counter counter;
        private long pending;

        Count(Counter counter) {
            this.counter = counter;
        }
    }

    /** What is counted of one table. */
    private static final class Table {
        private final Map<Operation, Count> counts = new EnumMap<>(Operation.class);
        private ChangeEvent last;
        private volatile double lagSeconds;

        void flush(long nowMicros) {
            for (Count count : counts.values()) {
                if (count.pending > 0) {
                    count.counter.add(count.pending);
                    count.pending = 0;
                }
            }
            lagSeconds = Math.max(0, nowMicros - last.transaction().commitMicros()) / 1e6;
            last = null;
        }
    }

    private final MetricScope scope;
    private final FailureKinds failures;
    private final Counter reconnects;
    private final Map<String, Table> tables = new HashMap<>();
    private final IdentityHashMap<TableSchema, Table> tablesBySchema = new IdentityHashMap<>();
    private final List<Table> touched = new ArrayList<>();
    private volatile long behindSinceMicros;
    private volatile long lastEventNanos = System.nanoTime();

    SourceMeter(MetricScope scope) {
        this.scope = scope;
        this.failures = new FailureKinds(scope);
        this.reconnects = scope.counter("deltaforge_source_reconnects_total", "Times the source was made anew");
        scope.gauge(
                "deltaforge_source_lag_seconds",
                "Age of the transaction read last, 0 when everything is read; grows while the source is away",
                this::lagSeconds);
        scope.gauge("deltaforge_source_idle_seconds", "Time since the source gave its last event", this::idleSeconds);
    }

    /** Takes note of what was read. */
    void read(List<ChangeEvent> events) {
        if (events.isEmpty()) {
            return;
        }
        TableSchema schema = null;
        Table table = null;
        ChangeEvent previous = null;
        for (ChangeEvent event : events) {
            if (event.table() != schema) {
                if (table != null) {
                    table.last = previous;
                }
                schema = event.table();
                table = table(schema);
                if (table.last == null) {
                    touched.add(table);
                    table.last = event;
                }
            }
            table.counts.get(event.operation()).pending++;
            previous = event;
        }
        table.last = previous;
        long nowMicros = nowMicros();
        for (Table each : touched) {
            each.flush(nowMicros);
        }
        touched.clear();
        behindSinceMicros = previous.transaction().commitMicros();
        lastEventNanos = System.nanoTime();
    }

    private Table table(TableSchema schema) {
        Table known = tablesBySchema.get(schema);
        if (known != null) {
            return known;
        }
        if (tablesBySchema.size() >= MAX_SCHEMAS) {
            tablesBySchema.clear();
        }
        Table table = tables.computeIfAbsent(schema.qualifiedName(), this::newTable);
        tablesBySchema.put(schema, table);
        return table;
    }

    private Table newTable(String name) {
        Table table = new Table();
        MetricScope labelled = scope.with(Map.of("table", name));
        for (Operation op : Operation.values()) {
            table.counts.put(
                    op,
                    new Count(labelled.with(Map.of("op", op.code()))
                            .counter("deltaforge_source_events_total", "Events read, by table and operation")));
        }
        labelled.gauge(
                "deltaforge_source_table_lag_seconds",
                "How long after its commit the last event of the table was read",
                () -> table.lagSeconds);
        return table;
    }

    /** Everything that is in the log is read. */
    void drained() {
        if (behindSinceMicros != 0) {
            behindSinceMicros = 0;
        }
    }

    /** From now on the source may fall behind without anybody seeing how far. */
    void away() {
        if (behindSinceMicros == 0) {
            behindSinceMicros = nowMicros();
        }
    }

    /** Another instance reads: it is not this one that is behind. */
    void standby() {
        behindSinceMicros = 0;
    }

    void failed(DeltaForgeException failure) {
        failures.count(failure);
    }

    void reconnect() {
        reconnects.add(1);
    }

    double lagSeconds() {
        long since = behindSinceMicros;
        return since == 0 ? 0 : Math.max(0, nowMicros() - since) / 1e6;
    }

    double idleSeconds() {
        return (System.nanoTime() - lastEventNanos) / 1e9;
    }

    private static long nowMicros() {
        return TimeUnit.MILLISECONDS.toMicros(System.currentTimeMillis());
    }
}
