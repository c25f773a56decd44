package io.deltaforge.server.wiring;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import io.deltaforge.server.config.ServerConfig;
import io.deltaforge.server.config.SpecReader;
import io.deltaforge.server.http.ApiServer;
import io.deltaforge.server.http.ChangePages;
import io.deltaforge.server.http.ConfigPages;
import io.deltaforge.server.http.DeadLetterPages;
import io.deltaforge.server.http.LoggerPages;
import io.deltaforge.server.http.PipelinePages;
import io.deltaforge.server.http.TapPages;
import io.deltaforge.server.logging.LogLevels;
import io.deltaforge.server.metrics.Metrics;
import io.deltaforge.server.plugin.Plugins;
import io.deltaforge.server.supervisor.Changes;
import io.deltaforge.server.supervisor.Pipelines;

/** What answers questions over HTTP. */
final class ApiModule extends AbstractModule {

    private final ServerConfig config;
    private final Plugins plugins;

    ApiModule(ServerConfig config, Plugins plugins) {
        this.config = config;
        this.plugins = plugins;
    }

    @Provides
    @Singleton
    PipelinePages pipelinePages(Pipelines pipelines, Metrics metrics) {
        return new PipelinePages(pipelines, metrics);
    }

    @Provides
    @Singleton
    Changes changes(Pipelines pipelines) {
        return new Changes(pipelines, config.drainTimeout());
    }

    @Provides
    @Singleton
    ChangePages changePages(Changes changes, SpecReader reader) {
        return new ChangePages(changes, reader);
    }

    @Provides
    @Singleton
    TapPages tapPages(Pipelines pipelines) {
        return new TapPages(pipelines);
    }

    @Provides
    @Singleton
    DeadLetterPages deadLetterPages(Pipelines pipelines) {
        return new DeadLetterPages(pipelines::deadLetters);
    }

    @Provides
    @Singleton
    ConfigPages configPages() {
        return new ConfigPages(new ConfigInspector(plugins));
    }

    @Provides
    @Singleton
    LoggerPages loggerPages() {
        return new LoggerPages(LogLevels.ofProcess());
    }

    @Provides
    @Singleton
    ApiServer api(
            PipelinePages pipelines,
            ChangePages changes,
            TapPages taps,
            DeadLetterPages deadLetters,
            ConfigPages configs,
            LoggerPages loggers) {
        return new ApiServer(config.api(), pipelines, changes, taps, deadLetters, configs, loggers);
    }
}
