package io.deltaforge.server.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import io.deltaforge.api.config.ConfigSpec;
import java.util.Map;
import java.util.Optional;
import java.util.TreeSet;

/** A group of settings whose {@code type} says which plugin understands it. */
record PluginSection<F>(String path, F factory, BoundSettings settings, boolean sound) {

    /** What is known of one kind of plugin. */
    interface Kind<F> {
        /** Returns the kind's name for people. */
        String name();

        /** Returns the plugins by type. */
        Map<String, F> plugins();

        /** Returns all settings of a plugin, those that every plugin of the kind has included. */
        ConfigSpec spec(F factory);

        /** Returns the type when none is written, or null when it must be written. */
        default String defaultType() {
            return null;
        }
    }

    /** Binds the group to its plugin; empty when there is no such plugin, and then a problem says so. */
    static <F> Optional<PluginSection<F>> bind(ConfigObject object, String path, Kind<F> kind, Problems problems) {
        ConfigValue written = object.get("type");
        if (written != null && HoconFile.isUnresolved(written)) {
            return Optional.empty();
        }
        String known = String.join(", ", new TreeSet<>(kind.plugins().keySet()));
        String typePath = ConfigPath.child(path, "type");
        String type = written == null ? kind.defaultType() : String.valueOf(written.unwrapped());
        if (type == null) {
            problems.add(typePath, "is missing: the type of the " + kind.name() + ", one of " + known);
            return Optional.empty();
        }
        F factory = kind.plugins().get(type);
        if (factory == null) {
            problems.add(
                    typePath,
                    "found '" + type + "', expected a " + kind.name() + " type that is there: " + known
                            + NearestName.of(type, kind.plugins().keySet())
                                    .map(near -> "; did you mean \"" + near + "\"?")
                                    .orElse(""));
            return Optional.empty();
        }
        int before = problems.count();
        String owner = kind.name() + " type \"" + type + "\"";
        BoundSettings settings = BoundSettings.bind(object, kind.spec(factory), path, owner, problems);
        return Optional.of(
                new PluginSection<>(path, factory, settings, problems.count() == before && !settings.isIncomplete()));
    }
}
