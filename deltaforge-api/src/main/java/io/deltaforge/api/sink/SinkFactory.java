package io.deltaforge.api.sink;

import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Settings;

/**
 * Makes sinks of one type. Found with {@link java.util.ServiceLoader}: name the class in
 * {@code META-INF/services/io.deltaforge.api.sink.SinkFactory}.
 */
public interface SinkFactory {

    /**
     * Returns the type's name.
     *
     * @return the value of {@code type} in the configuration
     */
    String type();

    /**
     * Describes the settings, besides {@code id}, {@code type} and {@code required}, which every sink has.
     *
     * @return what {@link #create} understands
     */
    ConfigSpec config();

    /**
     * Makes a sink; checks the settings and does no I/O. Called again after each failure of the sink.
     *
     * @param settings settings that fit {@link #config()}
     * @param context what the engine offers to this sink
     * @return the sink, not yet open
     * @throws io.deltaforge.api.error.ConfigException when the settings contradict each other
     */
    Sink create(Settings settings, SinkContext context);
}
