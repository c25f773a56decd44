package io.deltaforge.core.support;

import io.deltaforge.api.checkpoint.CheckpointStore;
import io.deltaforge.api.error.CheckpointException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/** A store in memory that fails on request and outlives the pipelines that use it. */
public class MemoryStore implements CheckpointStore {

    public final Map<String, byte[]> entries = new ConcurrentHashMap<>();
    /** What is kept besides the positions. */
    public final Map<String, byte[]> besides = new ConcurrentHashMap<>();

    public volatile CheckpointException failure;
    /** Thrown when everything has been saved all the same. */
    public volatile CheckpointException failureBehind;

    /** Thrown when everything has been deleted all the same. */
    public volatile CheckpointException failureBehindDelete;

    public volatile Runnable beforeSave = () -> {};

    private Map<String, byte[]> of(String pipeline) {
        return pipeline.contains("~") ? besides : entries;
    }

    @Override
    public void open() {}

    @Override
    public synchronized Map<String, byte[]> load(String pipeline) {
        return new HashMap<>(of(pipeline));
    }

    @Override
    public void save(String pipeline, Map<String, byte[]> saved) {
        beforeSave.run();
        put(pipeline, saved);
        if (failureBehind != null) {
            throw failureBehind;
        }
    }

    private synchronized void put(String pipeline, Map<String, byte[]> saved) {
        if (failure != null) {
            throw failure;
        }
        of(pipeline).putAll(saved);
    }

    /** Fails every save from now on; none is under way any more. Returns what was saved until then. */
    public synchronized Map<String, byte[]> freeze(CheckpointException forGood) {
        failure = forGood;
        return new HashMap<>(entries);
    }

    @Override
    public synchronized void delete(String pipeline, Set<String> keys) {
        of(pipeline).keySet().removeAll(keys);
        if (failureBehindDelete != null) {
            throw failureBehindDelete;
        }
    }

    @Override
    public void close() {}

    /** The saved position of a sink. */
    public Log.Position cursor(String sink) {
        byte[] bytes = entries.get("cursor/" + sink);
        return bytes == null ? null : (Log.Position) new Log.Order().parse(bytes);
    }
}
