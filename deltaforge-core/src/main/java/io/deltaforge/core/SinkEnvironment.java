package io.deltaforge.core;

import io.deltaforge.api.encode.EventEncoder;
import io.deltaforge.api.encode.EventRouter;
import io.deltaforge.api.metrics.MetricScope;
import io.deltaforge.api.sink.DeadLetters;
import io.deltaforge.api.sink.SinkContext;
import io.deltaforge.core.envelope.Envelope;
import io.deltaforge.core.envelope.EnvelopeEncoders;
import io.deltaforge.core.routing.TemplateRouter;

/** What the engine offers to one sink. */
record SinkEnvironment(
        String pipeline, String sink, String source, Envelope envelope, MetricScope metrics, DeadLetters deadLetters)
        implements SinkContext {

    @Override
    public EventEncoder encoder() {
        return EnvelopeEncoders.create(envelope, pipeline);
    }

    @Override
    public EventRouter router(String template) {
        return TemplateRouter.compile(template, pipeline);
    }
}
