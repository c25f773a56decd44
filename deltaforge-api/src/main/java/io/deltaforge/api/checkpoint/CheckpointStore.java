package io.deltaforge.api.checkpoint;

import java.util.Map;
import java.util.Set;

/**
 * Durable bytes under a pipeline and a key. Each {@link #save} is all or nothing and survives a power cut once it has
 * returned. Life cycle: {@link #open}, any number of calls from any thread, {@link #close}.
 *
 * <p>Every method throws a {@link io.deltaforge.api.error.CheckpointException}: {@code RETRIABLE} while the storage is
 * full or out of reach, {@code HELD} when what is stored is damaged. A store never starts afresh because of damage.
 *
 * @since 0.1.0
 */
public interface CheckpointStore extends AutoCloseable {

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
