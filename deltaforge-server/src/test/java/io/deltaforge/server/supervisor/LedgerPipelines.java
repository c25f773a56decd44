package io.deltaforge.server.supervisor;

import static org.awaitility.Awaitility.await;

import io.deltaforge.api.checkpoint.CheckpointStore;
import io.deltaforge.core.Pipeline;
import io.deltaforge.core.PipelineRecords;
import io.deltaforge.core.PipelineStatus.SinkStatus;
import io.deltaforge.core.SpoolDefinition;
import io.deltaforge.core.filter.FilterProcessorFactory;
import io.deltaforge.server.config.ConfigReader;
import io.deltaforge.server.config.PipelineSpec;
import io.deltaforge.server.config.ServerConfig;
import io.deltaforge.server.config.SpecReader;
import io.deltaforge.server.config.text.References;
import io.deltaforge.server.fakes.CountedLog;
import io.deltaforge.server.fakes.FileStore;
import io.deltaforge.server.fakes.LedgerFile;
import io.deltaforge.server.plugin.Plugins;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.Stream;

/** The pipelines of a process, made from fakes that keep everything in files of one directory. For one thread. */
final class LedgerPipelines implements PipelineMaker, AutoCloseable {

    private static final Duration PATIENCE = Duration.ofSeconds(60);
    private static final Plugins PLUGINS = new Plugins(
            Map.of("counted", new CountedLog()),
            Map.of("filter", new FilterProcessorFactory()),
            Map.of("ledger", new LedgerFile()),
            Map.of("files", new FileStore()));

    /** The names of the pipelines that were made, in order. */
    final List<String> made = new CopyOnWriteArrayList<>();
    /** The labels whose metrics were forgotten. */
    final List<Map<String, String>> forgotten = new CopyOnWriteArrayList<>();

    final Changes changes;
    private final Path directory;
    private final CheckpointStore store;
    private final SpecReader reader = new SpecReader(PLUGINS, name -> null, new References(List.of()));
    private final Pipelines pipelines;

    /**
     * Starts a process.
     *
     * @param directory where everything is kept
     * @param filed the pipelines of its configuration file
     */
    LedgerPipelines(Path directory, String filed) throws IOException {
        this.directory = directory;
        Files.createDirectories(directory.resolve("state"));
        this.store = new FileStore().create(null, directory.resolve("state"));
        ServerConfig config = new ConfigReader(PLUGINS)
                .check(
                        "test.conf",
                        "deltaforge { data_dir = \"" + directory.resolve("state") + "\", checkpoint.type = files }\n"
                                + (filed.isEmpty() ? "pipelines {}" : filed))
                .orThrow();
        this.pipelines = new Pipelines(config, this, reader);
        this.changes = new Changes(pipelines, Duration.ofSeconds(5));
        pipelines.start();
    }

    /** Describes a sink that writes into {@code ID.ledger}. */
    String sink(String id, String... more) {
        return "{ id = " + id + ", type = ledger, file = \"" + ledger(id) + "\", " + String.join(", ", more) + " }";
    }

    Path ledger(String id) {
        return directory.resolve(id + ".ledger");
    }

    static String pipeline(String name, String settings, String... sinks) {
        return "pipelines." + name + " { source { type = counted, dsn = x }\n " + settings + "\n sinks = [ "
                + String.join(", ", sinks) + " ] }\n";
    }

    PipelineSpec spec(String text) {
        return reader.read("body.conf", text);
    }

    View view(String name) {
        return pipelines.view(name).orElseThrow();
    }

    SinkStatus sink(String name, String id) {
        return view(name).status().sinks().stream()
                .filter(sink -> sink.id().equals(id))
                .findFirst()
                .orElseThrow();
    }

    List<String> sinks(String name) {
        return view(name).status().sinks().stream().map(SinkStatus::id).toList();
    }

    /** What is stored of a pipeline's sinks. */
    List<String> cursors(String name) {
        return store.load(name).keySet().stream()
                .filter(key -> key.startsWith("cursor/"))
                .map(key -> key.substring("cursor/".length()))
                .sorted()
                .toList();
    }

    /** Every row that a ledger has, in order. */
    List<Long> rows(String id) throws IOException {
        List<Long> rows = new ArrayList<>();
        if (Files.exists(ledger(id))) {
            try (Stream<String> lines = Files.lines(ledger(id))) {
                lines.flatMap(line -> Stream.of(line.split(" ", -1)))
                        .filter(entry -> !entry.isBlank())
                        .forEach(entry -> rows.add(Long.valueOf(entry.substring(entry.indexOf('/') + 1))));
            }
        }
        return rows;
    }

    void awaitMore(String id) throws IOException {
        int before = rows(id).size();
        await().atMost(PATIENCE).until(() -> rows(id).size() > before + 30);
    }

    /** What the data directory keeps of a pipeline. */
    Path kept(String name) {
        return directory.resolve("state/pipelines/" + name + ".json");
    }

    @Override
    public Pipeline make(ServerConfig.Pipeline config) {
        made.add(config.name());
        Pipeline.Builder builder = Pipeline.builder(config.name())
                .checkpoints(store)
                .batch(config.limits())
                .commitPolicy(config.policy())
                .source(
                        config.source().id(),
                        config.source().factory(),
                        config.source().settings())
                .spool(new SpoolDefinition(
                        directory.resolve("state/spool/" + config.name()),
                        config.spool().enabled(),
                        config.spool().limits()));
        config.processors().forEach(step -> builder.processor(step.id(), step.factory(), step.settings()));
        config.sinks().forEach(builder::sink);
        return builder.build();
    }

    @Override
    public PipelineRecords records(String pipeline) {
        return new PipelineRecords(store, pipeline);
    }

    @Override
    public void forget(String pipeline) {
        records(pipeline).reset();
    }

    @Override
    public void divideMemory(int count) {}

    @Override
    public void forgetMetrics(Map<String, String> labels) {
        forgotten.add(labels);
    }

    @Override
    public void paused() {}

    @Override
    public void resumed() {}

    @Override
    public void panicked() {}

    /** Ends the process. */
    @Override
    public void close() {
        try {
            pipelines.stop(Duration.ofSeconds(5));
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
