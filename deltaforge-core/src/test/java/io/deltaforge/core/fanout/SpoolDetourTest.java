package io.deltaforge.core.fanout;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.metrics.MetricScope;
import io.deltaforge.api.sink.Sink;
import io.deltaforge.api.sink.TransactionalSink;
import io.deltaforge.core.retry.RetryPolicy;
import io.deltaforge.core.spool.SpoolLimits;
import io.deltaforge.core.spool.SpoolLog;
import io.deltaforge.core.support.Log;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Lanes that fall behind and come back, without a pipeline around them. */
final class SpoolDetourTest {

    private static final RetryPolicy FAST = new RetryPolicy(Duration.ofMillis(1), Duration.ofMillis(5), 0);
    private static final SpoolLimits LIMITS = new SpoolLimits(1L << 30, 0, 0, SpoolLimits.OnFull.BLOCK);

    @TempDir
    private Path parent;

    private final Map<String, SourcePosition> spooled = new ConcurrentHashMap<>();
    private FanOut fanOut;

    /** Says at once that it has everything. */
    private static class PromptSink implements Sink {
        final List<String> got = new CopyOnWriteArrayList<>();

        @Override
        public void open() {}

        @Override
        public CompletionStage<Void> deliver(EventBatch batch) {
            batch.events().forEach(event -> got.add(Log.name(event)));
            return CompletableFuture.completedFuture(null);
        }

        @Override
        public void close() {}
    }

    /** Stores events with their position, and may be lost before it says so. */
    private static final class ForgetfulTarget extends PromptSink implements TransactionalSink {
        private volatile SourcePosition held = Log.end(0);
        private volatile boolean forgetting;
        private volatile boolean down;

        @Override
        public Optional<byte[]> committedPosition() {
            return Optional.of(held.toBytes());
        }

        @Override
        public CompletionStage<Void> deliver(EventBatch batch) {
            CompletionStage<Void> delivery = super.deliver(batch);
            held = batch.end();
            if (forgetting) {
                down = true;
                return CompletableFuture.failedFuture(away());
            }
            return delivery;
        }

        Sink connect() {
            if (down) {
                throw away();
            }
            return this;
        }
    }

    private static DeliveryException away() {
        return new DeliveryException(ErrorKind.RETRIABLE, "AWAY", "away", null);
    }

    private static LaneSpec lane(String sink, LaneStart start, Supplier<Sink> sinks) {
        return new LaneSpec("test", sink, true, sinks, start, new TrustingWitness(), 2, 0, FAST, MetricScope.none());
    }

    private static LaneSpec lane(String sink, Supplier<Sink> sinks) {
        return lane(sink, LaneStart.at(Log.end(0)), sinks);
    }

    private void start(LaneSpec... lanes) {
        SpoolLog log = SpoolLog.open(
                new SpoolLog.Place(parent.resolve("spool"), "test", "db"),
                new Log.Order(),
                InstantSource.system(),
                1L << 30);
        fanOut = new FanOut(
                List.of(lanes),
                new Log.Order(),
                new WindowLimits(10, new MemoryBudget(1L << 28)),
                Optional.of(new SpoolSpec(log, LIMITS, true)),
                Log.end(0),
                new SilentListener() {
                    @Override
                    public void spooled(Set<String> sinks, SourcePosition end) {
                        sinks.forEach(sink -> spooled.put(sink, end));
                    }
                });
        fanOut.start();
    }

    @AfterEach
    void close() {
        fanOut.close();
    }

    private void publish(long number, String note) {
        ChangeEvent event = Log.insert(new Log.Tx(number), 0, note);
        fanOut.publish(new EventBatch(number, List.of(event), Log.end(number)), BatchObserver.NONE);
    }

    /** Publishes some batches, each once another sink that keeps up has the one before. */
    private void publish(long from, long to, PromptSink keepsUp) {
        for (long number = from; number <= to; number++) {
            String name = "tx" + number + "#0";
            publish(number, "note");
            await().until(() -> keepsUp.got.contains(name));
        }
    }

    @Test
    void shouldGiveASinkFromTheSpoolNothingThatItHoldsAndHasNotAcknowledged() {
        ForgetfulTarget target = new ForgetfulTarget();
        PromptSink other = new PromptSink();
        target.forgetting = true;
        start(lane("a", target::connect), lane("b", () -> other));
        publish(1, "note");
        await().until(() -> fanOut.status().get("a").phase() == LaneStatus.Phase.RETRYING);
        publish(2, 7, other);
        await().until(() -> fanOut.spoolBytes() > 0);

        target.forgetting = false;
        target.down = false;
        await().until(() -> target.got.contains("tx7#0"));
        assertThat(target.got).containsExactly("tx1#0", "tx2#0", "tx3#0", "tx4#0", "tx5#0", "tx6#0", "tx7#0");
    }

    @Test
    void shouldReadTheSpoolAgainAfterItCouldNotBeReadThoughNothingComesAnyMore() throws IOException {
        PromptSink target = new PromptSink();
        PromptSink other = new PromptSink();
        AtomicBoolean isUp = new AtomicBoolean();
        start(lane("a", gated(isUp, target)), lane("b", () -> other));
        publish(1, 7, other);
        await().until(() -> Log.end(7).equals(spooled.get("a")));
        Files.move(parent.resolve("spool"), parent.resolve("away"));
        isUp.set(true);
        await().until(() -> fanOut.status().get("a").last().failure().reason().equals("SPOOL_STORAGE"));
        Files.move(parent.resolve("away"), parent.resolve("spool"));

        await().until(() -> target.got.contains("tx7#0"));
        assertThat(target.got).containsExactly("tx1#0", "tx2#0", "tx3#0", "tx4#0", "tx5#0", "tx6#0", "tx7#0");
    }

    private static Supplier<Sink> gated(AtomicBoolean isUp, Sink sink) {
        return () -> {
            if (!isUp.get()) {
                throw away();
            }
            return sink;
        };
    }

    @Test
    void shouldKeepWhatANewSinkMissesThatHasTheNameOfAnOldOne() throws InterruptedException {
        PromptSink keptUp = new PromptSink();
        PromptSink begunAnew = new PromptSink();
        Supplier<Sink> away = () -> {
            throw away();
        };
        AtomicBoolean isUp = new AtomicBoolean();
        start(lane("behind", away), lane("a", () -> keptUp));
        for (long number = 1; number <= 9; number++) {
            long last = number;
            publish(number, Notes.ofSize(600_000, number));
            await().until(() -> keptUp.got.contains("tx" + last + "#0"));
        }
        await().until(() -> fanOut.spoolBytes() > 5_000_000);
        fanOut.saved(Map.of("a", 9L));
        fanOut.remove("a");
        fanOut.add(true, (start, spooled) -> lane("a", start, gated(isUp, begunAnew)));

        fanOut.saved(Map.of("behind", 9L));
        isUp.set(true);
        await().until(() -> begunAnew.got.contains("tx9#0"));
        assertThat(begunAnew.got)
                .containsExactly("tx1#0", "tx2#0", "tx3#0", "tx4#0", "tx5#0", "tx6#0", "tx7#0", "tx8#0", "tx9#0");
    }
}
