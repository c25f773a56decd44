package io.deltaforge.testkit.sink;

import static io.deltaforge.testkit.event.Events.CUSTOMERS;
import static io.deltaforge.testkit.event.Events.ORDERS;
import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.api.config.Settings;
import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.sink.Sink;
import io.deltaforge.api.sink.SinkFactory;
import io.deltaforge.testkit.check.Witness;
import io.deltaforge.testkit.context.TestSettings;
import io.deltaforge.testkit.context.TestSinkContext;
import io.deltaforge.testkit.event.Events;
import io.deltaforge.testkit.event.TransactionBuilder;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;

/** What the author of a sink supplies, and what the suite makes of it. */
abstract class SinkRig {

    static final int BATCHES = 12;

    final List<Sink> sinks = new ArrayList<>();
    TestSinkContext context;
    Witness witness;

    /**
     * Makes the target empty. Called before each test.
     *
     * @throws Exception when that fails, which fails the test
     */
    protected abstract void reset() throws Exception;

    /**
     * Returns the factory under test.
     *
     * @return the factory, the same or a new one each time
     */
    protected abstract SinkFactory factory();

    /**
     * Returns settings that work, secrets included.
     *
     * @return values by key
     */
    protected abstract Map<String, Object> settings();

    /**
     * Reads everything that is durable in the target.
     *
     * @return every event, duplicates included, in the order the target keeps them
     * @throws Exception when that fails, which fails the test
     */
    protected abstract List<StoredEvent> stored() throws Exception;

    /**
     * Returns what the sink and this test can do.
     *
     * @return the capabilities; none by default
     */
    protected Set<SinkCapability> capabilities() {
        return Set.of();
    }

    /**
     * Returns settings that the factory must refuse although each fits the spec by itself.
     *
     * @return by the key that the error must name, whole settings; none by default
     */
    protected Map<String, Map<String, Object>> wrongSettings() {
        return Map.of();
    }

    /** Makes the target unreachable. To be overridden with {@link SinkCapability#FAULTS}. */
    protected void breakTarget() {
        throw new UnsupportedOperationException("override breakTarget() to declare FAULTS");
    }

    /** Ends what {@link #breakTarget} began. To be overridden with {@link SinkCapability#FAULTS}. */
    protected void mendTarget() {
        throw new UnsupportedOperationException("override mendTarget() to declare FAULTS");
    }

    /**
     * Adds an event that the target can never take. To be overridden with {@link SinkCapability#REJECTS_EVENTS}.
     *
     * @param transaction where to add it
     */
    protected void addRejected(TransactionBuilder transaction) {
        throw new UnsupportedOperationException("override addRejected() to declare REJECTS_EVENTS");
    }

    /**
     * Says whether a thread is no business of the sink, such as one a library starts once per JVM.
     *
     * @param thread a thread that came during the test
     * @return whether it may stay; false by default
     */
    protected boolean mayOutlive(Thread thread) {
        return false;
    }

    /**
     * Returns how long a delivery, a failure or a close may take.
     *
     * @return 30 seconds by default
     */
    protected Duration limit() {
        return Duration.ofSeconds(30);
    }

    @BeforeEach
    final void beginWithAnEmptyTarget() throws Exception {
        reset();
        context = new TestSinkContext();
        witness = new Witness(limit());
    }

    @AfterEach
    final void closeAllSinks() {
        sinks.forEach(Sink::close);
        witness.close();
    }

    boolean can(SinkCapability capability) {
        return capabilities().contains(capability);
    }

    boolean totalOrder() {
        return can(SinkCapability.TOTAL_ORDER);
    }

    Settings checkedSettings() {
        return TestSettings.of(factory().config(), settings());
    }

    Sink newSink() {
        Sink sink = factory().create(checkedSettings(), context);
        sinks.add(sink);
        return sink;
    }

    Sink openSink() {
        Sink sink = newSink();
        sink.open();
        return sink;
    }

    /** The same number gives the same events: changes of a few rows, so that order per row can be seen to break. */
    static List<ChangeEvent> transaction(long number) {
        long row = number % 3;
        return Events.transaction(number)
                .create(ORDERS, 1_000 + number, "new in " + number)
                .update(ORDERS, row, "changed in " + number)
                .update(CUSTOMERS, row, "grüße 東京 " + number)
                .delete(ORDERS, 1_000 + number, "gone in " + number)
                .events();
    }

    static EventBatch batch(long number) {
        return Events.batch(number, transaction(number));
    }

    static List<ChangeEvent> upTo(long batches) {
        List<ChangeEvent> events = new ArrayList<>();
        for (long i = 1; i <= batches; i++) {
            events.addAll(transaction(i));
        }
        return events;
    }

    void deliver(Sink sink, EventBatch batch) throws Exception {
        await(sink.deliver(batch).toCompletableFuture());
    }

    void await(CompletableFuture<Void> delivery) throws Exception {
        try {
            delivery.get(limit().toNanos(), TimeUnit.NANOSECONDS);
        } catch (TimeoutException e) {
            throw new AssertionError("a delivery did not complete within " + limit(), e);
        }
    }

    DeliveryException failureOf(CompletableFuture<Void> delivery) throws Exception {
        try {
            delivery.get(limit().toNanos(), TimeUnit.NANOSECONDS);
        } catch (ExecutionException e) {
            assertThat(e.getCause()).as("why a delivery failed").isInstanceOf(DeliveryException.class);
            return (DeliveryException) e.getCause();
        } catch (TimeoutException e) {
            throw new AssertionError("a delivery neither completed nor failed within " + limit(), e);
        }
        throw new AssertionError("the delivery was acknowledged, and must fail");
    }

    /** What the sink says to a batch: a failed stage and a thrown exception mean the same. */
    static CompletableFuture<Void> offer(Sink sink, EventBatch batch) {
        try {
            return sink.deliver(batch).toCompletableFuture();
        } catch (DeliveryException e) {
            return CompletableFuture.failedFuture(e);
        }
    }
}
