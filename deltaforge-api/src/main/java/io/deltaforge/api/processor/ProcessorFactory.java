package io.deltaforge.api.processor;

import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Settings;

/**
 * Makes processors of one type. Found with {@link java.util.ServiceLoader}.
 *
 * @since 0.1.0
 */
public interface ProcessorFactory {

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
     * Makes a processor.
     *
     * @param settings settings that fit {@link #config()}
     * @return the processor
     * @throws io.deltaforge.api.error.ConfigException when the settings contradict each other
     */
    Processor create(Settings settings);
}
