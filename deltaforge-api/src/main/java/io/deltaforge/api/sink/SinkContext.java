package io.deltaforge.api.sink;

import io.deltaforge.api.encode.EventEncoder;
import io.deltaforge.api.encode.EventRouter;
import io.deltaforge.api.metrics.MetricScope;

/**
 * What the engine offers to one sink.
 *
 * @since 0.1.0
 */
public interface SinkContext {

    /**
     * Returns the pipeline's name.
     *
     * @return the name
     */
    String pipeline();

    /**
     * Returns the sink's id, unique within the pipeline.
     *
     * @return the id
     */
    String sink();

    /**
     * Returns whose log the events come from, so that a sink that stores positions can tell its own from another log's.
     *
     * @return the identity of the source, {@link io.deltaforge.api.source.SourceIdentity#id()}; empty while settings are
     *     only checked and nothing is connected
     */
    default String source() {
        return "";
    }

    /**
     * Makes an encoder for the sink's envelope and encoding.
     *
     * @return a new encoder, for one thread at a time
     */
    EventEncoder encoder();

    /**
     * Compiles a template.
     *
     * @param template text with {@code ${source.table}}-like parts
     * @return a new router, for one thread at a time
     * @throws io.deltaforge.api.error.ConfigException when the template cannot be understood
     */
    EventRouter router(String template);

    /**
     * Returns the scope of this sink's metrics.
     *
     * @return a scope with the labels {@code pipeline} and {@code sink}
     */
    MetricScope metrics();

    /**
     * Returns where events go that can never be delivered as they are.
     *
     * @return the dead letters of this sink
     */
    DeadLetters deadLetters();
}
