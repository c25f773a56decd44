package io.deltaforge.api.checkpoint;

import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * Durable bytes under a pipeline and a key. What a pipeline keeps besides its positions, and may be much, is under a name made
 * of the pipeline's and a tilde ({@code shop~dead-letters}); no pipeline has a tilde in its name. Each {@link #save} is all or nothing and survives a power cut once it has
 * returned. Life cycle: {@link #open}, any number of calls from any thread, {@link #close}.
 *
 * <p>Every method throws a {@link io.deltaforge.api.error.CheckpointException}: {@code RETRIABLE} while the storage is
 * full or out of reach, {@code HELD} when what is stored is damaged. A store never starts afresh because of damage.
 *
 * @since 0.1.0
 */
public interface CheckpointStore extends AutoCloseable {

    /**
     * One stored value.
     *
     * @param key its key
     * @param value the bytes; not copied
     */
    @SuppressWarnings("ArrayRecordComponent") // Handed over once; nobody compares entries.
    record Entry(String key, byte[] value) {}

    /**
     * Opens the storage and takes sole ownership of it. Blocks. Throws a failure of kind {@code STANDBY} while another process
     * owns it; it may then be called again.
     */
    void open();

    /**
     * Reads everything stored for a pipeline.
     *
     * @param pipeline the pipeline's name
     * @return values by key, in no order; empty when nothing was ever stored
     */
    Map<String, byte[]> load(String pipeline);

    /**
     * Reads one value.
     *
     * @param pipeline the pipeline's name
     * @param key its key
     * @return the bytes, or empty when there is none. By default everything is read: a store overrides this if it can
     */
    default Optional<byte[]> load(String pipeline, String key) {
        return Optional.ofNullable(load(pipeline).get(key));
    }

    /**
     * Reads a page of what is stored for a pipeline, in the order of the keys' UTF-8 bytes.
     *
     * @param pipeline the pipeline's name
     * @param after only keys behind this one; empty for all
     * @param limit how many at most
     * @return the entries. By default everything is read for each page: a store overrides this if it can
     */
    default List<Entry> page(String pipeline, String after, int limit) {
        byte[] from = after.getBytes(StandardCharsets.UTF_8);
        return load(pipeline).entrySet().stream()
                .map(entry -> new Entry(entry.getKey(), entry.getValue()))
                .filter(entry -> Arrays.compareUnsigned(entry.key().getBytes(StandardCharsets.UTF_8), from) > 0)
                .sorted((a, b) -> Arrays.compareUnsigned(
                        a.key().getBytes(StandardCharsets.UTF_8), b.key().getBytes(StandardCharsets.UTF_8)))
                .limit(limit)
                .toList();
    }

    /**
     * Stores values, all or none of them. Blocks until they are durable.
     *
     * @param pipeline the pipeline's name
     * @param entries values by key; keys are 1 to 200 characters
     */
    void save(String pipeline, Map<String, byte[]> entries);

    /**
     * Forgets values, all or none of them. Blocks until that is durable.
     *
     * @param pipeline the pipeline's name
     * @param keys the keys; those not stored are ignored
     */
    void delete(String pipeline, Set<String> keys);

    /** Gives the storage back. Idempotent. */
    @Override
    void close();
}
