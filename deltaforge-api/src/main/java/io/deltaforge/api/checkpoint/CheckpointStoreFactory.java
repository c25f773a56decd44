package io.deltaforge.api.checkpoint;

import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Settings;
import java.nio.file.Path;

/** Makes checkpoint stores of one type. Found with {@link java.util.ServiceLoader}. */
public interface CheckpointStoreFactory {

    /**
     * Returns the type's name.
     *
     * @return the value of {@code type} in the configuration
     */
    String type();

    /**
     * Describes the settings.
     *
     * @return what {@link #create} understands
     */
    ConfigSpec config();

    /**
     * Makes a store; checks the settings and does no I/O.
     *
     * @param settings settings that fit {@link #config()}
     * @param dataDirectory where the process keeps its data
     * @return the store, not yet open
     */
    CheckpointStore create(Settings settings, Path dataDirectory);
}
