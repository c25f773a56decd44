package io.deltaforge.e2e.quickstart;

import static java.util.Objects.requireNonNull;

import io.deltaforge.e2e.quickstart.Screen.Style;
import io.deltaforge.sandbox.Sandbox;
import io.deltaforge.sandbox.SandboxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.sql.SQLException;
import java.time.Duration;
import java.util.List;

/**
 * One run: servers, pipeline, load with its live view, drain, comparison. Executed once, by one thread; any thread may stop it.
 */
final class QuickstartRun {
    private static final Duration POLL = Duration.ofMillis(50);
    /** How long nothing may arrive before what is missing counts as lost. */
    private static final Duration PATIENCE = Duration.ofSeconds(10);

    /** How long the furnishing of the shop may take to arrive before the load begins anyway. */
    private static final Duration WARM_UP = Duration.ofSeconds(2);

    private static final int METRICS_PORT = 9000;
    private static final int STOPPED_AT_START = 130;

    private final Screen screen;
    private final Options options;
    private final Ledger ledger = new Ledger();
    private volatile boolean loading;
    private volatile boolean stopping;

    /**
     * What was asked for.
     *
     * @param duration of the load, null until it is stopped
     * @param rate row changes per second
     * @param keep whether DeltaForge's files stay
     * @param seed of the load
     * @param dropOne whether the pipeline loses an event
     */
    record Options(Duration duration, int rate, boolean keep, long seed, boolean dropOne) {}

    QuickstartRun(Screen screen, Options options) {
        this.screen = requireNonNull(screen, "screen is null");
        this.options = requireNonNull(options, "options is null");
    }

    /** Runs to the end and returns the exit code; blocks. */
    int execute() throws Exception {
        screen.line(screen.styled(Style.BOLD, "DeltaForge quickstart")
                + ": everything below is temporary, Ctrl-C removes it");
        try (ShopServers servers = ShopServers.start(screen)) {
            return observe(servers);
        } catch (SandboxException e) {
            screen.line(screen.styled(Style.RED, "FAILED: ") + e.getMessage());
            return 3;
        }
    }

    /** Ends the load early, with all that follows; while there is no load yet, ends the JVM. */
    void stop() {
        stopping = true;
        if (!loading) {
            // What is being started right now ends with the JVM.
            System.exit(STOPPED_AT_START);
        }
    }

    private int observe(ShopServers servers) throws Exception {
        DeltaForgeProcess.Place place = new DeltaForgeProcess.Place(
                directory(), servers.dsn(), servers.brokers(), Sandbox.freePort(METRICS_PORT));
        long started = System.nanoTime();
        try (DeltaForgeProcess deltaforge = DeltaForgeProcess.start(place, options.dropOne());
                EventReader reader = new EventReader(servers.brokers(), ShopServers.PARTITIONS);
                ShopDatabase database = servers.openShop()) {
            deltaforge.awaitReady(servers::isStreaming);
            ShopWriter writer = new ShopWriter(new Shop(options.seed()), database, ledger, options.rate());
            writer.open();
            deltaforge.awaitReady(() -> !read(reader).isEmpty());
            readFor(WARM_UP, reader);
            screen.line(screen.ready("DeltaForge", "pipeline shop: first events in Kafka", started));
            Introduction.print(screen, servers, place, deltaforge.config());
            return load(deltaforge, reader, writer, database);
        }
    }

    private int load(DeltaForgeProcess deltaforge, EventReader reader, ShopWriter writer, ShopDatabase database)
            throws Exception {
        Tail tail = new Tail(screen, ledger);
        long started = System.nanoTime();
        writer.start();
        loading = true;
        while (!isOver(started) && writer.failure() == null && deltaforge.isRunning()) {
            take(reader, tail);
        }
        Duration load = Duration.ofNanos(System.nanoTime() - started);
        writer.stop();
        if (writer.failure() != null) {
            screen.line(screen.styled(Style.RED, "FAILED: the shop stopped: ") + writer.failure());
            return 1;
        }
        if (!deltaforge.isRunning()) {
            screen.line(screen.styled(Style.RED, "FAILED: DeltaForge ended by itself; the end of its log:"));
            screen.line(deltaforge.logTail());
            return 1;
        }
        return conclude(deltaforge, reader, tail, database, load);
    }

    private int conclude(
            DeltaForgeProcess deltaforge, EventReader reader, Tail tail, ShopDatabase database, Duration load)
            throws SQLException {
        screen.line("Load ended. Waiting for what is still on its way ...");
        drain(reader, tail);
        int status = deltaforge.stop();
        if (status != 0) {
            ledger.malformed("DeltaForge ended with status " + status + " when it was asked to stop");
        }
        // Whatever it may have sent while stopping.
        do {
            take(reader, tail);
        } while (!reader.isAtEnd());
        ledger.compareWith(database.rows());
        Verdict verdict = ledger.verdict();
        Summary.print(screen, verdict, tail.latencies(), load);
        if (!verdict.holds() && !options.keep()) {
            screen.line("Run it again with --keep to have DeltaForge's log and configuration afterwards.");
        }
        return verdict.holds() ? 0 : 1;
    }

    private void drain(EventReader reader, Tail tail) {
        long progress = System.nanoTime();
        while (ledger.outstanding() > 0 && System.nanoTime() - progress < PATIENCE.toNanos()) {
            if (take(reader, tail)) {
                progress = System.nanoTime();
            }
        }
    }

    /** Reads until all that was committed is there, or the time is up. */
    private void readFor(Duration time, EventReader reader) {
        long started = System.nanoTime();
        while (ledger.outstanding() > 0 && System.nanoTime() - started < time.toNanos()) {
            read(reader);
        }
    }

    private boolean take(EventReader reader, Tail tail) {
        List<SeenEvent> events = read(reader);
        tail.show(events);
        return !events.isEmpty();
    }

    private List<SeenEvent> read(EventReader reader) {
        List<SeenEvent> events = reader.poll(POLL, ledger::malformed);
        events.forEach(ledger::seen);
        return events;
    }

    private boolean isOver(long started) {
        return stopping
                || screen.isGone()
                || (options.duration() != null
                        && System.nanoTime() - started >= options.duration().toNanos());
    }

    private Path directory() throws IOException {
        return options.keep()
                ? Files.createTempDirectory("deltaforge-quickstart-")
                : Sandbox.createDirectory("deltaforge");
    }
}
