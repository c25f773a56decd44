package io.deltaforge.api.source;

import io.deltaforge.api.checkpoint.StateStore;
import io.deltaforge.api.metrics.MetricScope;

/** What the engine offers to one source. */
public interface SourceContext {

    /**
     * Returns the pipeline's name.
     *
     * @return the name
     */
    String pipeline();

    /**
     * Returns the scope of the source's metrics.
     *
     * @return a scope with the label {@code pipeline}
     */
    MetricScope metrics();

    /**
     * Returns durable storage for the little that the source must remember besides positions.
     *
     * @return the store
     */
    StateStore state();
}
