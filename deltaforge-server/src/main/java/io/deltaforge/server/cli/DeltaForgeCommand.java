package io.deltaforge.server.cli;

import io.deltaforge.server.config.InvalidConfig;
import io.deltaforge.server.lifecycle.EnvironmentException;
import io.deltaforge.server.plugin.PluginException;
import java.io.PrintWriter;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** The command {@code deltaforge}: what it can do, and what its exit codes mean. */
@Command(
        name = "deltaforge",
        description = "Reads the change log of a database and delivers every change to its sinks.",
        mixinStandardHelpOptions = true,
        versionProvider = ProductVersion.class,
        subcommands = {RunCommand.class, ValidateCommand.class, VersionCommand.class},
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:done, or stopped on request",
            "1:failed while running",
            "2:wrong configuration or command line",
            "3:something is missing around it: a port, a directory, a lock"
        })
public final class DeltaForgeCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    /** Used by the command line. */
    public DeltaForgeCommand() {}

    /**
     * Runs a command line to its end.
     *
     * @param arguments as given to the process
     * @return the exit code
     */
    public static int execute(String... arguments) {
        return new CommandLine(new DeltaForgeCommand())
                .setExecutionExceptionHandler((failure, command, parsed) -> exitCode(failure, command))
                .execute(arguments);
    }

    private static int exitCode(Exception failure, CommandLine command) {
        PrintWriter err = command.getErr();
        if (failure instanceof InvalidConfig invalid) {
            invalid.findings().forEach(err::println);
            int count = invalid.findings().size();
            err.println(count == 1 ? "1 problem; nothing was started" : count + " problems; nothing was started");
            return ExitCode.CONFIG;
        }
        if (failure instanceof EnvironmentException || failure instanceof PluginException) {
            err.println(failure.getMessage());
            return ExitCode.ENVIRONMENT;
        }
        Logger log = LoggerFactory.getLogger(DeltaForgeCommand.class);
        log.error("Unexpected failure", failure);
        return ExitCode.RUNTIME;
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "What is to be done? Name a command.");
    }
}
