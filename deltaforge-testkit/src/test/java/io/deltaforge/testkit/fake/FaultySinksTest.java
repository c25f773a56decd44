package io.deltaforge.testkit.fake;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.event.EventId;
import io.deltaforge.api.sink.Sink;
import io.deltaforge.api.sink.SinkFactory;
import io.deltaforge.testkit.context.TestSettings;
import io.deltaforge.testkit.context.TestSinkContext;
import io.deltaforge.testkit.event.Events;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionException;
import org.junit.jupiter.api.Test;

class FaultySinksTest {

    private static final EventBatch FIRST = batch(1);
    private static final EventBatch SECOND = batch(2);

    private final TestSinkContext context = new TestSinkContext();

    private static EventBatch batch(long number) {
        return Events.batch(
                number,
                Events.transaction(number)
                        .create(Events.ORDERS, number, "tea")
                        .create(Events.ORDERS, -number, "milk")
                        .events());
    }

    private Sink open(SinkFactory factory) {
        Sink sink = factory.create(TestSettings.of(factory.config(), Map.of()), context);
        sink.open();
        return sink;
    }

    private static CompletableFuture<Void> deliver(Sink sink, EventBatch batch) {
        return sink.deliver(batch).toCompletableFuture();
    }

    private static List<UUID> ids(EventBatch... batches) {
        return List.of(batches).stream()
                .flatMap(batch -> batch.events().stream())
                .map(EventId::of)
                .toList();
    }

    private static List<UUID> stored(FaultySink sink) {
        return sink.target().stored().stream().map(MemoryTarget.Stored::id).toList();
    }

    private static ErrorKind kindOf(CompletableFuture<Void> delivery) {
        return delivery.handle((done, failure) -> failure instanceof CompletionException wrapped
                        ? ((DeliveryException) wrapped.getCause()).kind()
                        : ((DeliveryException) failure).kind())
                .join();
    }

    @Test
    void shouldStallUntilItIsToldToGoOn() {
        StalledSink stalled = new StalledSink();
        Sink sink = open(stalled);
        CompletableFuture<Void> first = deliver(sink, FIRST);
        CompletableFuture<Void> second = deliver(sink, SECOND);
        assertThat(stalled.unanswered()).isEqualTo(2);
        assertThat(first).isNotDone();
        assertThat(stored(stalled)).isEmpty();
        stalled.goOn();
        assertThat(first).isCompleted();
        assertThat(second).isCompleted();
        assertThat(stored(stalled)).isEqualTo(ids(FIRST, SECOND));
        assertThat(deliver(sink, batch(3))).isCompleted();
    }

    @Test
    void shouldFailOnceInTheMiddleOfABatch() {
        FailOnceSink failing = new FailOnceSink(1);
        Sink sink = open(failing);
        assertThat(kindOf(deliver(sink, FIRST))).isEqualTo(ErrorKind.RETRIABLE);
        assertThat(kindOf(deliver(sink, SECOND))).as("behind it").isEqualTo(ErrorKind.RETRIABLE);
        assertThat(stored(failing)).isEqualTo(ids(FIRST).subList(0, 1));
        sink.close();
        Sink again = open(failing);
        assertThat(deliver(again, FIRST)).isCompleted();
        assertThat(deliver(again, SECOND)).isCompleted();
    }

    @Test
    void shouldPutAsideWhatItRejects() {
        RejectingSink rejecting =
                new RejectingSink(event -> event.after().value(1).equals("milk"));
        assertThat(deliver(open(rejecting), FIRST)).isCompleted();
        assertThat(stored(rejecting)).isEqualTo(ids(FIRST).subList(0, 1));
        assertThat(context.putAside()).containsOnlyKeys(ids(FIRST).get(1));
    }

    @Test
    void shouldAnswerWhenItsTimeHasCome() {
        ManualClock clock = new ManualClock();
        SlowSink slow = new SlowSink(clock, Duration.ofSeconds(2));
        Sink sink = open(slow);
        CompletableFuture<Void> first = deliver(sink, FIRST);
        clock.advance(Duration.ofSeconds(1));
        CompletableFuture<Void> second = deliver(sink, SECOND);
        assertThat(clock.waiting()).isEqualTo(2);
        clock.advance(Duration.ofMillis(999));
        assertThat(first).isNotDone();
        assertThat(stored(slow)).isEmpty();
        clock.advance(Duration.ofMillis(1));
        assertThat(first).isCompleted();
        assertThat(second).isNotDone();
        assertThat(stored(slow)).isEqualTo(ids(FIRST));
        clock.advance(Duration.ofHours(1));
        assertThat(second).isCompleted();
        assertThat(clock.getAsLong())
                .isEqualTo(Duration.ofHours(1).plusSeconds(2).toNanos());
    }

    @Test
    void shouldShutOutWhoeverWasOpenedBefore() {
        FencedSink fenced = new FencedSink();
        Sink first = open(fenced);
        assertThat(deliver(first, FIRST)).isCompleted();
        fenced.fence();
        assertThat(kindOf(deliver(first, SECOND))).isEqualTo(ErrorKind.STANDBY);
        assertThat(stored(fenced)).isEqualTo(ids(FIRST));
        assertThat(deliver(open(fenced), SECOND)).isCompleted();
    }
}
