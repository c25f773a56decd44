package io.deltaforge.api.checkpoint;

import io.deltaforge.api.check.CheckReport;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Settings;
import java.nio.file.Path;

/**
 * Makes checkpoint stores of one type. Found with {@link java.util.ServiceLoader}.
 *
 * @since 0.1.0
 */
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

    /**
     * Looks at what a store with these settings would need, and says what is right and what is wrong, each with what puts it
     * right. Writes nothing that lasts, takes no ownership, and ends within seconds. By default there is nothing to look at.
     *
     * @param settings settings that fit {@link #config()}
     * @param dataDirectory where the process keeps its data; it need not be there
     * @param report told what is found
     * @throws io.deltaforge.api.error.CheckpointException when nothing more can be found out; counts as an error found
     * @throws InterruptedException when the thread is interrupted
     */
    default void check(Settings settings, Path dataDirectory, CheckReport report) throws InterruptedException {}
}
