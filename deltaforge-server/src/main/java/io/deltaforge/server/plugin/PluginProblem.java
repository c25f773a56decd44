package io.deltaforge.server.plugin;

import static java.util.Objects.requireNonNull;

/**
 * Something that is wrong with a plugin. Only pipelines that need the plugin cannot start; the others do not notice.
 *
 * @param code a stable code in capitals
 * @param place the jar or directory it is about
 * @param message what was found, what was expected, what can be done
 * @param warning whether the plugin works nevertheless
 */
public record PluginProblem(String code, String place, String message, boolean warning) {

    /** Two plugins of one kind have one type. */
    static final String CONFLICT = "PLUGIN_CONFLICT";
    /** A jar or a class of a plugin cannot be used. */
    static final String NOT_LOADED = "PLUGIN_NOT_LOADED";
    /** A plugin was made for another version of the API. */
    static final String API_VERSION = "PLUGIN_API_VERSION";
    /** A plugin does not say for which version of the API it was made. */
    static final String API_VERSION_MISSING = "PLUGIN_API_VERSION_MISSING";
    /** A plugin names a class as its own that is not in its jars. */
    static final String FOREIGN = "PLUGIN_FOREIGN_CLASS";
    /** A directory or jar holds no plugin, or not where one is looked for. */
    static final String MISPLACED = "PLUGIN_MISPLACED";

    /** Refuses missing parts. */
    public PluginProblem {
        requireNonNull(code, "code is null");
        requireNonNull(place, "place is null");
        requireNonNull(message, "message is null");
    }

    @Override
    public String toString() {
        return place + ": " + message;
    }
}
