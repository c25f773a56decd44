package io.deltaforge.bench.drain;

import io.deltaforge.sandbox.KafkaBroker;
import io.deltaforge.sandbox.PostgresServer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/**
 * Drains the same backlog again and again, in turn with {@code pg_recvlogical} to {@code /dev/null} and with DeltaForge to
 * a Kafka topic. Every run has a slot of its own, made before the load, so that all read the same log.
 */
@Command(
        name = "drain",
        mixinStandardHelpOptions = true,
        showDefaultValues = true,
        description = "Drains a backlog of PostgreSQL into Kafka, alternating with pg_recvlogical to /dev/null.")
public final class DrainCommand implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    @Option(names = "--events", description = "Committed single-row changes, in transactions of 1,000.")
    private int events = 1_000_000;

    @Option(names = "--rounds", description = "How often each side runs; the median counts.")
    private int rounds = 5;

    @Option(names = "--xmx", description = "Largest heap of DeltaForge.")
    private String xmx = "384m";

    @Option(names = "--jvm", description = "Another option of DeltaForge's JVM; may be repeated.")
    private List<String> jvmOptions = List.of();

    @Option(names = "--partitions", description = "Partitions of the topics.")
    private int partitions = 1;

    @Option(names = "--exactly-once", description = "Measure the Kafka sink that delivers exactly once as well.")
    private boolean exactlyOnce;

    @Option(names = "--keep", description = "Keep logs, configurations and data of every run.")
    private boolean keep;

    @Option(names = "--output", description = "Where the results and what is kept go.")
    private Path output = Path.of("bench-results");

    /** Used by the command line. */
    public DrainCommand() {}

    @Override
    public Integer call() throws IOException, SQLException, InterruptedException {
        Files.createDirectories(output);
        Path work = Files.createTempDirectory(output.toAbsolutePath(), "drain-");
        System.out.println("Starting PostgreSQL and Kafka ...");
        try (PostgresServer postgres = postgres();
                KafkaBroker kafka =
                        KafkaBroker.builder().autoCreateTopics(false).start()) {
            Backlog backlog = new Backlog(postgres, events);
            Reference reference = Reference.find(postgres);
            List<Side> sides = exactlyOnce ? List.of(Side.values()) : List.of(Side.REFERENCE, Side.DELTAFORGE);
            List<String> slots = backlog.create(rounds * sides.size());
            System.out.printf("Loading %,d changes ...%n", events);
            backlog.load();
            System.out.printf(
                    "Loaded: %d bytes of pgoutput payload per change; reference: %s%n%n",
                    backlog.payloadBytesPerChange(), reference.name());
            DeltaForgeRuns ours = new DeltaForgeRuns(
                    postgres, kafka, new DeltaForgeRuns.Jvm(xmx, jvmOptions, partitions), backlog, work);
            List<Run> runs = new ArrayList<>();
            for (int round = 0; round < rounds; round++) {
                // The order changes from round to round: whoever reads first warms the page cache.
                List<Side> order = new ArrayList<>(sides);
                Collections.rotate(order, round);
                for (Side side : order) {
                    String slot = slots.get(runs.size());
                    runs.add(show(
                            side == Side.REFERENCE
                                    ? backlog.measure(() -> reference.run(backlog, slot))
                                    : ours.run(side, slot)));
                }
            }
            List<String> command = spec.commandLine().getParseResult().originalArgs();
            DrainReport report = new DrainReport(command, backlog, reference.name(), runs);
            System.out.println();
            System.out.println(report.markdown());
            Path json = report.writeJson(output);
            System.out.println("Figures of every run: " + json);
        } finally {
            if (keep) {
                System.out.println("Kept: " + work);
            } else {
                Trees.delete(work);
            }
        }
        return 0;
    }

    private PostgresServer postgres() {
        int slots = Side.values().length * rounds + 2;
        return PostgresServer.builder()
                .setting("max_replication_slots", String.valueOf(slots))
                .setting("max_wal_senders", String.valueOf(slots))
                .setting("max_wal_size", "16GB")
                .setting("checkpoint_timeout", "1h")
                .setting("autovacuum", "off")
                .start();
    }

    private static Run show(Run run) {
        System.out.printf(
                "%-24s %,9.0f events/s  %6.2f s  server %5.2f CPU-s%s%n",
                run.side(), run.eventsPerSecond(), run.seconds(), run.postgresCpuSeconds(), run.ownFigures());
        return run;
    }
}
