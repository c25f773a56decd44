package io.deltaforge.e2e.quickstart;

import static java.util.Objects.requireNonNull;

import io.deltaforge.e2e.run.ServerCommand;
import io.deltaforge.sandbox.ChildProcess;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.function.BooleanSupplier;

/**
 * DeltaForge itself, as operators run it: {@code deltaforge run --config FILE} in a process of its own. Ends with this JVM.
 */
final class DeltaForgeProcess implements AutoCloseable {
    /** System property with the launcher's path, set by it; without, the server is started from our own class path. */
    static final String LAUNCHER_PROPERTY = "deltaforge.launcher";

    private static final Duration START_TIMEOUT = Duration.ofSeconds(60);
    private static final Duration STOP_TIMEOUT = Duration.ofSeconds(45);

    /** Drops one event: the creation of a product that is never deleted, so nothing else is like it. */
    private static final String DROP_ONE = """
        [
              { id = drop-one, type = filter, match = any, fields = [
                  { path = sku, op = ne, value = ["%s"] }
                  { path = version, op = ne, value = ["1"] }
              ] }
            ]\
        """.formatted(Shop.sku(7));

    private final ChildProcess process;
    private final Path config;

    private DeltaForgeProcess(ChildProcess process, Path config) {
        this.process = process;
        this.config = config;
    }

    /**
     * Where things are.
     *
     * @param directory for configuration, log and state
     * @param dsn the database
     * @param brokers the Kafka cluster
     * @param metricsPort for /metrics and /health
     */
    record Place(Path directory, String dsn, String brokers, int metricsPort) {}

    /**
     * Writes the configuration and starts the process.
     *
     * @param dropOne whether the pipeline has a fault: a processor that swallows one event
     */
    static DeltaForgeProcess start(Place place, boolean dropOne) {
        requireNonNull(place, "place is null");
        Path config = place.directory().resolve("quickstart.conf");
        try {
            Files.writeString(config, config(place, dropOne));
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + config, e);
        }
        ChildProcess process = ChildProcess.start(
                "DeltaForge",
                command(config),
                Map.of("JAVA_HOME", System.getProperty("java.home"), "HOME", System.getProperty("user.home")),
                place.directory().resolve("deltaforge.log"));
        return new DeltaForgeProcess(process, config);
    }

    /** Blocks until a condition holds; an error ends with the log. */
    void awaitReady(BooleanSupplier ready) {
        process.awaitReady(START_TIMEOUT, ready);
    }

    boolean isRunning() {
        return process.isRunning();
    }

    Path config() {
        return config;
    }

    String logTail() {
        return process.logTail();
    }

    /**
     * Asks it to drain and end, and blocks until it has.
     *
     * @return its exit status; 137 if it had to be killed
     */
    int stop() {
        process.terminate();
        if (!process.ended(STOP_TIMEOUT)) {
            process.kill();
        }
        return process.exitStatus();
    }

    @Override
    public void close() {
        process.kill();
    }

    private static List<String> command(Path config) {
        String launcher = System.getProperty(LAUNCHER_PROPERTY);
        if (launcher != null) {
            return List.of(launcher, "run", "--config", config.toString());
        }
        return ServerCommand.of(List.of("-Xmx256m"), "run", "--config", config.toString());
    }

    private static String config(Place place, boolean dropOne) throws IOException {
        try (InputStream template = DeltaForgeProcess.class.getResourceAsStream("quickstart.conf")) {
            return new String(template.readAllBytes(), StandardCharsets.UTF_8)
                    .replace("@data_dir@", place.directory().resolve("state").toString())
                    .replace("@port@", Integer.toString(place.metricsPort()))
                    .replace("@dsn@", place.dsn())
                    .replace("@brokers@", place.brokers())
                    .replace("@processors@", dropOne ? DROP_ONE : "[]");
        }
    }
}
