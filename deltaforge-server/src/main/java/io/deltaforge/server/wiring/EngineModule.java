package io.deltaforge.server.wiring;

import com.google.inject.AbstractModule;
import com.google.inject.Provides;
import com.google.inject.Singleton;
import io.deltaforge.api.checkpoint.CheckpointStore;
import io.deltaforge.api.metrics.MetricScope;
import io.deltaforge.core.Pipeline;
import io.deltaforge.core.fanout.MemoryBudget;
import io.deltaforge.server.config.ServerConfig;
import io.deltaforge.server.http.ApiServer;
import io.deltaforge.server.http.MonitoringServer;
import io.deltaforge.server.lifecycle.Pipelines;
import io.deltaforge.server.lifecycle.Server;
import io.deltaforge.server.metrics.Build;
import java.util.ArrayList;
import java.util.List;

/** What moves events: the store, the memory they may take, the pipelines. */
final class EngineModule extends AbstractModule {

    private final ServerConfig config;
    private final Build build;

    EngineModule(ServerConfig config, Build build) {
        this.config = config;
        this.build = build;
    }

    @Provides
    @Singleton
    CheckpointStore store() {
        return config.checkpoint().factory().create(config.checkpoint().settings(), config.dataDirectory());
    }

    @Provides
    @Singleton
    MemoryBudget memory() {
        int pipelines = config.pipelines().size();
        return config.maxRetainedBytes().isPresent()
                ? new MemoryBudget(config.maxRetainedBytes().getAsLong(), pipelines)
                : MemoryBudget.ofHeap(pipelines);
    }

    @Provides
    @Singleton
    Pipelines pipelines(CheckpointStore store, MemoryBudget memory, MetricScope metrics) {
        List<Pipeline> pipelines = new ArrayList<>();
        for (ServerConfig.Pipeline pipeline : config.pipelines()) {
            Pipeline.Builder builder = Pipeline.builder(pipeline.name())
                    .checkpoints(store)
                    .memory(memory)
                    .metrics(metrics)
                    .batch(pipeline.limits())
                    .commitPolicy(pipeline.policy())
                    .source(
                            pipeline.source().id(),
                            pipeline.source().factory(),
                            pipeline.source().settings());
            pipeline.processors().forEach(step -> builder.processor(step.id(), step.factory(), step.settings()));
            pipeline.sinks().forEach(builder::sink);
            pipeline.journal().ifPresent(builder::deadLetters);
            pipelines.add(builder.build());
        }
        return new Pipelines(pipelines);
    }

    @Provides
    @Singleton
    Server server(CheckpointStore store, MonitoringServer monitoring, ApiServer api, Pipelines pipelines) {
        return new Server(config, build.version(), store, monitoring, api, pipelines);
    }
}
