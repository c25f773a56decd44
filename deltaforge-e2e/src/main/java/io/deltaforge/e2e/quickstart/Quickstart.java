package io.deltaforge.e2e.quickstart;

import static java.util.Objects.requireNonNull;

import io.deltaforge.server.lifecycle.StopSignals;
import java.time.Duration;
import java.util.concurrent.Callable;
import java.util.function.Consumer;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/**
 * {@code ./deltaforge quickstart}. Exit codes: 0 every committed change was found in Kafka, 1 it was not or something failed
 * on the way, 2 wrong arguments, 3 a server could not be started, 130 or 143 ended by a signal before it had begun, or by a
 * second one.
 */
@Command(
        name = "deltaforge quickstart",
        sortOptions = false,
        description = {
            "Starts a real PostgreSQL and a real Kafka, keeps a shop busy in the one, streams every change into the other"
                    + " with DeltaForge, shows the events and checks that none is missing.",
            "Everything is temporary. Ctrl-C ends it with a summary and leaves nothing behind; a second one ends it at"
                    + " once."
        })
public final class Quickstart implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(
            names = "--duration",
            paramLabel = "TIME",
            converter = DurationConverter.class,
            description = "End after this time of load, such as 20s or 5m. Default: at Ctrl-C.")
    private Duration duration;

    @Option(
            names = "--rate",
            paramLabel = "N",
            defaultValue = "200",
            description = "Row changes per second. Default: ${DEFAULT-VALUE}.")
    private int rate;

    @Option(names = "--keep", description = "Keep the configuration, the log and the state of DeltaForge.")
    private boolean keep;

    @Option(
            names = "--seed",
            paramLabel = "N",
            defaultValue = "1",
            description = "What the shop does is drawn from it.")
    private long seed;

    @Option(names = "--drop-one", hidden = true, description = "Break the pipeline: it loses one event.")
    private boolean dropOne;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this help.")
    @SuppressWarnings("UnusedVariable") // picocli shows the help when it is set
    private boolean help;

    private final Screen screen;
    private final Consumer<Runnable> stopSignals;

    private Quickstart(Screen screen, Consumer<Runnable> stopSignals) {
        this.screen = screen;
        this.stopSignals = stopSignals;
    }

    /** Runs the quickstart and ends the JVM with its exit code. */
    public static void main(String[] arguments) {
        // Before the first logger: what the clients have to say would tear the events apart.
        if (System.getProperty("logback.configurationFile") == null) {
            System.setProperty("logback.configurationFile", "io/deltaforge/e2e/quickstart/logback.xml");
        }
        Screen screen = Screen.ofStandardOutput(System.getenv());
        System.exit(execute(new Quickstart(screen, StopSignals::call), arguments));
    }

    /**
     * Runs the quickstart to its end, deaf to signals.
     *
     * @return the exit code
     */
    static int run(Screen screen, String... arguments) {
        return execute(new Quickstart(requireNonNull(screen, "screen is null"), stop -> {}), arguments);
    }

    private static int execute(Quickstart quickstart, String... arguments) {
        return new CommandLine(quickstart).setUsageHelpAutoWidth(true).execute(arguments);
    }

    @Override
    public Integer call() throws Exception {
        if (rate < 1 || rate > 1_000_000) {
            throw new ParameterException(
                    spec.commandLine(), "--rate is " + rate + "; it must be between 1 and 1000000 changes per second");
        }
        QuickstartRun run = new QuickstartRun(screen, new QuickstartRun.Options(duration, rate, keep, seed, dropOne));
        stopSignals.accept(run::stop);
        return run.execute();
    }
}
