package io.deltaforge.server.wiring;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import io.deltaforge.server.config.ServerConfig;
import io.deltaforge.server.http.MonitoringServer;
import io.deltaforge.server.metrics.Build;
import io.deltaforge.server.metrics.Metrics;
import io.deltaforge.server.supervisor.Pipelines;

/** What counts, and what shows it. */
final class MonitoringModule extends AbstractModule {

    private final ServerConfig config;
    private final Build build;

    MonitoringModule(ServerConfig config, Build build) {
        this.config = config;
        this.build = build;
    }

    @Provides
    @Singleton
    Metrics metrics() {
        Metrics metrics = new Metrics();
        metrics.show(build);
        return metrics;
    }

    @Provides
    @Singleton
    MonitoringServer monitoring(Metrics metrics, Pipelines pipelines) {
        return new MonitoringServer(config.metrics(), metrics, pipelines::statuses);
    }
}
