package io.deltaforge.server.lifecycle;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.checkpoint.CheckpointStore;
import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.core.PipelineStatus;
import io.deltaforge.server.config.ServerConfig;
import io.deltaforge.server.http.MonitoringServer;
import java.io.IOException;
import java.nio.file.Files;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running process: store, monitoring, pipelines. They start in this order and stop in the opposite one. Pipelines that
 * fail stay as they are and the process stays up, so that {@code /health} can say why.
 */
public final class Server {

    private static final Logger LOG = LoggerFactory.getLogger(Server.class);

    private final ServerConfig config;
    private final CheckpointStore store;
    private final MonitoringServer monitoring;
    private final Pipelines pipelines;
    private final CountDownLatch stopRequested = new CountDownLatch(1);

    /**
     * Takes the parts, none of them started.
     *
     * @param config what they were made from
     * @param store keeps the positions of all pipelines
     * @param monitoring shows what goes on
     * @param pipelines do the work
     */
    public Server(ServerConfig config, CheckpointStore store, MonitoringServer monitoring, Pipelines pipelines) {
        this.config = requireNonNull(config, "config is null");
        this.store = requireNonNull(store, "store is null");
        this.monitoring = requireNonNull(monitoring, "monitoring is null");
        this.pipelines = requireNonNull(pipelines, "pipelines is null");
    }

    /**
     * Starts everything, waits until it is {@linkplain #requestStop asked to stop}, and stops everything. Blocks all the time.
     *
     * @param version the product's version, for the log
     * @throws EnvironmentException when something that is needed is not there; nothing runs then
     * @throws InterruptedException when the thread is interrupted
     */
    public void run(String version) throws InterruptedException {
        openStore();
        try {
            int port = monitoring.start();
            pipelines.start();
            announce(version, port);
            stopRequested.await();
            long began = System.nanoTime();
            LOG.info(
                    "Stopping: sinks may take {} s to finish",
                    config.drainTimeout().toSeconds());
            pipelines.stop(config.drainTimeout());
            LOG.info("Stopped after {} ms", (System.nanoTime() - began) / 1_000_000);
        } catch (IOException e) {
            throw new EnvironmentException(e.getMessage(), e);
        } finally {
            monitoring.close();
            store.close();
        }
    }

    private void openStore() {
        try {
            Files.createDirectories(config.dataDirectory());
            store.open();
        } catch (IOException e) {
            throw new EnvironmentException(
                    "deltaforge.data_dir: the directory " + config.dataDirectory() + " cannot be made: " + e, e);
        } catch (CheckpointException e) {
            store.close();
            throw new EnvironmentException(
                    "deltaforge.checkpoint: " + e.getMessage()
                            + e.remedy().map(remedy -> "; to do: " + remedy).orElse(""),
                    e);
        }
    }

    private void announce(String version, int port) {
        LOG.info(
                "DeltaForge {} on Java {}: data in {}, metrics at http://{}:{}/metrics, health at /health, pipelines {};"
                        + " up after {} ms",
                version,
                Runtime.version(),
                config.dataDirectory().toAbsolutePath().normalize(),
                config.metrics().bind(),
                port,
                pipelines.statuses().stream().map(PipelineStatus::name).collect(Collectors.joining(", ")),
                sinceProcessStart());
    }

    private static Object sinceProcessStart() {
        return ProcessHandle.current()
                .info()
                .startInstant()
                .<Object>map(start -> Duration.between(start, Instant.now()).toMillis())
                .orElse("?");
    }

    /** Makes {@link #run} return when everything has stopped. Safe from any thread; returns at once. */
    public void requestStop() {
        stopRequested.countDown();
    }
}
