package io.deltaforge.testkit.context;

import io.deltaforge.api.encode.EventEncoder;
import io.deltaforge.api.encode.EventRouter;
import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventId;
import io.deltaforge.api.sink.DeadLetters;
import io.deltaforge.api.sink.SinkContext;
import io.deltaforge.core.envelope.Envelope;
import io.deltaforge.core.envelope.EnvelopeEncoders;
import io.deltaforge.core.routing.TemplateRouter;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.UUID;

/**
 * What the engine offers to a sink: the engine's own encoder and router, and metrics and dead letters that can be looked at.
 * Override what is to be easier to read.
 */
public class TestSinkContext implements SinkContext {

    private static final String PIPELINE = "conformance";

    private final TestMetrics metrics = new TestMetrics();
    private final Map<UUID, DeliveryException> deadLetters = new LinkedHashMap<>();
    private volatile boolean refusing;

    @Override
    public String pipeline() {
        return PIPELINE;
    }

    @Override
    public String sink() {
        return "sink";
    }

    @Override
    public EventEncoder encoder() {
        return EnvelopeEncoders.create(Envelope.NATIVE, PIPELINE);
    }

    @Override
    public EventRouter router(String template) {
        return TemplateRouter.compile(template, PIPELINE);
    }

    @Override
    public final TestMetrics metrics() {
        return metrics;
    }

    @Override
    public final DeadLetters deadLetters() {
        return this::put;
    }

    private void put(ChangeEvent event, DeliveryException failure) {
        if (refusing) {
            throw new DeliveryException(
                    ErrorKind.FATAL, failure.reason(), "event " + EventId.of(event) + " cannot be delivered", failure);
        }
        synchronized (deadLetters) {
            deadLetters.put(EventId.of(event), failure);
        }
    }

    /** From now on behaves like a pipeline that keeps no dead letters. */
    public final void refuseDeadLetters() {
        refusing = true;
    }

    /**
     * Returns what was put aside.
     *
     * @return failures by event id, in the order in which they came; a copy
     */
    public final Map<UUID, DeliveryException> putAside() {
        synchronized (deadLetters) {
            return new LinkedHashMap<>(deadLetters);
        }
    }
}
