package io.deltaforge.source.postgres.pgoutput;

import io.deltaforge.api.checkpoint.StateStore;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;

/** A state store that lasts as long as the test. */
final class MemoryState implements StateStore {

    final Map<String, byte[]> values = new ConcurrentHashMap<>();

    @Override
    public Optional<byte[]> get(String name) {
        return Optional.ofNullable(values.get(name)).map(byte[]::clone);
    }

    @Override
    public void put(String name, byte[] value) {
        values.put(name, value.clone());
    }
}
