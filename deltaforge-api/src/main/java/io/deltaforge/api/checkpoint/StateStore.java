package io.deltaforge.api.checkpoint;

import java.util.Optional;

/**
 * A few small durable values of one plugin instance, such as cached type metadata. Safe from any thread; blocks.
 *
 * @since 0.1.0
 */
public interface StateStore {

    /**
     * Reads a value.
     *
     * @param name its name
     * @return a copy of the bytes, or empty
     */
    Optional<byte[]> get(String name);

    /**
     * Stores a value; durable on return.
     *
     * @param name its name
     * @param value the bytes
     */
    void put(String name, byte[] value);
}
