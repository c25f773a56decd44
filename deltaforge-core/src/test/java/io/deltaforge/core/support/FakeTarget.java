package io.deltaforge.core.support;

import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Settings;
import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.event.Replay;
import io.deltaforge.api.sink.Sink;
import io.deltaforge.api.sink.SinkContext;
import io.deltaforge.api.sink.SinkFactory;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Predicate;

/** A target in memory that can be stalled or broken, and outlives the sinks that write to it. */
public final class FakeTarget implements SinkFactory {

    public final List<String> events = new CopyOnWriteArrayList<>();
    /** Takes batches and never acknowledges them. */
    public volatile boolean stalled;
    /** Does not return from taking a batch until it is interrupted. */
    public volatile boolean hanging;
    /** Names of events that can never be delivered. */
    public volatile Set<String> refused = Set.of();

    /** Says of which events the same is true. */
    public volatile Predicate<ChangeEvent> poison = event -> refused.contains(Log.name(event));
    /** What the events said: key and note of the row, and how they came when not from the log. */
    public final List<String> rows = new CopyOnWriteArrayList<>();
    /** Is run behind each batch, before it is acknowledged. */
    public volatile Runnable beforeAcknowledging = () -> {};

    public volatile DeliveryException failure;
    /** How many sinks were made. */
    public final AtomicInteger made = new AtomicInteger();

    @Override
    public String type() {
        return "fake";
    }

    @Override
    public ConfigSpec config() {
        return ConfigSpec.of("A target in memory.");
    }

    @Override
    public Sink create(Settings settings, SinkContext context) {
        made.incrementAndGet();
        return new Sink() {
            /** Nothing is acknowledged past a batch that is not. */
            private boolean stuck;

            @Override
            public void open() {}

            @Override
            public CompletionStage<Void> deliver(EventBatch batch) {
                if (failure != null) {
                    return CompletableFuture.failedFuture(failure);
                }
                if (hanging) {
                    try {
                        new CountDownLatch(1).await();
                    } catch (InterruptedException e) {
                        throw new IllegalStateException("interrupted", e);
                    }
                }
                stuck |= stalled;
                if (stuck) {
                    return new CompletableFuture<>();
                }
                for (ChangeEvent event : batch.events()) {
                    if (poison.test(event)) {
                        context.deadLetters()
                                .put(
                                        event,
                                        new DeliveryException(
                                                ErrorKind.RECORD, "MESSAGE_TOO_LARGE", "too large", null));
                    } else {
                        events.add(Log.name(event));
                        rows.add(event.after().value(0) + " " + event.after().value(1)
                                + (event.replay() == Replay.NONE
                                        ? ""
                                        : " " + event.replay().word()));
                    }
                }
                beforeAcknowledging.run();
                return CompletableFuture.completedFuture(null);
            }

            @Override
            public void close() {}
        };
    }
}
