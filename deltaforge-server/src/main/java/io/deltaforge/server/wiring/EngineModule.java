package io.deltaforge.server.wiring;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import io.deltaforge.api.checkpoint.CheckpointStore;
import io.deltaforge.core.fanout.MemoryBudget;
import io.deltaforge.server.config.ServerConfig;
import io.deltaforge.server.config.SpecReader;
import io.deltaforge.server.config.text.References;
import io.deltaforge.server.http.ApiServer;
import io.deltaforge.server.http.MonitoringServer;
import io.deltaforge.server.lifecycle.Server;
import io.deltaforge.server.metrics.Build;
import io.deltaforge.server.metrics.Metrics;
import io.deltaforge.server.plugin.Plugins;
import io.deltaforge.server.supervisor.PipelineMaker;
import io.deltaforge.server.supervisor.Pipelines;

/** What moves events: the store, the memory they may take, the pipelines. */
final class EngineModule extends AbstractModule {

    private final ServerConfig config;
    private final Plugins plugins;
    private final Build build;

    EngineModule(ServerConfig config, Plugins plugins, Build build) {
        this.config = config;
        this.plugins = plugins;
        this.build = build;
    }

    @Provides
    @Singleton
    CheckpointStore store() {
        return config.checkpoint().factory().create(config.checkpoint().settings(), config.dataDirectory());
    }

    @Provides
    @Singleton
    PipelineMaker maker(CheckpointStore store, Metrics metrics) {
        MemoryBudget memory = config.maxRetainedBytes().isPresent()
                ? new MemoryBudget(config.maxRetainedBytes().getAsLong(), 1)
                : MemoryBudget.ofHeap(1);
        return new EngineMaker(store, config.dataDirectory().resolve("spool"), memory, metrics);
    }

    @Provides
    @Singleton
    SpecReader specReader() {
        return new SpecReader(
                plugins, System::getenv, new References(config.api().references()));
    }

    @Provides
    @Singleton
    Pipelines pipelines(PipelineMaker maker, SpecReader reader) {
        return new Pipelines(config, maker, reader);
    }

    @Provides
    @Singleton
    Server server(CheckpointStore store, MonitoringServer monitoring, ApiServer api, Pipelines pipelines) {
        return new Server(config, build.version(), store, monitoring, api, pipelines);
    }
}
