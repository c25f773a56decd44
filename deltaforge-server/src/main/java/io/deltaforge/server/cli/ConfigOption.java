package io.deltaforge.server.cli;

import io.deltaforge.server.config.ConfigReader;
import io.deltaforge.server.config.ServerConfig;
import io.deltaforge.server.plugin.Plugins;
import java.nio.file.Path;
import picocli.CommandLine.Option;

/** The option that names the configuration. */
final class ConfigOption {

    @Option(
            names = {"-c", "--config"},
            required = true,
            paramLabel = "FILE",
            description = "the configuration, a HOCON file")
    private Path file;

    Path file() {
        return file;
    }

    ServerConfig read() {
        return new ConfigReader(Plugins.onClassPath()).read(file);
    }
}
