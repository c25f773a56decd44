package io.deltaforge.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.Column;
import io.deltaforge.api.event.LogicalType;
import io.deltaforge.api.event.Operation;
import io.deltaforge.api.event.RowValues;
import io.deltaforge.api.event.TableSchema;
import io.deltaforge.core.support.CountingScope;
import io.deltaforge.core.support.Log;
import java.io.EOFException;
import java.net.SocketTimeoutException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.junit.jupiter.api.Test;

class SourceMeterTest {

    private static final List<Column> COLUMNS = List.of(Column.of("id", 0, LogicalType.INTEGER, "bigint"));

    private static final List<Operation> OPERATIONS = List.of(Operation.values());

    private final CountingScope scope = new CountingScope();
    private final SourceMeter meter = new SourceMeter(scope);

    private static TableSchema table(String name) {
        return new TableSchema("shop", "public", name, COLUMNS, COLUMNS);
    }

    private static ChangeEvent event(TableSchema table, Operation operation, int ordinal) {
        return new ChangeEvent(operation, table, null, RowValues.of(table, 1L), new Log.Tx(1), ordinal);
    }

    /** Tables change from event to event, and one table comes under several schemas, as after an ALTER TABLE. */
    @Test
    void shouldCountEveryEventByTableAndOperation() {
        long seed = Long.getLong("deltaforge.seed", System.nanoTime());
        System.out.println("deltaforge.seed=" + seed);
        Random random = new Random(seed);
        List<TableSchema> schemas = List.of(table("a"), table("b"), table("a"), table("c"));
        Map<String, Long> ledger = new TreeMap<>();
        for (int batch = 0; batch < 50; batch++) {
            List<ChangeEvent> events = new ArrayList<>();
            for (int i = random.nextInt(40); i > 0; i--) {
                TableSchema schema = schemas.get(random.nextInt(schemas.size()));
                Operation operation = OPERATIONS.get(random.nextInt(OPERATIONS.size()));
                events.add(event(schema, operation, i));
                ledger.merge(
                        "deltaforge_source_events_total{op=" + operation.code() + ",table=" + schema.qualifiedName()
                                + "}",
                        1L,
                        Long::sum);
            }
            meter.read(events);
        }
        assertThat(scope.counts("deltaforge_source_events_total")).isEqualTo(ledger);
        assertThat(scope.gauge("deltaforge_source_table_lag_seconds{table=public.b}"))
                .isPositive();
    }

    @Test
    void shouldLagFromTheLastTransactionReadUntilEverythingIs() {
        assertThat(meter.lagSeconds()).isZero();
        meter.read(List.of(event(table("a"), Operation.CREATE, 0)));
        assertThat(meter.lagSeconds()).as("the fake log commits in 1970").isGreaterThan(1e9);
        meter.drained();
        assertThat(scope.gauge("deltaforge_source_lag_seconds{}")).isZero();
        meter.away();
        assertThat(meter.lagSeconds()).as("what is not seen counts from now on").isBetween(0.0, 60.0);
        meter.standby();
        assertThat(meter.lagSeconds()).isZero();
    }

    private static SourceException failure(String reason, Throwable cause) {
        return new SourceException(ErrorKind.RETRIABLE, reason, "it failed", cause);
    }

    @Test
    void shouldCountFailuresByTheWordsOfTheOriginalAndShowAllFromTheStart() {
        assertThat(scope.counts("deltaforge_source_errors_total")).isEmpty();
        assertThat(scope.known("deltaforge_source_errors_total")).hasSize(12);
        meter.failed(failure("AUTHENTICATION", null));
        meter.failed(failure("AUTHENTICATION", null));
        DeltaForgeException store = new CheckpointException(ErrorKind.RETRIABLE, "STORAGE_FULL", "full", null);
        meter.failed(store);
        meter.failed(failure("SOMETHING", new SocketTimeoutException()));
        meter.failed(failure("SOMETHING", new RuntimeException(new EOFException())));
        meter.failed(failure("SOMETHING", null));
        assertThat(scope.counts("deltaforge_source_errors_total"))
                .isEqualTo(Map.of(
                        "deltaforge_source_errors_total{kind=auth}", 2L,
                        "deltaforge_source_errors_total{kind=checkpoint}", 1L,
                        "deltaforge_source_errors_total{kind=timeout}", 1L,
                        "deltaforge_source_errors_total{kind=io}", 1L,
                        "deltaforge_source_errors_total{kind=other}", 1L));
    }
}
