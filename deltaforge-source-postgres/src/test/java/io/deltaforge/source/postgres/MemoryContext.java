package io.deltaforge.source.postgres;

import io.deltaforge.api.checkpoint.StateStore;
import io.deltaforge.api.metrics.MetricScope;
import io.deltaforge.api.source.SourceContext;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** What an engine would offer, kept in memory. */
final class MemoryContext implements SourceContext, StateStore {

    private final Map<String, byte[]> values = new ConcurrentHashMap<>();

    @Override
    public String pipeline() {
        return "test";
    }

    @Override
    public MetricScope metrics() {
        return MetricScope.none();
    }

    @Override
    public StateStore state() {
        return this;
    }

    @Override
    public Optional<byte[]> get(String name) {
        return Optional.ofNullable(values.get(name));
    }

    @Override
    public void put(String name, byte[] value) {
        values.put(name, value.clone());
    }
}
