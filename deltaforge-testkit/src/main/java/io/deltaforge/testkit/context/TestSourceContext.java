package io.deltaforge.testkit.context;

import io.deltaforge.api.checkpoint.StateStore;
import io.deltaforge.api.metrics.MetricScope;
import io.deltaforge.api.source.SourceContext;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What the engine offers to a source; its small state outlives the sources that use the same context. */
public final class TestSourceContext implements SourceContext {

    private final String pipeline;
    private final Map<String, byte[]> state = new ConcurrentHashMap<>();

    /**
     * Makes a context.
     *
     * @param pipeline the pipeline's name
     */
    public TestSourceContext(String pipeline) {
        this.pipeline = pipeline;
    }

    @Override
    public String pipeline() {
        return pipeline;
    }

    @Override
    public String source() {
        return "source";
    }

    @Override
    public MetricScope metrics() {
        return MetricScope.none();
    }

    @Override
    public StateStore state() {
        return new StateStore() {
            @Override
            public Optional<byte[]> get(String name) {
                return Optional.ofNullable(state.get(name)).map(byte[]::clone);
            }

            @Override
            public void put(String name, byte[] value) {
                state.put(name, value.clone());
            }
        };
    }
}
