package io.deltaforge.server.cli;

import io.deltaforge.server.config.ConfigReader;
import io.deltaforge.server.config.ServerConfig;
import io.deltaforge.server.plugin.Plugins;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** The option that names the configuration. */
final class ConfigOption {

    @Option(
            names = {"-c", "--config"},
            required = true,
            paramLabel = "PATH",
            description =
                    "the configuration: a HOCON, YAML or JSON file, or a directory with such files; may be given again")
    private List<Path> paths;

    @Mixin
    private PluginOption plugins;

    /** Returns what was named, for people. */
    String name() {
        return name(paths);
    }

    static String name(List<Path> paths) {
        return paths.stream().map(Path::toString).collect(Collectors.joining(", "));
    }

    Plugins plugins() {
        Plugins found = plugins.find();
        found.problems().forEach(problem -> log().warn("Plugin: {}: {}", problem.code(), problem));
        return found;
    }

    ServerConfig read() {
        return read(plugins());
    }

    /** Reads the configuration; what an operator should know of one that can be used goes to the log. */
    ServerConfig read(Plugins found) {
        ConfigReader.Reading reading = new ConfigReader(found).check(paths);
        ServerConfig config = reading.orThrow();
        reading.findings().forEach(finding -> log().warn("Configuration: {}: {}", finding.code(), finding));
        return config;
    }

    /** Not a constant: logging is slow to load, and every command line makes this object. */
    private static Logger log() {
        return LoggerFactory.getLogger(ConfigOption.class);
    }
}
