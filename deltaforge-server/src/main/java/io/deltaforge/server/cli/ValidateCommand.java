package io.deltaforge.server.cli;

import io.deltaforge.server.config.ServerConfig;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/** {@code deltaforge validate}. */
@Command(
        name = "validate",
        mixinStandardHelpOptions = true,
        description = "Says everything that is wrong with a configuration, without connecting to anything.")
final class ValidateCommand implements Callable<Integer> {

    @Mixin
    private ConfigOption config;

    @Spec
    private CommandSpec spec;

    @Override
    public Integer call() {
        ServerConfig read = config.read();
        String pipelines =
                read.pipelines().stream().map(ServerConfig.Pipeline::name).collect(Collectors.joining(", "));
        spec.commandLine().getOut().println(config.file() + ": no problems; pipelines: " + pipelines);
        return ExitCode.OK;
    }
}
