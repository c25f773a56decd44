package io.deltaforge.server.cli;

import io.deltaforge.server.plugin.Plugins;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The option that says where plugins are. */
final class PluginOption {

    /** Where the launcher says that plugins are; nothing is amiss when there is no such directory. */
    static final String PROPERTY = "deltaforge.plugins";

    @Option(
            names = "--plugins",
            paramLabel = "DIR",
            description = "where plugins are, each in a directory of its own: DIR/<name>/*.jar;"
                    + " by default DELTAFORGE_PLUGINS or the launcher's plugins/")
    private Path directory;

    /** Finds the plugins of the class path and of the directory. */
    Plugins find() {
        if (directory != null) {
            return Plugins.find(Optional.of(directory));
        }
        return Plugins.find(Optional.ofNullable(System.getProperty(PROPERTY))
                .filter(text -> !text.isBlank())
                .map(Path::of)
                .filter(Files::exists));
    }
}
