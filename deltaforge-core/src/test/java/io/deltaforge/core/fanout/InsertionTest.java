package io.deltaforge.core.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.metrics.MetricScope;
import io.deltaforge.api.sink.TransactionalSink;
import io.deltaforge.core.retry.RetryPolicy;
import io.deltaforge.core.support.Log;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a lane delivers besides the log moves no position, not in the target either. */
final class InsertionTest {

    private static final RetryPolicy FAST = new RetryPolicy(Duration.ofMillis(1), Duration.ofMillis(5), 0);

    private final List<String> stored = new CopyOnWriteArrayList<>();
    private final List<SourcePosition> reported = new CopyOnWriteArrayList<>();
    private final AtomicInteger failures = new AtomicInteger();
    private volatile SourcePosition held = Log.end(0);
    private volatile Error broken;
    private FanOut fanOut;

    /** Stores events and position in one step. */
    private final class Target implements TransactionalSink {
        @Override
        public void open() {}

        @Override
        public Optional<byte[]> committedPosition() {
            return Optional.of(held.toBytes());
        }

        @Override
        public CompletionStage<Void> deliver(EventBatch batch) {
            if (broken != null) {
                throw broken;
            }
            if (failures.getAndDecrement() > 0) {
                return CompletableFuture.failedFuture(new DeliveryException(ErrorKind.RETRIABLE, "DOWN", "down", null));
            }
            held = batch.end();
            batch.events().forEach(event -> stored.add(Log.name(event)));
            stored.add("at " + batch.end());
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void close() {}
    }

    /** Counts how it is asked. */
    private static final class Given implements Insertion {
        private final List<ChangeEvent> events;
        private final AtomicInteger asked = new AtomicInteger();
        private final CompletableFuture<Boolean> end = new CompletableFuture<>();

        Given(ChangeEvent... events) {
            this.events = List.of(events);
        }

        @Override
        public List<ChangeEvent> events() {
            asked.incrementAndGet();
            return events;
        }

        @Override
        public void acknowledged() {
            end.complete(true);
        }

        @Override
        public void abandoned() {
            end.complete(false);
        }

        boolean isAcknowledged() {
            return end.orTimeout(60, TimeUnit.SECONDS).join();
        }
    }

    private void start() {
        LaneListener listener = new SilentListener() {
            @Override
            public void advanced(String sink, long sequence, SourcePosition end) {
                reported.add(end);
            }
        };
        LaneSpec lane = new LaneSpec(
                "test",
                "a",
                true,
                Target::new,
                LaneStart.at(Log.end(0)),
                new TrustingWitness(),
                2,
                TimeUnit.MINUTES.toNanos(1),
                FAST,
                MetricScope.none());
        fanOut = new FanOut(
                List.of(lane),
                new Log.Order(),
                new WindowLimits(10, new MemoryBudget(1L << 20)),
                Optional.empty(),
                Log.end(0),
                listener);
        fanOut.start();
    }

    @AfterEach
    void close() {
        fanOut.close();
    }

    private static ChangeEvent event(long tx) {
        return Log.insert(new Log.Tx(tx), 0);
    }

    private void publish(long tx) {
        fanOut.publish(new EventBatch(tx, List.of(event(tx)), Log.end(tx)), BatchObserver.NONE);
    }

    @Test
    void shouldStoreThePositionAgainThatTheTargetHolds() {
        start();
        publish(1);
        publish(2);
        await().until(() -> reported.contains(Log.end(2)));
        Given given = new Given(event(1));
        assertThat(fanOut.insert("a", given)).isTrue();
        assertThat(given.isAcknowledged()).isTrue();
        publish(3);
        await().until(() -> reported.contains(Log.end(3)));
        assertThat(stored).containsExactly("tx1#0", "at 1", "tx2#0", "at 2", "tx1#0", "at 2", "tx3#0", "at 3");
        assertThat(reported).containsExactly(Log.end(1), Log.end(2), Log.end(3));
    }

    @Test
    void shouldKeepThePositionOfTheTargetBeforeTheFirstBatchAndAfterAFailure() {
        held = Log.end(5);
        failures.set(2);
        start();
        Given given = new Given(event(2));
        fanOut.insert("a", given);
        assertThat(given.isAcknowledged()).isTrue();
        assertThat(given.asked).as("asked before each try").hasValue(3);
        assertThat(stored).containsExactly("tx2#0", "at 5");
        publish(4);
        publish(6);
        await().until(() -> reported.contains(Log.end(6)));
        assertThat(stored).containsExactly("tx2#0", "at 5", "tx6#0", "at 6");
    }

    @Test
    void shouldSayWhenTheSinkBreaksAndGoOnOnceItIsResumed() {
        broken = new NoClassDefFoundError("gone");
        start();
        Given given = new Given(event(1));
        fanOut.insert("a", given);
        assertThat(given.isAcknowledged()).isFalse();
        assertThat(fanOut.status().get("a").phase()).isEqualTo(LaneStatus.Phase.FAILED);
        broken = null;
        fanOut.resume("a");
        publish(1);
        await().until(() -> reported.contains(Log.end(1)));
    }

    @Test
    void shouldSayWhenTheLaneEndsAndTakeNothingThen() {
        failures.set(Integer.MAX_VALUE);
        start();
        Given given = new Given(event(1));
        fanOut.insert("a", given);
        await().until(() -> given.asked.get() > 0);
        fanOut.close();
        assertThat(given.isAcknowledged()).isFalse();
        assertThat(fanOut.insert("a", new Given(event(1)))).isFalse();
        assertThat(fanOut.insert("b", new Given(event(1)))).isFalse();
    }
}
