package io.deltaforge.api.source;

import io.deltaforge.api.check.CheckReport;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Settings;

/**
 * Makes sources of one type. Found with {@link java.util.ServiceLoader}.
 *
 * @since 0.1.0
 */
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

    /**
     * Looks at the database as a source with these settings would find it, and says what is right and what is wrong, each
     * with what puts it right. Reads only, takes no ownership, and ends within the time limits of the settings; a thread
     * that takes longer is interrupted and left behind. By default there is nothing to look at.
     *
     * @param settings settings that fit {@link #config()}
     * @param context what the engine offers to this source
     * @param report told what is found
     * @throws io.deltaforge.api.error.SourceException when nothing more can be found out; counts as an error found
     * @throws InterruptedException when the thread is interrupted
     */
    default void check(Settings settings, SourceContext context, CheckReport report) throws InterruptedException {}
}
