package io.deltaforge.server.wiring;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import io.deltaforge.server.config.ServerConfig;
import io.deltaforge.server.http.ApiServer;
import io.deltaforge.server.http.ConfigPages;
import io.deltaforge.server.http.DeadLetterPages;
import io.deltaforge.server.http.LoggerPages;
import io.deltaforge.server.http.PipelinePages;
import io.deltaforge.server.lifecycle.Pipelines;
import io.deltaforge.server.logging.LogLevels;
import io.deltaforge.server.plugin.Plugins;

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
    PipelinePages pipelinePages(Pipelines pipelines) {
        return new PipelinePages(config.pipelines(), pipelines::statuses);
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
    ApiServer api(PipelinePages pipelines, DeadLetterPages deadLetters, ConfigPages configs, LoggerPages loggers) {
        return new ApiServer(config.api(), pipelines, deadLetters, configs, loggers);
    }
}
