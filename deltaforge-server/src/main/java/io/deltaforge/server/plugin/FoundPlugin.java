package io.deltaforge.server.plugin;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.config.ConfigSpec;
import java.util.List;
import java.util.Optional;

/**
 * A plugin that was found and could be asked who it is.
 *
 * @param kind what it makes
 * @param type its type name
 * @param className its factory's class
 * @param version what the manifest of its jar gives as {@code Implementation-Version}
 * @param origin the jar or directory that its class came from
 * @param builtIn whether it is part of the program rather than of the directory of plugins
 * @param config its doc and settings
 * @param state whether it can be used
 * @param rivals the origins of the other plugins with this kind and type; empty unless there is a conflict
 */
public record FoundPlugin(
        PluginKind kind,
        String type,
        String className,
        Optional<String> version,
        String origin,
        boolean builtIn,
        ConfigSpec config,
        State state,
        List<String> rivals) {

    /** Whether a plugin can be used. */
    public enum State {
        /** It can be named in a configuration. */
        READY,
        /** Another plugin has the same kind and type, so neither can be used. */
        CONFLICT
    }

    /** Checks and copies the parts. */
    public FoundPlugin {
        requireNonNull(kind, "kind is null");
        requireNonNull(type, "type is null");
        requireNonNull(className, "className is null");
        requireNonNull(version, "version is null");
        requireNonNull(origin, "origin is null");
        requireNonNull(config, "config is null");
        requireNonNull(state, "state is null");
        rivals = List.copyOf(rivals);
    }

    FoundPlugin conflictingWith(List<String> others) {
        return new FoundPlugin(kind, type, className, version, origin, builtIn, config, State.CONFLICT, others);
    }

    /** Names class and place, as errors do. */
    String where() {
        return className + " in " + origin;
    }
}
