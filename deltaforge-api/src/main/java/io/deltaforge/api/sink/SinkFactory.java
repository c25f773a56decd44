package io.deltaforge.api.sink;

import io.deltaforge.api.check.CheckReport;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.EffectiveSetting;
import io.deltaforge.api.config.Settings;
import java.util.List;

/**
 * Makes sinks of one type. Found with {@link java.util.ServiceLoader}: name the class in
 * {@code META-INF/services/io.deltaforge.api.sink.SinkFactory}.
 *
 * @since 0.1.0
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

    /**
     * Looks at the target as a sink with these settings would find it, and says what is right and what is wrong, each with
     * what puts it right. Writes nothing, and ends within the time limits of the settings; a thread that takes longer is
     * interrupted and left behind. By default there is nothing to look at.
     *
     * @param settings settings that fit {@link #config()}
     * @param context what the engine offers to this sink
     * @param report told what is found
     * @throws io.deltaforge.api.error.DeliveryException when nothing more can be found out; counts as an error found
     * @throws InterruptedException when the thread is interrupted
     */
    default void check(Settings settings, SinkContext context, CheckReport report) throws InterruptedException {}

    /**
     * Says how the client is set up through which a sink with these settings would reach its target, for people who tune.
     * Does no I/O. By default there is nothing to say.
     *
     * @param settings settings that fit {@link #config()}
     * @param context what the engine offers to this sink
     * @return what is used, those first that somebody has set; without secrets
     */
    default List<EffectiveSetting> explain(Settings settings, SinkContext context) {
        return List.of();
    }
}
