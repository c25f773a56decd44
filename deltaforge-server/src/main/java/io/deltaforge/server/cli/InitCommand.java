package io.deltaforge.server.cli;

import io.deltaforge.api.config.NearestName;
import io.deltaforge.server.cli.Answer.Failure;
import io.deltaforge.server.plugin.Plugins;
import io.deltaforge.server.scaffold.PipelineConfig;
import java.io.IOException;
import java.nio.file.FileAlreadyExistsException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeSet;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code deltaforge init}. */
@Command(
        name = "init",
        description =
                "Makes something to begin from: a configuration with what must be filled in, or a sink of your own.",
        subcommands = InitSinkCommand.class)
final class InitCommand extends Verb {

    @Option(names = "--from", paramLabel = "TYPE", description = "the type of the source, such as postgres")
    private String from;

    @Option(names = "--to", paramLabel = "TYPE", description = "the type of the sink, such as kafka")
    private String to;

    @Option(
            names = "--name",
            paramLabel = "NAME",
            defaultValue = "main",
            description = "the name of the pipeline; default ${DEFAULT-VALUE}")
    private String name;

    @Option(
            names = {"-o", "--output"},
            paramLabel = "FILE",
            description = "the file to write, which must not be there yet; default: standard output")
    private Path file;

    @Mixin
    private PluginOption plugins;

    @Spec
    private CommandSpec spec;

    @Override
    Answer answer(Output out) throws IOException {
        if (from == null || to == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    "What is to be made? A configuration needs --from and --to; a sink of your own: init sink NAME");
        }
        if (!name.matches("[A-Za-z0-9_-]{1,63}")) {
            throw new ParameterException(
                    spec.commandLine(),
                    "--name " + name + ": expected 1 to 63 letters, digits, underscores and dashes");
        }
        Plugins known = plugins.find();
        String text = new PipelineConfig(
                        name, plugin("--from", from, known.sources()), plugin("--to", to, known.sinks()))
                .hocon();
        Map<String, Object> result = new LinkedHashMap<>();
        result.put("config", text);
        if (file == null) {
            return Answer.done("a configuration to be filled in", result).withText(text);
        }
        try {
            Files.writeString(file, text, StandardOpenOption.CREATE_NEW);
        } catch (FileAlreadyExistsException e) {
            return Answer.failed(
                    ExitCode.ENVIRONMENT, new Failure("FILE_EXISTS", file + " is there already, and is left as it is"));
        }
        result.put("file", file);
        return Answer.done(
                "Made " + file + ": fill in what stands in <angle brackets>, then: deltaforge validate --config "
                        + file,
                result);
    }

    private <F> F plugin(String option, String type, Map<String, F> known) {
        F factory = known.get(type);
        if (factory == null) {
            throw new ParameterException(
                    spec.commandLine(),
                    option + " " + type + ": there is no such plugin"
                            + NearestName.of(type, known.keySet())
                                    .map(near -> "; did you mean \"" + near + "\"?")
                                    .orElse("; there are " + String.join(", ", new TreeSet<>(known.keySet()))));
        }
        return factory;
    }
}
