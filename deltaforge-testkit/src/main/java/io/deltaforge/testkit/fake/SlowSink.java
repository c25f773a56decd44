package io.deltaforge.testkit.fake;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.config.Settings;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.sink.Sink;
import io.deltaforge.api.sink.SinkContext;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;

/** Takes its time for every batch, as a test's clock measures it: stores and answers when the time has come. */
public final class SlowSink extends FaultySink {

    private final ManualClock clock;
    private final Duration latency;

    /**
     * Makes a sink.
     *
     * @param clock the test's clock
     * @param latency from the hand-over of a batch to its answer
     */
    public SlowSink(ManualClock clock, Duration latency) {
        super("slow", "Takes its time.");
        this.clock = requireNonNull(clock, "clock is null");
        this.latency = requireNonNull(latency, "latency is null");
    }

    @Override
    public Sink create(Settings settings, SinkContext context) {
        return new ForwardingSink(super.create(settings, context)) {
            @Override
            public CompletionStage<Void> deliver(EventBatch batch) {
                CompletableFuture<CompletionStage<Void>> stored = new CompletableFuture<>();
                clock.after(latency, () -> stored.complete(super.deliver(batch)));
                return stored.thenCompose(answer -> answer);
            }
        };
    }
}
