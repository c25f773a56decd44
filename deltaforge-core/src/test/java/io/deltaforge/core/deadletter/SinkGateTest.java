package io.deltaforge.core.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.event.Operation;
import io.deltaforge.api.event.RowValues;
import io.deltaforge.api.event.TableSchema;
import io.deltaforge.api.sink.Sink;
import io.deltaforge.api.sink.TransactionalSink;
import io.deltaforge.core.support.CountingScope;
import io.deltaforge.core.support.Log;
import io.deltaforge.core.support.MemoryStore;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import org.junit.jupiter.api.Test;

/** What the gate before a sink lets through. */
final class SinkGateTest {

    private final MemoryStore store = new MemoryStore();
    private final DeadLetterLog log = new DeadLetterLog(store, "shop");
    private final List<String> got = new ArrayList<>();
    private final List<CompletableFuture<Void>> open = new ArrayList<>();
    private SinkGate gate;
    private Sink sink;

    private class Recorder implements Sink {
        @Override
        public void open() {}

        @Override
        public CompletionStage<Void> deliver(EventBatch batch) {
            batch.events().forEach(event -> got.add(Log.name(event)));
            CompletableFuture<Void> delivery = new CompletableFuture<>();
            open.add(delivery);
            return delivery;
        }

        @Override
        public void close() {}
    }

    private final class Holder extends Recorder implements TransactionalSink {
        @Override
        public Optional<byte[]> committedPosition() {
            return Optional.empty();
        }
    }

    private DeadLetterQueue start(OnPoison onPoison, Sink behind) {
        DeadLetterLimits limits = new DeadLetterLimits(50, 0, 1 << 20, OverflowPolicy.BLOCK, onPoison);
        DeadLetterQueue queue = new DeadLetterQueue("shop", log, limits, new CountingScope(), InstantSource.system());
        gate = queue.gate("kafka");
        sink = gate.around(behind);
        queue.open(new Log.Order());
        return queue;
    }

    private void putAside(ChangeEvent event) {
        gate.put(event, Letters.tooLarge(), () -> {});
    }

    private void deliver(ChangeEvent... events) {
        ChangeEvent last = events[events.length - 1];
        CompletionStage<Void> unused =
                sink.deliver(new EventBatch(last.transaction().commitMicros(), List.of(events), last.position()));
    }

    private void acknowledgeAll() {
        open.forEach(delivery -> delivery.complete(null));
    }

    private List<String> parked() {
        List<String> parked = new ArrayList<>();
        log.read(
                LetterFilter.ALL,
                0,
                100,
                letter -> parked.add(letter.id() + " " + Log.name(letter.event()) + " behind "
                        + letter.state().behind()));
        return parked;
    }

    private static ChangeEvent row(long tx, long id) {
        return Log.write(new Log.Tx(tx), 0, id);
    }

    private static ChangeEvent truncate(long tx) {
        return new ChangeEvent(Operation.TRUNCATE, Log.ORDERS, null, null, new Log.Tx(tx), 0);
    }

    @Test
    void shouldParkATruncateBehindAnyRowOfTheTableAndEveryRowBehindTheTruncate() {
        start(OnPoison.PARK_KEY, new Recorder());
        putAside(row(1, 7));
        ChangeEvent other =
                new ChangeEvent(Operation.CREATE, Log.AUDIT, null, RowValues.of(Log.AUDIT, 7L, "x"), new Log.Tx(5), 0);
        deliver(row(2, 8), truncate(3), row(4, 8), other);
        assertThat(got).containsExactly("tx2#0", "tx5#0");
        assertThat(parked()).containsExactly("1 tx1#0 behind 0", "2 tx3#0 behind 1", "3 tx4#0 behind 2");
        deliver(row(6, 9));
        assertThat(parked()).last().isEqualTo("4 tx6#0 behind 2");
    }

    @Test
    void shouldTakeRowsThatCannotBeToldApartAsOneKey() {
        start(OnPoison.PARK_KEY, new Recorder());
        TableSchema keyless = new TableSchema("shop", "public", "log", Log.ORDERS.columns(), List.of());
        for (long tx = 1; tx <= 2; tx++) {
            ChangeEvent event =
                    new ChangeEvent(Operation.CREATE, keyless, null, RowValues.of(keyless, tx, "x"), new Log.Tx(tx), 0);
            if (tx == 1) {
                putAside(event);
            } else {
                deliver(event);
            }
        }
        assertThat(got).isEmpty();
        assertThat(parked()).containsExactly("1 tx1#0 behind 0", "2 tx2#0 behind 1");
    }

