package io.deltaforge.bench;

import io.deltaforge.bench.drain.DrainCommand;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Where {@code ./deltaforge bench} begins. */
@Command(
        name = "bench",
        mixinStandardHelpOptions = true,
        description = "Measures DeltaForge beside its references, on this machine, in one run.",
        subcommands = {DrainCommand.class, BenchMain.Jmh.class})
public final class BenchMain implements Runnable {

    @Spec
    private CommandSpec spec;

    /** Used by the command line. */
    public BenchMain() {}

    /** Hands the rest of the command line to JMH. */
    @Command(
            name = "jmh",
            description = "Runs the JMH benchmarks; everything behind is JMH's own, -h shows it.",
            customSynopsis = "bench jmh [JMH OPTIONS] [REGEXP...]")
    static final class Jmh implements Runnable {

        @Parameters(arity = "0..*")
        private List<String> arguments = List.of();

        @Override
        public void run() {
            try {
                org.openjdk.jmh.Main.main(arguments.toArray(String[]::new));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
    }

    /**
     * Runs a command line and ends the process with its exit code.
     *
     * @param arguments see {@code --help}
     */
    public static void main(String[] arguments) {
        CommandLine commands = new CommandLine(new BenchMain());
        commands.getSubcommands().get("jmh").setUnmatchedOptionsArePositionalParams(true);
        System.exit(commands.execute(arguments));
    }

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "What is to be measured? Name a command: drain or jmh.");
    }
}
