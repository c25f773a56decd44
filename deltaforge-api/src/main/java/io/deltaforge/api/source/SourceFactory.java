package io.deltaforge.api.source;

import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Settings;

/** Makes sources of one type. Found with {@link java.util.ServiceLoader}. */
public interface SourceFactory {

    /**
     * Returns the type's name.
     *
     * @return the value of {@code type} in the configuration
     */
    String type();

    /**
     * Describes the settings, besides {@code id} and {@code type}, which every source has.
     *
     * @return what {@link #create} understands
     */
    ConfigSpec config();

    /**
     * Makes a source; checks the settings and does no I/O. Called again after each failure of the source.
     *
     * @param settings settings that fit {@link #config()}
     * @param context what the engine offers to this source
     * @return the source, not yet open
     * @throws io.deltaforge.api.error.ConfigException when the settings contradict each other
     */
    Source create(Settings settings, SourceContext context);
}
