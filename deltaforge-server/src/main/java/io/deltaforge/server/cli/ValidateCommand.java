package io.deltaforge.server.cli;

import io.deltaforge.server.config.ConfigReader;
import io.deltaforge.server.config.ServerConfig;
import io.deltaforge.server.config.finding.FindingText;
import io.deltaforge.server.plugin.Plugins;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code deltaforge validate}. */
@Command(
        name = "validate",
        description =
                "Says everything that is wrong with a configuration, without connecting to anything; with --connect,"
                        + " what the databases and the brokers say to it as well. Several files and directories are read"
                        + " as one configuration, as run does.")
final class ValidateCommand extends Verb {

    @Spec
    private CommandSpec command;

    @Parameters(
            arity = "0..*",
            paramLabel = "PATH",
            description = "HOCON, YAML or JSON files, and directories with such files")
    private List<Path> paths = new ArrayList<>();

    @Option(
            names = {"-c", "--config"},
            paramLabel = "PATH",
            description = "the same as PATH, as run takes it")
    private List<Path> configs = new ArrayList<>();

    @Mixin
    private PluginOption pluginOption;

    @Mixin
    private ConnectOption connect;

    @Override
    Answer answer(Output out) throws InterruptedException {
        List<Path> all = new ArrayList<>(paths);
        all.addAll(configs);
        if (all.isEmpty()) {
            throw new ParameterException(command.commandLine(), "Name a file or a directory.");
        }
        Plugins plugins = pluginOption.find();
        ConfigReader.Reading reading = new ConfigReader(plugins).check(all);
        ServerConfig config = reading.orThrow();
        Optional<Answer> faults = connect.faults(config, out.style());
        if (faults.isPresent()) {
            return faults.get();
        }
        List<String> pipelines =
                config.pipelines().stream().map(ServerConfig.Pipeline::name).toList();
        int warnings = reading.findings().size();
        String summary = ConfigOption.name(all) + ": "
                + (warnings == 0 ? "no problems" : warnings == 1 ? "1 warning" : warnings + " warnings")
                + "; pipelines: " + String.join(", ", pipelines);
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("pipelines", pipelines);
        result.put("findings", reading.findings());
        String text = new FindingText(out.style() == Style.COLOURS).of(reading.findings());
        return text.isEmpty()
                ? Answer.done(summary, result)
                : Answer.done(summary, result).withText(text + summary);
    }
}
