package io.deltaforge.testkit.sink;

import static io.deltaforge.testkit.event.Events.CUSTOMERS;
import static io.deltaforge.testkit.event.Events.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.deltaforge.api.error.ConfigException;
import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.event.EventId;
import io.deltaforge.api.event.RowValues;
import io.deltaforge.api.event.TableSchema;
import io.deltaforge.api.sink.Sink;
import io.deltaforge.api.sink.SinkFactory;
import io.deltaforge.api.sink.TransactionalSink;
import io.deltaforge.testkit.check.FactoryRules;
import io.deltaforge.testkit.check.Witness;
import io.deltaforge.testkit.context.TestSettings;
import io.deltaforge.testkit.event.Events;
import io.deltaforge.testkit.event.TransactionBuilder;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/**
 * What every sink must do. Extend it, say how to make the sink and how to read its target, and run it:
 *
 * <ol>
 *   <li>{@link #reset} gives an empty target, before each test.
 *   <li>{@link #factory} and {@link #settings} make the sink; the class must be registered for
 *       {@link java.util.ServiceLoader}.
 *   <li>{@link #stored} reads what is durable in the target, over a way of its own, not through the sink.
 *   <li>{@link #capabilities} says what else can be tested; what is not declared is asserted to be refused.
 * </ol>
 */
public abstract class SinkConformanceTest extends SinkRig {

    @Test
    void shouldDescribeItselfAndEverySetting() {
        FactoryRules.assertDescribed(factory().type(), factory().config(), Set.of("id", "type", "required"));
    }

    @Test
    void shouldBeFoundByTheServiceLoader() {
        FactoryRules.assertRegistered(SinkFactory.class, factory());
    }

    @Test
    void shouldNameTheKeyOfAWrongSetting() {
        FactoryRules.assertNamesTheWrongKey(factory().config(), settings(), wrongSettings(), wrong -> factory()
                .create(wrong, context));
    }

    @Test
    void shouldDeliverInOrderAndWhole() throws Exception {
        Sink sink = openSink();
        List<CompletableFuture<Void>> underWay = new ArrayList<>();
        for (long i = 1; i <= BATCHES; i++) {
            underWay.add(sink.deliver(batch(i)).toCompletableFuture());
            if (underWay.size() == 4) {
                await(underWay.remove(0));
            }
        }
        for (CompletableFuture<Void> delivery : underWay) {
            await(delivery);
        }
        Expectations.assertDelivered(upTo(BATCHES), stored(), totalOrder());
    }

    @Test
    void shouldAcknowledgeOnlyWhatIsDurable() throws Exception {
        Sink sink = openSink();
        for (long i = 1; i <= BATCHES; i++) {
            deliver(sink, batch(i));
            assertThat(stored().stream().map(StoredEvent::id))
                    .as("target just after batch %d was acknowledged", i)
                    .containsAll(Expectations.ids(upTo(i)));
        }
    }

    @Test
    void shouldCompleteDeliveriesInOrder() throws Exception {
        Sink sink = openSink();
        List<Long> completed = new CopyOnWriteArrayList<>();
        List<Long> wanted = new ArrayList<>();
        List<CompletableFuture<Void>> all = new ArrayList<>();
        for (long i = 1; i <= BATCHES; i++) {
            long number = i;
            wanted.add(number);
            all.add(sink.deliver(batch(i)).thenRun(() -> completed.add(number)).toCompletableFuture());
            if (i % 4 == 0) {
                await(all.get(all.size() - 4));
            }
        }
        for (CompletableFuture<Void> delivery : all) {
            await(delivery);
        }
        assertThat(completed).isEqualTo(wanted);
    }

    @Test
    void shouldGiveTheSameBytesWhenABatchIsDeliveredAgain() throws Exception {
        assumeTrue(!can(SinkCapability.STORES_POSITION), "the engine skips what such a sink holds");
        for (int run = 0; run < 2; run++) {
            Sink sink = openSink();
            deliver(sink, batch(1));
            deliver(sink, batch(2));
            sink.close();
        }
        List<StoredEvent> stored = stored();
        Expectations.assertRewindsOnly(upTo(2), stored, totalOrder());
        Expectations.assertCopiesAreEqual(stored);
    }

