package io.deltaforge.core.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.metrics.MetricScope;
import io.deltaforge.api.sink.Sink;
import io.deltaforge.api.sink.TransactionalSink;
import io.deltaforge.core.retry.RetryPolicy;
import io.deltaforge.core.support.Log;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.Supplier;
import java.util.stream.IntStream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FanOutTest {

    private static final RetryPolicy FAST = new RetryPolicy(Duration.ofMillis(1), Duration.ofMillis(5), 0);

    private final Map<String, SourcePosition> reached = new ConcurrentHashMap<>();
    private final Map<String, DeltaForgeException> stopped = new ConcurrentHashMap<>();
    private final List<String> order = new CopyOnWriteArrayList<>();
    private FanOut fanOut;

    /** Acknowledges when it is told to. */
    private static final class HeldSink implements Sink {
        private final List<EventBatch> got = new CopyOnWriteArrayList<>();
        private final List<CompletableFuture<Void>> acknowledgements = new CopyOnWriteArrayList<>();
        private volatile boolean closed;

        @Override
        public void open() {}

        @Override
        public CompletionStage<Void> deliver(EventBatch batch) {
            CompletableFuture<Void> acknowledgement = new CompletableFuture<>();
            got.add(batch);
            acknowledgements.add(acknowledgement);
            return acknowledgement;
        }

        @Override
        public void close() {
            closed = true;
        }

        List<String> names() {
            return got.stream()
                    .flatMap(batch -> batch.events().stream())
                    .map(Log::name)
                    .toList();
        }
    }

    private LaneSpec lane(String sink, SourcePosition cursor, Supplier<Sink> sinks) {
        return lane(sink, cursor, sinks, FAST);
    }

    private LaneSpec lane(String sink, SourcePosition cursor, Supplier<Sink> sinks, RetryPolicy retry) {
        return new LaneSpec(
                "test",
                sink,
                true,
                sinks,
                LaneStart.at(cursor),
                new TrustingWitness(),
                2,
                0,
                retry,
                MetricScope.none());
    }

    private FanOut start(LaneSpec... specs) {
        LaneListener listener = new SilentListener() {
            @Override
            public void advanced(String sink, long sequence, SourcePosition end) {
                reached.put(sink, end);
                order.add(sink + ":" + end);
            }

            @Override
            public void stopped(String sink, DeltaForgeException failure) {
                stopped.put(sink, failure);
            }
        };
        fanOut = new FanOut(
                List.of(specs),
                new Log.Order(),
                new WindowLimits(10, new MemoryBudget(1L << 20)),
                Optional.empty(),
                Log.end(0),
                listener);
        fanOut.start();
        return fanOut;
    }

    @AfterEach
    void close() {
        fanOut.close();
    }

    private static EventBatch batch(long number, int events) {
        Log.Tx tx = new Log.Tx(number);
        List<ChangeEvent> list =
                IntStream.range(0, events).mapToObj(i -> Log.insert(tx, i)).toList();
        return new EventBatch(number, list, Log.end(number));
    }

    private static DeliveryException retriable() {
        return new DeliveryException(ErrorKind.RETRIABLE, "DOWN", "down", null);
    }

    @Test
    void shouldAdvanceOverTheAcknowledgedPrefixOnly() {
        HeldSink sink = new HeldSink();
        start(lane("a", Log.end(0), () -> sink));
        fanOut.publish(batch(1, 1), BatchObserver.NONE);
        fanOut.publish(batch(2, 1), BatchObserver.NONE);
        await().until(() -> sink.got.size() == 2);
        sink.acknowledgements.get(1).complete(null);
        assertThat(reached).isEmpty();
        sink.acknowledgements.get(0).complete(null);
        assertThat(reached).containsEntry("a", Log.end(2));
    }

    @Test
    void shouldKeepNoMoreBatchesUnderWayThanAllowed() {
        HeldSink sink = new HeldSink();
        start(lane("a", Log.end(0), () -> sink));
        for (int i = 1; i <= 4; i++) {
            fanOut.publish(batch(i, 1), BatchObserver.NONE);
        }
        await().until(() -> sink.got.size() == 2);
        assertThat(fanOut.isSinkFree()).isFalse();
        sink.acknowledgements.get(0).complete(null);
        await().until(() -> sink.got.size() == 3);
    }

    @Test
    void shouldRewindToTheFirstUnacknowledgedBatchAfterAFailure() {
        List<HeldSink> sinks = new CopyOnWriteArrayList<>();
        start(lane("a", Log.end(0), () -> {
            sinks.add(new HeldSink());
            return sinks.get(sinks.size() - 1);
        }));
        fanOut.publish(batch(1, 1), BatchObserver.NONE);
        fanOut.publish(batch(2, 1), BatchObserver.NONE);
        fanOut.publish(batch(3, 1), BatchObserver.NONE);
        await().until(() -> sinks.size() == 1 && sinks.get(0).got.size() == 2);
        sinks.get(0).acknowledgements.get(1).complete(null);
        sinks.get(0).acknowledgements.get(0).completeExceptionally(retriable());
        await().until(() -> sinks.size() == 2 && sinks.get(1).got.size() == 2);
        assertThat(sinks.get(0).closed).isTrue();
        assertThat(sinks.get(1).names()).containsExactly("tx1#0", "tx2#0");
        assertThat(reached).isEmpty();
    }

    @Test
    void shouldIgnoreWhatASinkThatWasGivenUpSaysLater() {
        List<HeldSink> sinks = new CopyOnWriteArrayList<>();
        start(lane("a", Log.end(0), () -> {
            sinks.add(new HeldSink());
            return sinks.get(sinks.size() - 1);
        }));
        fanOut.publish(batch(1, 1), BatchObserver.NONE);
        fanOut.publish(batch(2, 1), BatchObserver.NONE);
        await().until(() -> sinks.size() == 1 && sinks.get(0).got.size() == 2);
        sinks.get(0).acknowledgements.get(0).completeExceptionally(retriable());
        await().until(() -> sinks.size() == 2 && sinks.get(1).got.size() == 2);
        sinks.get(0).acknowledgements.get(1).complete(null);
        sinks.get(1).acknowledgements.get(0).complete(null);
        assertThat(reached).containsEntry("a", Log.end(1));
    }

    @Test
    void shouldSkipWhatASinkHoldsAlreadyEventByEvent() {
        HeldSink behind = new HeldSink();
        HeldSink ahead = new HeldSink();
        start(lane("behind", Log.end(0), () -> behind), lane("ahead", Log.at(2, 1), () -> ahead));
        for (int i = 1; i <= 3; i++) {
            fanOut.publish(batch(i, 3), BatchObserver.NONE);
        }
        await().until(() -> behind.got.size() == 2 && ahead.got.size() == 2);
        assertThat(behind.names()).startsWith("tx1#0", "tx1#1");
        assertThat(ahead.names()).containsExactly("tx2#2", "tx3#0", "tx3#1", "tx3#2");
        assertThat(reached).containsEntry("ahead", Log.at(2, 1)).doesNotContainKey("behind");
    }

    @Test
    void shouldAcknowledgeEmptyBatchesInOrderWithoutBotheringTheSink() {
        HeldSink sink = new HeldSink();
        start(lane("a", Log.end(0), () -> sink));
        fanOut.publish(batch(1, 1), BatchObserver.NONE);
        fanOut.publish(batch(2, 0), BatchObserver.NONE);
        await().until(() -> sink.got.size() == 1);
        assertThat(reached).isEmpty();
        sink.acknowledgements.get(0).complete(null);
        await().until(() -> Log.end(2).equals(reached.get("a")));
        assertThat(sink.got).hasSize(1);
    }

    @Test
    void shouldNotLetADeadSinkStallTheOthersUntilTheWindowIsFull() throws InterruptedException {
        HeldSink alive = new HeldSink();
        start(lane("alive", Log.end(0), () -> alive), lane("dead", Log.end(0), () -> {
            throw retriable();
        }));
        fanOut.publish(batch(1, 9), BatchObserver.NONE);
        await().until(() -> alive.got.size() == 1);
        alive.acknowledgements.get(0).complete(null);
        assertThat(fanOut.awaitRoom(0, 0, 0)).isTrue();
        fanOut.publish(batch(2, 1), BatchObserver.NONE);
        assertThat(fanOut.awaitRoom(0, 0, 1_000_000)).isFalse();
        await().until(() -> alive.got.size() == 2);
        assertThat(fanOut.status().get("dead").phase()).isEqualTo(LaneStatus.Phase.RETRYING);
        assertThat(fanOut.status().get("dead").failure().reason()).isEqualTo("DOWN");
    }

    @Test
    void shouldFreeTheWindowOnceEveryLaneIsDone() throws InterruptedException {
        HeldSink one = new HeldSink();
        HeldSink two = new HeldSink();
        start(lane("one", Log.end(0), () -> one), lane("two", Log.end(0), () -> two));
        fanOut.publish(batch(1, 10), BatchObserver.NONE);
        await().until(() -> one.got.size() == 1 && two.got.size() == 1);
        one.acknowledgements.get(0).complete(null);
        assertThat(fanOut.awaitRoom(0, 0, 0)).isFalse();
        two.acknowledgements.get(0).complete(null);
        assertThat(fanOut.awaitRoom(0, 0, 0)).isTrue();
        assertThat(fanOut.retainedBytes()).isZero();
    }

    @Test
    void shouldStopForGoodOnAFatalFailure() {
        List<Integer> tries = Collections.synchronizedList(new ArrayList<>());
        start(lane("a", Log.end(0), () -> {
            tries.add(1);
            throw new DeliveryException(ErrorKind.FATAL, "AUTHENTICATION", "wrong password", null);
        }));
        await().until(() -> stopped.containsKey("a"));
        assertThat(stopped.get("a").reason()).isEqualTo("AUTHENTICATION");
        assertThat(tries).hasSize(1);
        assertThat(fanOut.status().get("a").phase()).isEqualTo(LaneStatus.Phase.FAILED);
    }

    @Test
    void shouldFinishWhatItWasGivenWhenDrained() throws InterruptedException {
        HeldSink sink = new HeldSink();
        start(lane("a", Log.end(0), () -> sink));
        fanOut.publish(batch(1, 1), BatchObserver.NONE);
        await().until(() -> sink.got.size() == 1);
        assertThat(fanOut.drain(1_000_000)).isFalse();
        sink.acknowledgements.get(0).complete(null);
        assertThat(fanOut.drain(10_000_000_000L)).isTrue();
        assertThat(reached).containsEntry("a", Log.end(1));
        assertThat(sink.closed).isTrue();
    }

    @Test
    void shouldNotWaitForATryThatHasNothingToDeliverWhenDrained() throws InterruptedException {
        RetryPolicy slow = new RetryPolicy(Duration.ofHours(1), Duration.ofHours(1), 0);
        Supplier<Sink> down = () -> {
            throw retriable();
        };
        start(lane("a", Log.end(0), down, slow));
        await().until(() -> fanOut.status().get("a").phase() == LaneStatus.Phase.RETRYING);
        assertThat(fanOut.drain(10_000_000_000L)).isTrue();
    }

    @Test
    void shouldGiveBackWhatAFailedSinkHeldOnceItIsRemoved() throws InterruptedException {
        HeldSink alive = new HeldSink();
        start(lane("alive", Log.end(0), () -> alive), lane("failed", Log.end(0), () -> {
            throw new DeliveryException(ErrorKind.FATAL, "AUTHENTICATION", "wrong password", null);
        }));
        await().until(() -> stopped.containsKey("failed"));
        fanOut.publish(batch(1, 10), BatchObserver.NONE);
        await().until(() -> alive.got.size() == 1);
        alive.acknowledgements.get(0).complete(null);
        assertThat(fanOut.awaitRoom(0, 0, 0)).isFalse();
        fanOut.remove("failed");
        assertThat(fanOut.awaitRoom(0, 0, 0)).isTrue();
        assertThat(fanOut.retainedBytes()).isZero();
    }

    @Test
    void shouldMakeASinkAnewThatIsResumedRightAfter() {
        List<HeldSink> sinks = new CopyOnWriteArrayList<>();
        start(lane("a", Log.end(0), () -> {
            sinks.add(new HeldSink());
            return sinks.get(sinks.size() - 1);
        }));
        fanOut.publish(batch(1, 1), BatchObserver.NONE);
        await().until(() -> sinks.size() == 1 && sinks.get(0).got.size() == 1);
        fanOut.restart("a");
        fanOut.resume("a");
        sinks.get(0).acknowledgements.get(0).complete(null);
        await().until(() -> sinks.size() == 2);
    }

    @Test
    void shouldWriteNoNewPositionDownForASinkThatWasNotGivenUp() {
        HeldSink sink = new HeldSink();
        start(lane("a", Log.end(0), () -> sink));
        fanOut.publish(batch(1, 1), BatchObserver.NONE);
        List<SourcePosition> written = new ArrayList<>();
        assertThatThrownBy(() -> fanOut.attach("a", written::add))
                .isInstanceOf(IllegalStateException.class)
                .hasMessageContaining("not detached");
        assertThat(written).isEmpty();
    }

    /** Stores each batch with its position in one step. */
    private static final class StoringSink implements TransactionalSink {
        private final List<String> stored = new CopyOnWriteArrayList<>();
        private final List<SourcePosition> positions = new CopyOnWriteArrayList<>();

        StoringSink(SourcePosition held) {
            positions.add(held);
        }

        @Override
        public void open() {}

        @Override
        public Optional<byte[]> committedPosition() {
            return Optional.of(positions.get(positions.size() - 1).toBytes());
        }

        @Override
        public CompletionStage<Void> deliver(EventBatch batch) {
            batch.events().forEach(event -> stored.add(Log.name(event)));
            positions.add(batch.end());
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void close() {}
    }

    @Test
    void shouldNeverMoveTheStoredPositionBack() {
        StoringSink sink = new StoringSink(Log.at(3, 0));
        start(lane("a", Log.end(0), () -> sink));
        for (long number = 1; number <= 4; number++) {
            Log.Tx tx = new Log.Tx(number);
            EventBatch batch = new EventBatch(number, List.of(Log.insert(tx, 0), Log.insert(tx, 1)), Log.end(number));
            fanOut.publish(batch, BatchObserver.NONE);
        }
        fanOut.publish(new EventBatch(5, List.of(), Log.end(5)), BatchObserver.NONE);

        await().untilAsserted(() -> assertThat(reached).containsEntry("a", Log.end(5)));
        assertThat(sink.stored).containsExactly("tx3#1", "tx4#0", "tx4#1");
        assertThat(sink.positions).containsExactly(Log.at(3, 0), Log.end(3), Log.end(4), Log.end(5));
    }
}
