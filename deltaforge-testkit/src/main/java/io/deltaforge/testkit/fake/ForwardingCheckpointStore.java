package io.deltaforge.testkit.fake;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.checkpoint.CheckpointStore;
import java.util.Map;
import java.util.Set;

/** A checkpoint store that passes everything on to another one; override what is to be watched or broken. */
public class ForwardingCheckpointStore implements CheckpointStore {

    private final CheckpointStore store;

    /**
     * Wraps a store.
     *
     * @param store gets every call
     */
    public ForwardingCheckpointStore(CheckpointStore store) {
        this.store = requireNonNull(store, "store is null");
    }

    @Override
    public void open() {
        store.open();
    }

    @Override
    public Map<String, byte[]> load(String pipeline) {
        return store.load(pipeline);
    }

    @Override
    public void save(String pipeline, Map<String, byte[]> entries) {
        store.save(pipeline, entries);
    }

    @Override
    public void delete(String pipeline, Set<String> keys) {
        store.delete(pipeline, keys);
    }

    @Override
    public void close() {
        store.close();
    }
}
