package io.deltaforge.server.lifecycle;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.checkpoint.CheckpointStore;
import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.core.PipelineStatus;
import io.deltaforge.server.config.ServerConfig;
import io.deltaforge.server.http.ApiServer;
import io.deltaforge.server.http.MonitoringServer;
import io.deltaforge.server.supervisor.Pipelines;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running process: monitoring, API, store, pipelines. They start in this order and stop in the opposite one. While
 * another process owns the data directory this one stands by, and takes over when that one ends, however it does. Pipelines
 * that fail stay as they are and the process stays up, so that {@code /health} can say why.
 */
public final class Server {

    private static final Logger LOG = LoggerFactory.getLogger(Server.class);

    private final ServerConfig config;
    private final String version;
    private final DataDirectory directory;
    private final MonitoringServer monitoring;
    private final ApiServer api;
    private final Pipelines pipelines;
    private final CountDownLatch stopRequested = new CountDownLatch(1);

    /**
     * Takes the parts, none of them started.
     *
     * @param config what they were made from
     * @param version the product's version, for the log
     * @param store keeps the positions of all pipelines
     * @param monitoring shows what goes on
     * @param api answers questions
     * @param pipelines do the work
     */
    public Server(
            ServerConfig config,
            String version,
            CheckpointStore store,
            MonitoringServer monitoring,
            ApiServer api,
            Pipelines pipelines) {
        this.config = requireNonNull(config, "config is null");
        this.version = requireNonNull(version, "version is null");
        this.directory = new DataDirectory(config.dataDirectory(), store);
        this.monitoring = requireNonNull(monitoring, "monitoring is null");
        this.api = requireNonNull(api, "api is null");
        this.pipelines = requireNonNull(pipelines, "pipelines is null");
    }

    /**
     * Starts everything, waits until it is {@linkplain #requestStop asked to stop}, and stops everything. Blocks all the time.
     *
     * @throws EnvironmentException when something that is needed is not there; nothing runs then
     * @throws InterruptedException when the thread is interrupted
     */
    public void run() throws InterruptedException {
        Thread.setDefaultUncaughtExceptionHandler(pipelines::uncaught);
        try {
            listen();
            if (directory.take(this::standBy, this::awaitStop)) {
                TemporaryFiles.moveTo(config.dataDirectory());
                pipelines.start();
                LOG.info(
                        "Started pipelines {}; up after {} ms",
                        pipelines.statuses().stream().map(PipelineStatus::name).collect(Collectors.joining(", ")),
                        sinceProcessStart());
                stopRequested.await();
                stop();
            }
        } catch (IOException e) {
            throw new EnvironmentException(e.getMessage(), e);
        } finally {
            api.close();
            monitoring.close();
            directory.close();
        }
    }

    private void listen() throws IOException {
        int port = monitoring.start();
        int apiPort = api.start();
        LOG.info(
                "DeltaForge {} on Java {}: metrics at http://{}:{}/metrics, health at /health, API at http://{}:{}/,"
                        + " data in {}",
                version,
                Runtime.version(),
                config.metrics().bind(),
                port,
                config.api().address().bind(),
                apiPort,
                config.dataDirectory().toAbsolutePath().normalize());
    }

    private void standBy(CheckpointException inUse) {
        pipelines.standBy(inUse);
        LOG.info("Standing by: {}; taking over when it ends", inUse.getMessage());
    }

    private boolean awaitStop(Duration pause) throws InterruptedException {
        return !stopRequested.await(pause.toNanos(), TimeUnit.NANOSECONDS);
    }

    private void stop() throws InterruptedException {
        long began = System.nanoTime();
        LOG.info(
                "Stopping: sinks may take {} s to finish", config.drainTimeout().toSeconds());
        pipelines.stop(config.drainTimeout());
        LOG.info("Stopped after {} ms", (System.nanoTime() - began) / 1_000_000);
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
