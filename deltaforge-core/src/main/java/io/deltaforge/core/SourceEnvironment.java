package io.deltaforge.core;

import io.deltaforge.api.checkpoint.StateStore;
import io.deltaforge.api.metrics.MetricScope;
import io.deltaforge.api.source.SourceContext;

/** What the engine offers to one source. */
record SourceEnvironment(String pipeline, String source, MetricScope metrics, StateStore state)
        implements SourceContext {}
