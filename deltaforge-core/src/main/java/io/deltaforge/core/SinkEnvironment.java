package io.deltaforge.core;

import io.deltaforge.api.encode.EventEncoder;
import io.deltaforge.api.encode.EventRouter;
import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.EventId;
import io.deltaforge.api.metrics.MetricScope;
import io.deltaforge.api.sink.DeadLetters;
import io.deltaforge.api.sink.SinkContext;
import io.deltaforge.core.envelope.Envelope;
import io.deltaforge.core.envelope.EnvelopeEncoders;
import io.deltaforge.core.routing.TemplateRouter;

/** What the engine offers to one sink. */
record SinkEnvironment(String pipeline, String sink, Envelope envelope, MetricScope metrics) implements SinkContext {

    @Override
    public EventEncoder encoder() {
        return EnvelopeEncoders.create(envelope, pipeline);
    }

    @Override
    public EventRouter router(String template) {
        return TemplateRouter.compile(template, pipeline);
    }

    /** Without a durable queue, an event that cannot be delivered stops the pipeline, which names it. */
    @Override
    public DeadLetters deadLetters() {
        return (event, failure) -> {
            throw new DeliveryException(
                    ErrorKind.FATAL,
                    failure.reason(),
                    "event " + EventId.of(event) + " (" + event + ") cannot be delivered to sink " + sink + ": "
                            + failure.getMessage(),
                    failure.remedy().orElse("mend or filter out the event; it was not skipped"),
                    failure);
        };
    }
}