    @Test
    void shouldTakeABatchOfOneEventAndALargeOne() throws Exception {
        Sink sink = openSink();
        List<ChangeEvent> one =
                Events.transaction(1).create(ORDERS, 1L, "alone").events();
        TransactionBuilder many = Events.transaction(2);
        for (long row = 0; row < 5_000; row++) {
            many.create(CUSTOMERS, row, "x".repeat((int) (row % 200)));
        }
        TransactionBuilder wide = Events.transaction(3).create(ORDERS, 2L, "w".repeat(200_000));
        List<ChangeEvent> all = new ArrayList<>(one);
        deliver(sink, Events.batch(1, one));
        for (TransactionBuilder next : List.of(many, wide)) {
            deliver(sink, Events.batch(all.size(), next.events()));
            all.addAll(next.events());
        }
        Expectations.assertDelivered(all, stored(), totalOrder());
    }

    @Test
    void shouldDeliverEveryOperationAndMissingValues() throws Exception {
        Sink sink = openSink();
        TableSchema odd = Events.table("odd \"name\" ü");
        List<ChangeEvent> events = Events.transaction(1)
                .create(ORDERS, 1L, null)
                .read(ORDERS, 2L, "")
                .update(ORDERS, 1L, RowValues.UNCHANGED)
                .delete(ORDERS, 1L, RowValues.ABSENT)
                .create(odd, 1L, "odd")
                .create(Events.EVERY_TYPE, nulls())
                .events();
        deliver(sink, Events.batch(1, events));
        Expectations.assertDelivered(events, stored(), totalOrder());
    }

    private static Object[] nulls() {
        Object[] values = new Object[Events.EVERY_TYPE.columns().size()];
        values[0] = 1L;
        return values;
    }

    @Test
    void shouldDeliverOrRefuseAnEmptiedTable() throws Exception {
        Sink sink = openSink();
        List<ChangeEvent> events = Events.transaction(1)
                .create(ORDERS, 1L, "before")
                .truncate(ORDERS)
                .events();
        ChangeEvent truncate = events.get(1);
        CompletableFuture<Void> delivery = offer(sink, Events.batch(1, events));
        if (can(SinkCapability.TRUNCATE)) {
            await(delivery);
            assertThat(stored().stream().map(StoredEvent::id)).contains(EventId.of(truncate));
        } else {
            assertThatEither(delivery, truncate);
        }
    }

    private void assertThatEither(CompletableFuture<Void> delivery, ChangeEvent event) throws Exception {
        try {
            delivery.get(limit().toNanos(), TimeUnit.NANOSECONDS);
            assertThat(context.putAside()).as("dead letters").containsKey(EventId.of(event));
        } catch (ExecutionException e) {
            assertThat(e.getCause()).isInstanceOf(DeliveryException.class);
            assertThat(((DeliveryException) e.getCause()).kind()).isIn(ErrorKind.RECORD, ErrorKind.FATAL);
        }
    }

    @Test
    void shouldPutARejectedEventAsideAndKeepItsNeighbours() throws Exception {
        assumeTrue(can(SinkCapability.REJECTS_EVENTS), "REJECTS_EVENTS is not declared");
        TransactionBuilder transaction = Events.transaction(1).create(ORDERS, 1L, "before");
        addRejected(transaction);
        List<ChangeEvent> events =
                new ArrayList<>(transaction.create(ORDERS, 3L, "behind").events());
        Sink sink = openSink();
        deliver(sink, Events.batch(1, events));
        assertThat(context.putAside()).as("dead letters").containsOnlyKeys(EventId.of(events.get(1)));
        assertThat(context.putAside().values()).allMatch(failure -> failure.kind() == ErrorKind.RECORD);
        events.remove(1);
        Expectations.assertDelivered(events, stored(), totalOrder());
    }

    @Test
    void shouldFailTheBatchWhenThereAreNoDeadLetters() throws Exception {
        assumeTrue(can(SinkCapability.REJECTS_EVENTS), "REJECTS_EVENTS is not declared");
        context.refuseDeadLetters();
        TransactionBuilder transaction = Events.transaction(1);
        addRejected(transaction);
        Sink sink = openSink();
        assertThat(failureOf(offer(sink, Events.batch(1, transaction.events()))).kind())
                .isEqualTo(ErrorKind.FATAL);
    }

    @Test
    void shouldKeepOrderThroughAFailureThatPasses() throws Exception {
        assumeTrue(can(SinkCapability.FAULTS), "FAULTS is not declared");
        Sink first = openSink();
        deliver(first, batch(1));
        breakTarget();
        List<CompletableFuture<Void>> broken = new ArrayList<>();
        try {
            for (long i = 2; i <= 4; i++) {
                broken.add(offer(first, batch(i)));
            }
            assertThat(failureOf(broken.get(0)).kind())
                    .as("kind of the failure")
                    .isEqualTo(ErrorKind.RETRIABLE);
            assertThat(broken.subList(1, 3))
                    .as("deliveries behind one that failed")
                    .noneMatch(delivery -> delivery.isDone() && !delivery.isCompletedExceptionally());
            first.close();
        } finally {
            mendTarget();
        }
        Sink second = openSink();
        for (long i = 2; i <= BATCHES; i++) {
            deliver(second, batch(i));
        }
        Expectations.assertRewindsOnly(upTo(BATCHES), stored(), totalOrder());
        Expectations.assertCopiesAreEqual(stored());
    }

