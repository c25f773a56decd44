package io.deltaforge.server.http;

import static java.util.Objects.requireNonNull;

import io.deltaforge.core.PipelineStatus;
import io.deltaforge.server.config.ServerConfig.Address;
import io.deltaforge.server.metrics.Metrics;
import io.javalin.http.Context;
import java.io.IOException;
import java.util.List;
import java.util.function.Supplier;

/**
 * Answers {@code GET /metrics} and {@code GET /health}. Life cycle: made, {@linkplain #start started} once,
 * {@linkplain #close closed}; both from one thread.
 */
public final class MonitoringServer implements AutoCloseable {

    private final Address address;
    private final Metrics metrics;
    private final Supplier<List<PipelineStatus>> statuses;
    private final Listener listener;

    /**
     * Makes a server that does not listen yet.
     *
     * @param address where to listen
     * @param metrics what {@code /metrics} shows
     * @param statuses what {@code /health} shows; asked from any thread
     */
    public MonitoringServer(Address address, Metrics metrics, Supplier<List<PipelineStatus>> statuses) {
        this.address = requireNonNull(address, "address is null");
        this.metrics = requireNonNull(metrics, "metrics is null");
        this.statuses = requireNonNull(statuses, "statuses is null");
        this.listener = new Listener(address, "df-http", 8);
    }

    /**
     * Listens.
     *
     * @return the port, which is a free one when the configured one is 0
     * @throws IOException naming the setting and the port when it cannot be listened on
     */
    public int start() throws IOException {
        return listener.start(config -> {
            config.routes.before(new HostCheck(address.bind()));
            config.routes.exception(ProblemException.class, Problems::answer);
            config.routes.get("/metrics", this::metrics);
            config.routes.get("/health", this::health);
        });
    }

    private void metrics(Context request) {
        String contentType = Metrics.contentType(request.header("Accept"));
        request.contentType(contentType).result(metrics.page(contentType));
    }

    private void health(Context request) {
        HealthPage page = new HealthPage(statuses.get());
        request.status(page.isHealthy() ? 200 : 503)
                .contentType("application/json")
                .result(page.json());
    }

    /** Stops listening within a bounded time. Idempotent. */
    @Override
    public void close() {
        listener.close();
    }
}
