package io.deltaforge.server.cli;

import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The command {@code deltaforge}: what it can do, and what its exit codes mean. */
@Command(
        name = "deltaforge",
        description = "Reads the change log of a database and delivers every change to its sinks.",
        versionProvider = ProductVersion.class,
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

    @Option(
            names = "--json",
            scope = ScopeType.INHERIT,
            description = "print one JSON object: command, ok, summary, result, error")
    boolean json;

    @Option(
            names = {"-q", "--quiet"},
            scope = ScopeType.INHERIT,
            description = "print only what was asked for, and what went wrong")
    boolean quiet;

    @Option(
            names = "--no-color",
            scope = ScopeType.INHERIT,
            description = "print no colours; also with NO_COLOR in the environment, and off a terminal")
    boolean noColor;

    @Option(
            names = {"-h", "--help"},
            scope = ScopeType.INHERIT,
            usageHelp = true,
            description = "say what there is to say about the command")
    @SuppressWarnings("UnusedVariable") // Picocli looks at it.
    private boolean help;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "say which version this is")
    @SuppressWarnings("UnusedVariable") // Picocli looks at it.
    private boolean version;

    /** Used by the command line. */
    public DeltaForgeCommand() {}

    /**
     * Runs a command line to its end.
     *
     * @param arguments as given to the process
     * @return the exit code
     */
    public static int execute(String... arguments) {
        return commandLine().execute(arguments);
    }

    static CommandLine commandLine() {
        CommandLine root = new CommandLine(new DeltaForgeCommand());
        Verbs.ALL.forEach(root::addSubcommand);
        return root.setParameterExceptionHandler(new Mistyped())
                .setExecutionExceptionHandler(
                        (failure, command, parsed) -> Output.of(command).end(Failures.of(failure)));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "What is to be done? Name a command.");
    }
}