    @Test
    void shouldStoreThePositionOnlyWhereDeclared() throws Exception {
        Sink sink = openSink();
        assertThat(sink instanceof TransactionalSink)
                .as("whether the sink is a TransactionalSink")
                .isEqualTo(can(SinkCapability.STORES_POSITION));
        if (sink instanceof TransactionalSink transactional) {
            assertThat(transactional.committedPosition())
                    .as("position of an empty target")
                    .isEmpty();
            deliver(sink, batch(1));
            deliver(sink, new EventBatch(2, List.of(), Events.endOf(5)));
            sink.close();
            TransactionalSink again = (TransactionalSink) openSink();
            assertThat(again.committedPosition()).hasValue(Events.endOf(5).toBytes());
            Expectations.assertDelivered(upTo(1), stored(), totalOrder());
        }
    }

    @Test
    void shouldShutOutAnEarlierInstance() throws Exception {
        assumeTrue(can(SinkCapability.STORES_POSITION), "STORES_POSITION is not declared");
        Sink first = openSink();
        deliver(first, batch(1));
        TransactionalSink second = (TransactionalSink) openSink();
        assertThat(second.committedPosition()).hasValue(batch(1).end().toBytes());
        assertThat(failureOf(offer(first, batch(2))).kind())
                .as("what an earlier instance is told")
                .isIn(ErrorKind.STANDBY, ErrorKind.HELD, ErrorKind.FATAL);
        deliver(second, batch(2));
        Expectations.assertDelivered(upTo(2), stored(), totalOrder());
    }

    @Test
    void shouldCloseTwiceAndWithoutHavingBeenOpen() throws Exception {
        Sink never = newSink();
        never.close();
        never.close();
        Sink sink = openSink();
        deliver(sink, batch(1));
        sink.close();
        sink.close();
        Expectations.assertDelivered(upTo(1), stored(), totalOrder());
    }

    @Test
    void shouldCloseSoonWithDeliveriesUnderWay() throws Exception {
        Sink sink = openSink();
        List<CompletableFuture<Void>> underWay = new ArrayList<>();
        for (long i = 1; i <= 4; i++) {
            underWay.add(sink.deliver(batch(i)).toCompletableFuture());
        }
        CompletableFuture<Void> closed = CompletableFuture.runAsync(sink::close);
        await(closed);
        for (int i = 0; i < underWay.size(); i++) {
            CompletableFuture<Void> delivery = underWay.get(i);
            if (delivery.isDone() && !delivery.isCompletedExceptionally()) {
                assertThat(stored().stream().map(StoredEvent::id))
                        .as("target after close, batch %d was acknowledged", i + 1)
                        .containsAll(Expectations.ids(upTo(i + 1L)));
            }
        }
    }

    @Test
    void shouldLeaveNoThreadBehind() throws Exception {
        newSink();
        witness.assertNoThreadLeft(this::mayOutlive);
        Sink sink = openSink();
        deliver(sink, batch(1));
        sink.close();
        witness.assertNoThreadLeft(this::mayOutlive);
    }

    @Test
    void shouldShowNoSecret() throws Exception {
        List<String> shown = new ArrayList<>();
        wrongSettings().values().forEach(wrong -> {
            try {
                factory().create(TestSettings.of(factory().config(), wrong), context);
            } catch (ConfigException e) {
                shown.add(Witness.textOf(e));
            }
        });
        witness.listenClosely();
        Sink sink = openSink();
        shown.add(sink.toString());
        shown.add(factory().toString());
        deliver(sink, batch(1));
        if (can(SinkCapability.FAULTS)) {
            breakTarget();
            try {
                shown.add(Witness.textOf(failureOf(offer(sink, batch(2)))));
            } finally {
                sink.close();
                mendTarget();
            }
        }
        sink.close();
        for (String secret : FactoryRules.secrets(factory().config(), settings())) {
            assertThat(shown).as("texts and failures").noneMatch(text -> text.contains(secret));
            witness.assertNotLogged(secret);
        }
    }
}
