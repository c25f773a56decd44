package io.deltaforge.api.source;

import io.deltaforge.api.checkpoint.StateStore;
import io.deltaforge.api.metrics.MetricScope;

/**
 * What the engine offers to one source.
 *
 * @since 0.1.0
 */
public interface SourceContext {

    /**
     * Returns the pipeline's name.
     *
     * @return the name
     */
    String pipeline();

    /**
     * Returns the source's id.
     *
     * @return its name, by default that of the pipeline
     */
    String source();

    /**
     * Returns the scope of the source's metrics. The engine counts events, lag, idle time, failures and reconnects of every
     * source; what only the source knows is its own to count, under names that begin with {@code deltaforge_source_}.
     *
     * @return a scope with the labels {@code pipeline} and {@code source}
     */
    MetricScope metrics();

    /**
     * Returns durable storage for the little that the source must remember besides positions.
     *
     * @return the store
     */
    StateStore state();
}