    @Test
    void shouldLookAtBothKeysOfARowWhoseKeyChanges() {
        start(OnPoison.PARK_KEY, new Recorder());
        putAside(row(1, 7));
        ChangeEvent moved = new ChangeEvent(
                Operation.UPDATE,
                Log.ORDERS,
                RowValues.of(Log.ORDERS, 7L, "a"),
                RowValues.of(Log.ORDERS, 70L, "a"),
                new Log.Tx(2),
                0);
        deliver(moved, row(3, 70), row(4, 71));
        assertThat(got).containsExactly("tx4#0");
        assertThat(parked()).containsExactly("1 tx1#0 behind 0", "2 tx2#0 behind 1", "3 tx3#0 behind 2");
    }

    @Test
    void shouldLetThroughWhatIsReadAgainFromBeforeTheLetterAndNotTheLetterItself() {
        start(OnPoison.PARK_KEY, new Recorder());
        putAside(row(3, 7));
        deliver(row(2, 7), row(3, 7), row(4, 7));
        assertThat(got).containsExactly("tx2#0");
        assertThat(parked()).containsExactly("1 tx3#0 behind 0", "2 tx4#0 behind 1");
        deliver(row(2, 7), row(3, 7), row(4, 7));
        assertThat(got).containsExactly("tx2#0", "tx2#0");
        assertThat(parked()).hasSize(2);
    }

    @Test
    void shouldHaveABatchDeliveredAgainInWhichALaterEventOfTheKeyIsUnderWay() {
        start(OnPoison.PARK_KEY, new Recorder());
        deliver(row(1, 7));
        deliver(row(2, 8), row(3, 7));
        DeliveryException failure = catchThrowableOfType(DeliveryException.class, () -> putAside(row(1, 7)));
        assertThat(failure.kind()).isEqualTo(ErrorKind.RETRIABLE);
        assertThat(failure.reason()).isEqualTo("KEY_PARKED");
        assertThat(parked()).containsExactly("1 tx1#0 behind 0");
        acknowledgeAll();
        putAside(row(2, 8));
        assertThat(parked()).as("nothing is under way any more").hasSize(2);
    }

    @Test
    void shouldMarkAtOnceALetterThatALaterEventUnderWayHasPassed() {
        start(OnPoison.SKIP, new Recorder());
        deliver(row(1, 7), row(2, 7));
        putAside(row(1, 7));
        assertThat(log.get(1).orElseThrow().state().status()).isEqualTo(DeadLetter.Status.SUPERSEDED);
    }

    @Test
    void shouldStoreOneMarkForALetterHoweverManyPassIt() {
        start(OnPoison.SKIP, new Recorder());
        putAside(row(1, 7));
        List<String> saves = new ArrayList<>();
        store.beforeSave = () -> saves.add("save");
        deliver(row(2, 7), row(3, 7));
        deliver(row(4, 7));
        assertThat(saves).hasSize(1);
        assertThat(got).containsExactly("tx2#0", "tx3#0", "tx4#0");
    }

    @Test
    void shouldLetNothingThroughThatCannotBeMarked() {
        start(OnPoison.SKIP, new Recorder());
        putAside(row(1, 7));
        store.failure = new CheckpointException(ErrorKind.RETRIABLE, "STORAGE_FULL", "no room", null);
        DeliveryException failure = catchThrowableOfType(DeliveryException.class, () -> deliver(row(2, 7)));
        assertThat(failure.reason()).isEqualTo("STORAGE_FULL");
        assertThat(got).isEmpty();
        store.failure = null;
        deliver(row(2, 7));
        assertThat(got).containsExactly("tx2#0");
        assertThat(log.get(1).orElseThrow().state().status()).isEqualTo(DeadLetter.Status.SUPERSEDED);
    }

    @Test
    void shouldGiveATransactionalSinkABatchOfWhichNothingIsLeft() {
        start(OnPoison.PARK_KEY, new Holder());
        assertThat(sink).isInstanceOf(TransactionalSink.class);
        putAside(row(1, 7));
        deliver(row(2, 7));
        assertThat(open).as("its position advances").hasSize(1);
        assertThat(got).isEmpty();
    }

    @Test
    void shouldMakeHeadsOfWhatAnEarlierReleaseHasStored() {
        start(OnPoison.SKIP, new Recorder());
        putAside(row(1, 7));
        putAside(row(2, 8));
        store.besides.keySet().removeIf(key -> key.startsWith("head/") || key.equals("format"));

        DeadLetterLog again = new DeadLetterLog(store, "shop");
        List<Long> ids = new ArrayList<>();
        LetterFilter ofKey = new LetterFilter(
                java.util.Set.of(),
                Optional.empty(),
                Optional.of("MESSAGE_TOO_LARGE"),
                new LetterFilter.RowFilter(Optional.of("public.orders"), Optional.of("{\"id\":8}")),
                Optional.empty(),
                Optional.empty());
        again.read(ofKey, 0, 10, letter -> ids.add(letter.id()));
        assertThat(ids).containsExactly(2L);
        start(OnPoison.PARK_KEY, new Recorder());
        deliver(row(3, 8));
        assertThat(got).isEmpty();
    }
}
