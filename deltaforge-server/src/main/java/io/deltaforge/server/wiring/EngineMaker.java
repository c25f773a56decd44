package io.deltaforge.server.wiring;

import io.deltaforge.api.checkpoint.CheckpointStore;
import io.deltaforge.api.metrics.Counter;
import io.deltaforge.core.Pipeline;
import io.deltaforge.core.PipelineRecords;
import io.deltaforge.core.SpoolDefinition;
import io.deltaforge.core.fanout.MemoryBudget;
import io.deltaforge.server.config.ServerConfig;
import io.deltaforge.server.metrics.Metrics;
import io.deltaforge.server.supervisor.PipelineMaker;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Map;
import java.util.stream.Stream;

/** Makes pipelines over the store, the memory and the metrics of this process. */
final class EngineMaker implements PipelineMaker {

    private final CheckpointStore store;
    private final Path spools;
    private final MemoryBudget memory;
    private final Metrics metrics;
    private final Counter pauses;
    private final Counter resumes;
    private final Counter panics;

    EngineMaker(CheckpointStore store, Path spools, MemoryBudget memory, Metrics metrics) {
        this.store = store;
        this.spools = spools;
        this.memory = memory;
        this.metrics = metrics;
        this.pauses = metrics.scope().counter("deltaforge_pipeline_pauses_total", "Pipelines paused on request");
        this.resumes =
                metrics.scope().counter("deltaforge_pipeline_resumes_total", "Paused pipelines resumed on request");
        this.panics = metrics.scope()
                .counter(
                        "deltaforge_panics_total",
                        "Failures that nobody had expected: defects of this program or of a plugin");
    }

    @Override
    public Pipeline make(ServerConfig.Pipeline pipeline) {
        Pipeline.Builder builder = Pipeline.builder(pipeline.name())
                .checkpoints(store)
                .memory(memory)
                .metrics(metrics.scope())
                .batch(pipeline.limits())
                .commitPolicy(pipeline.policy())
                .source(
                        pipeline.source().id(),
                        pipeline.source().factory(),
                        pipeline.source().settings());
        pipeline.processors().forEach(step -> builder.processor(step.id(), step.factory(), step.settings()));
        pipeline.sinks().forEach(builder::sink);
        pipeline.journal().ifPresent(builder::deadLetters);
        builder.sinkDeadline(pipeline.sinkDeadline());
        builder.spool(new SpoolDefinition(
                spools.resolve(pipeline.name()),
                pipeline.spool().enabled(),
                pipeline.spool().limits()));
        return builder.build();
    }

    @Override
    public PipelineRecords records(String pipeline) {
        return new PipelineRecords(store, pipeline);
    }

    /** The spool goes last: without positions it means nothing. */
    @Override
    public void forget(String pipeline) throws IOException {
        records(pipeline).reset();
        Path spool = spools.resolve(pipeline);
        if (Files.isDirectory(spool)) {
            try (Stream<Path> files = Files.walk(spool)) {
                for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                    Files.deleteIfExists(file);
                }
            }
        }
    }

    @Override
    public void divideMemory(int pipelines) {
        memory.divide(pipelines);
    }

    @Override
    public void forgetMetrics(Map<String, String> labels) {
        metrics.forget(labels);
    }

    @Override
    public void paused() {
        pauses.add(1);
    }

    @Override
    public void resumed() {
        resumes.add(1);
    }

    @Override
    public void panicked() {
        panics.add(1);
    }
}
