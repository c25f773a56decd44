package io.deltaforge.core;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.config.Settings;
import io.deltaforge.api.sink.SinkFactory;
import io.deltaforge.core.envelope.Envelope;

/**
 * One sink of a pipeline.
 *
 * @param id its name, unique within the pipeline
 * @param required whether the commit policy {@code required} waits for it
 * @param factory makes the sink
 * @param settings its settings, checked against the factory's spec
 * @param envelope the shape of the events it gets
 */
public record SinkDefinition(String id, boolean required, SinkFactory factory, Settings settings, Envelope envelope) {

    /** Refuses missing parts. */
    public SinkDefinition {
        requireNonNull(id, "id is null");
        requireNonNull(factory, "factory is null");
        requireNonNull(settings, "settings is null");
        requireNonNull(envelope, "envelope is null");
    }
}
