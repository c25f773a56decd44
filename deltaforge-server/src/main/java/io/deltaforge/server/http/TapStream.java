package io.deltaforge.server.http;

import io.deltaforge.api.encode.EventEncoder;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.core.envelope.Envelope;
import io.deltaforge.core.envelope.EnvelopeEncoders;
import io.deltaforge.server.json.JsonValue;
import io.deltaforge.server.supervisor.TapBuffer;
import jakarta.servlet.http.HttpServletResponse;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes events as server-sent events until whoever listens is gone: one without a name per event, {@code dropped} with how many
 * were left out and why, {@code end} at the end. For one thread.
 */
final class TapStream {

    private static final Logger LOG = LoggerFactory.getLogger(TapStream.class);
    private static final long LOOK_MILLIS = 250;
    private static final long SECOND_NANOS = TimeUnit.SECONDS.toNanos(1);
    /** Something must be written now and then: only that tells whether anybody listens. */
    private static final long SILENCE_NANOS = TimeUnit.SECONDS.toNanos(5);

    private final HttpServletResponse response;
    private final String pipeline;
    private final EventEncoder encoder;
    private final TapFilter filter;
    private final long rate;

    private OutputStream out;
    private long shown;
    private long secondBegan;
    private long inThisSecond;
    private long tooFast;
    private long wroteAt;

    TapStream(HttpServletResponse response, String pipeline, TapFilter filter, long rate) {
        this.response = response;
        this.pipeline = pipeline;
        this.encoder = EnvelopeEncoders.create(Envelope.NATIVE, pipeline);
        this.filter = filter;
        this.rate = rate;
    }

    void write(TapBuffer buffer, long limit, BooleanSupplier closed) throws InterruptedException {
        response.setStatus(200);
        response.setContentType("text/event-stream");
        response.setCharacterEncoding("UTF-8");
        response.setHeader("Cache-Control", "no-store");
        try {
            out = response.getOutputStream();
            comment("the events of " + pipeline);
            secondBegan = System.nanoTime();
            while (shown < limit && !closed.getAsBoolean() && !buffer.hasEnded()) {
                Optional<EventBatch> batch = buffer.poll(LOOK_MILLIS);
                if (batch.isPresent()) {
                    show(batch.get(), limit);
                }
                report(buffer.takeDropped(), "buffer");
                nextSecond();
                if (batch.isEmpty() && System.nanoTime() - wroteAt > SILENCE_NANOS) {
                    comment("nothing new");
                }
                out.flush();
            }
            report(tooFast, "rate");
            named("end", Map.of("events", shown));
            out.flush();
        } catch (IOException e) {
            LOG.debug("Nobody looks at pipeline {} any more: {}", pipeline, e.toString());
        }
    }

    private void show(EventBatch batch, long limit) throws IOException {
        for (ChangeEvent event : batch.events()) {
            if (shown >= limit) {
                return;
            }
            if (filter.wants(event)) {
                nextSecond();
                if (inThisSecond < rate) {
                    inThisSecond++;
                    shown++;
                    data(encoder.value(event));
                } else {
                    tooFast++;
                }
            }
        }
    }

    private void nextSecond() throws IOException {
        long now = System.nanoTime();
        if (now - secondBegan >= SECOND_NANOS) {
            secondBegan = now;
            inThisSecond = 0;
            report(tooFast, "rate");
            tooFast = 0;
        }
    }

    private void report(long events, String reason) throws IOException {
        if (events > 0) {
            Map<String, Object> dropped = new LinkedHashMap<>();
            dropped.put("events", events);
            dropped.put("reason", reason);
            named("dropped", dropped);
        }
    }

    private void named(String name, Map<String, ?> members) throws IOException {
        text("event: " + name + "\n");
        data(JsonValue.text(members).getBytes(StandardCharsets.UTF_8));
    }

    private void data(byte[] json) throws IOException {
        text("data: ");
        out.write(json);
        text("\n\n");
    }

    private void comment(String text) throws IOException {
        text(": " + text + "\n\n");
    }

    private void text(String text) throws IOException {
        out.write(text.getBytes(StandardCharsets.UTF_8));
        wroteAt = System.nanoTime();
    }
}
