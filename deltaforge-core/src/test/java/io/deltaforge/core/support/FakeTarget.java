package io.deltaforge.core.support;

import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Settings;
import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.sink.Sink;
import io.deltaforge.api.sink.SinkContext;
import io.deltaforge.api.sink.SinkFactory;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.CopyOnWriteArrayList;

/** A target in memory that can be stalled or broken, and outlives the sinks that write to it. */
public final class FakeTarget implements SinkFactory {

    public final List<String> events = new CopyOnWriteArrayList<>();
    public volatile boolean stalled;
    /** Names of events that can never be delivered. */
    public volatile Set<String> refused = Set.of();

    public volatile DeliveryException failure;

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
        return new Sink() {
            @Override
            public void open() {}

            @Override
            public CompletionStage<Void> deliver(EventBatch batch) {
                if (failure != null) {
                    return CompletableFuture.failedFuture(failure);
                }
                if (stalled) {
                    return new CompletableFuture<>();
                }
                for (ChangeEvent event : batch.events()) {
                    if (refused.contains(Log.name(event))) {
                        context.deadLetters()
                                .put(
                                        event,
                                        new DeliveryException(
                                                ErrorKind.RECORD, "MESSAGE_TOO_LARGE", "too large", null));
                    } else {
                        events.add(Log.name(event));
                    }
                }
                return CompletableFuture.completedFuture(null);
            }

            @Override
            public void close() {}
        };
    }
}
