package io.deltaforge.server.config;

import static java.util.Objects.requireNonNull;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValueFactory;
import io.deltaforge.api.checkpoint.CheckpointStoreFactory;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.server.config.InvalidConfig.Finding;
import io.deltaforge.server.config.ServerConfig.Address;
import io.deltaforge.server.config.ServerConfig.Pipeline;
import io.deltaforge.server.config.ServerConfig.Plugin;
import io.deltaforge.server.plugin.Plugins;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeSet;

/**
 * Reads configuration files. Everything that can be known without connecting to anything is checked, and everything that is
 * wrong is said at once. Safe from any thread.
 */
public final class ConfigReader {

    private final Plugins plugins;

    /**
     * Makes a reader.
     *
     * @param plugins what the file may name
     */
    public ConfigReader(Plugins plugins) {
        this.plugins = requireNonNull(plugins, "plugins is null");
    }

    /**
     * Reads a file. Does file I/O only.
     *
     * @param file a HOCON file
     * @return what it says
     * @throws InvalidConfig with everything that is wrong
     */
    public ServerConfig read(Path file) {
        HoconFile hocon = HoconFile.load(file);
        Problems problems = new Problems();
        BoundSettings root = BoundSettings.bind(hocon.root(), ConfigReference.ROOT, "", "the file", problems);
        BoundSettings runtime = BoundSettings.bind(
                root.group("deltaforge").orElseGet(ConfigReader::nothing),
                ConfigReference.RUNTIME,
                "deltaforge",
                "the group deltaforge",
                problems);
        BoundSettings metrics = group(runtime, "metrics", ConfigReference.METRICS, problems);
        BoundSettings memory = group(runtime, "memory", ConfigReference.MEMORY, problems);
        Optional<Path> dataDirectory = dataDirectory(runtime, problems);
        Optional<Plugin<CheckpointStoreFactory>> store = store(runtime, dataDirectory, problems);
        List<Pipeline> pipelines = pipelines(root, problems);
        List<Finding> findings = hocon.findings(problems.found());
        if (!findings.isEmpty()) {
            throw new InvalidConfig(findings);
        }
        return new ServerConfig(
                dataDirectory.orElseThrow(),
                new Address(metrics.path("port"), metrics.string("bind"), (int) metrics.integer("port")),
                store.orElseThrow(),
                memory.optionalInteger("max_retained_bytes")
                        .map(OptionalLong::of)
                        .orElseGet(OptionalLong::empty),
                Duration.ofSeconds(runtime.integer("drain_timeout_secs")),
                pipelines);
    }

    private static ConfigObject nothing() {
        return ConfigValueFactory.fromMap(Map.of());
    }

    static BoundSettings group(BoundSettings parent, String name, ConfigSpec spec, Problems problems) {
        String path = parent.path(name);
        return BoundSettings.bind(
                parent.group(name).orElseGet(ConfigReader::nothing), spec, path, "the group " + name, problems);
    }

    private static Optional<Path> dataDirectory(BoundSettings runtime, Problems problems) {
        return runtime.optionalString("data_dir").flatMap(text -> {
            try {
                return Optional.of(Path.of(text));
            } catch (InvalidPathException e) {
                problems.add(runtime.path("data_dir"), "is not the name of a directory: " + e.getReason());
                return Optional.empty();
            }
        });
    }

    private Optional<Plugin<CheckpointStoreFactory>> store(
            BoundSettings runtime, Optional<Path> dataDirectory, Problems problems) {
        PluginSection.Kind<CheckpointStoreFactory> kind = new PluginSection.Kind<>() {
            @Override
            public String name() {
                return "checkpoint";
            }

            @Override
            public Map<String, CheckpointStoreFactory> plugins() {
                return plugins.stores();
            }

            @Override
            public ConfigSpec spec(CheckpointStoreFactory factory) {
                return ConfigReference.store(factory.config(), plugins.stores().keySet());
            }

            @Override
            public String defaultType() {
                return "rocksdb";
            }
        };
        Optional<PluginSection<CheckpointStoreFactory>> section = PluginSection.bind(
                runtime.group("checkpoint").orElseGet(ConfigReader::nothing),
                runtime.path("checkpoint"),
                kind,
                problems);
        section.filter(PluginSection::sound)
                .ifPresent(sound ->
                        dataDirectory.ifPresent(directory -> new DryRun(sound.path(), sound.settings(), problems)
                                .make(() -> sound.factory().create(sound.settings(), directory))));
        return section.map(bound -> new Plugin<>(bound.factory().type(), bound.factory(), bound.settings()));
    }

    private List<Pipeline> pipelines(BoundSettings root, Problems problems) {
        List<Pipeline> pipelines = new ArrayList<>();
        root.group("pipelines").ifPresent(object -> {
            if (object.isEmpty()) {
                problems.add("pipelines", "is empty: there is nothing to run");
            }
            for (String name : new TreeSet<>(object.keySet())) {
                String path = ConfigPath.child("pipelines", name);
                if (object.get(name) instanceof ConfigObject pipeline) {
                    new PipelineReader(name, path, plugins, problems)
                            .read(pipeline)
                            .ifPresent(pipelines::add);
                } else if (!HoconFile.isUnresolved(object.get(name))) {
                    problems.add(path, "expected the settings of a pipeline in braces");
                }
            }
        });
        return pipelines;
    }
}
