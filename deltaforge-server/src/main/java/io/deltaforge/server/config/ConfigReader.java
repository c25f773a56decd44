package io.deltaforge.server.config;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.checkpoint.CheckpointStoreFactory;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.server.config.ServerConfig.Address;
import io.deltaforge.server.config.ServerConfig.Pipeline;
import io.deltaforge.server.config.ServerConfig.Plugin;
import io.deltaforge.server.config.finding.Finding;
import io.deltaforge.server.config.finding.Problems;
import io.deltaforge.server.config.finding.SourceText;
import io.deltaforge.server.config.text.ConfigFiles;
import io.deltaforge.server.config.text.Node;
import io.deltaforge.server.plugin.Plugins;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.UnaryOperator;

/**
 * Reads configurations. Everything that can be known without connecting to anything is checked, and everything that is wrong is
 * said at once. Safe from any thread.
 */
public final class ConfigReader {

    private final Plugins plugins;
    private final UnaryOperator<String> environment;
    private final ConfigSpec spec;

    /**
     * What was read.
     *
     * @param config the configuration; empty when there is an error
     * @param findings what is wrong, and what an operator should know, in the order of the files
     */
    public record Reading(Optional<ServerConfig> config, List<Finding> findings) {

        /** Copies the list. */
        public Reading {
            findings = List.copyOf(findings);
        }

        /**
         * Returns the configuration.
         *
         * @return the configuration
         * @throws InvalidConfig with the findings when there is none
         */
        public ServerConfig orThrow() {
            return config.orElseThrow(() -> new InvalidConfig(findings));
        }
    }

    /**
     * Makes a reader that takes variables from the environment of the process.
     *
     * @param plugins what a configuration may name
     */
    public ConfigReader(Plugins plugins) {
        this(plugins, System::getenv);
    }

    /**
     * Makes a reader.
     *
     * @param plugins what a configuration may name
     * @param environment the value of a variable, or null
     */
    public ConfigReader(Plugins plugins, UnaryOperator<String> environment) {
        this.plugins = requireNonNull(plugins, "plugins is null");
        this.environment = requireNonNull(environment, "environment is null");
        this.spec = ConfigReference.root(plugins);
    }

    /**
     * Reads files and directories as one configuration. Does file I/O only.
     *
     * @param paths HOCON, YAML and JSON files, and directories with such files
     * @return what they say, and what is wrong with them
     */
    public Reading check(List<Path> paths) {
        Problems problems = new Problems();
        return reading(new ConfigFiles(environment, problems).read(paths), problems);
    }

    /**
     * Checks a text of somebody who is to see neither files nor the environment of this process. Does no I/O.
     *
     * @param name stands for a file in the findings; its ending says the syntax: .conf, .yaml or .json
     * @param text a configuration
     * @return what it says, and what is wrong with it
     */
    public Reading check(String name, String text) {
        Problems problems = new Problems();
        return reading(ConfigFiles.withoutSurroundings(problems).read(new SourceText(name, text)), problems);
    }

    /**
     * Reads a file or a directory. Does file I/O only.
     *
     * @param path a file or a directory
     * @return what it says
     * @throws InvalidConfig with everything that is wrong
     */
    public ServerConfig read(Path path) {
        return check(List.of(path)).orThrow();
    }

    private Reading reading(Node tree, Problems problems) {
        Optional<ServerConfig> config = Optional.empty();
        if (problems.errors() == 0 || !tree.children().isEmpty()) {
            config = bind(tree, problems);
        }
        return new Reading(problems.errors() == 0 ? config : Optional.empty(), problems.findings());
    }

    private Optional<ServerConfig> bind(Node tree, Problems problems) {
        BoundSettings root = new Binder(problems, plugins::remark).bind(tree, spec, "", "the configuration");
        BoundSettings runtime = root.group("deltaforge");
        BoundSettings metrics = runtime.group("metrics");
        BoundSettings api = runtime.group("api");
        BoundSettings logging = runtime.group("logging");
        checkExposure(api, problems);
        Optional<Path> dataDirectory = dataDirectory(runtime, problems);
        Optional<Plugin<CheckpointStoreFactory>> store =
                dataDirectory.flatMap(directory -> store(runtime.group("checkpoint"), directory, problems));
        List<Pipeline> pipelines = pipelines(root, problems);
        if (problems.errors() > 0 || store.isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new ServerConfig(
                dataDirectory.get(),
                address(metrics),
                new ServerConfig.Api(address(api), api.secret("token"), api.strings("references")),
                new ServerConfig.Logging(logging.optionalString("format"), logging.optionalString("level")),
                store.get(),
                runtime.group("memory")
                        .optionalInteger("max_retained_bytes")
                        .map(OptionalLong::of)
                        .orElseGet(OptionalLong::empty),
                Duration.ofSeconds(runtime.integer("drain_timeout_secs")),
                pipelines));
    }

    private static Address address(BoundSettings settings) {
        return new Address(settings.path("port"), settings.string("bind"), (int) settings.integer("port"));
    }

    /** What others can reach must not be open to anybody by accident. */
    private static void checkExposure(BoundSettings api, Problems problems) {
        Optional<String> bind = api.optionalString("bind");
        boolean open = api.secret("token").isEmpty() && !api.isWritten("token") && !api.isTrueOrUnknown("insecure");
        if (open && bind.filter(address -> !Loopback.is(address)).isPresent()) {
            problems.error(
                            "INVALID_VALUE",
                            api.place("bind"),
                            api.path("bind"),
                            "found '" + bind.get() + "', which others can reach, and no token")
                    .fix("set " + api.path("token") + ", or " + api.path("insecure")
                            + " = true if the network keeps others out");
        }
        if (api.secret("token").filter(token -> token.reveal().isBlank()).isPresent()) {
            problems.error("INVALID_VALUE", api.place("token"), api.path("token"), "is empty")
                    .fix("leave it out, or set a long random word");
        }
    }

    private static Optional<Path> dataDirectory(BoundSettings runtime, Problems problems) {
        return runtime.optionalString("data_dir").flatMap(text -> {
            try {
                return Optional.of(Path.of(text));
            } catch (InvalidPathException e) {
                problems.error(
                        "INVALID_VALUE",
                        runtime.place("data_dir"),
                        runtime.path("data_dir"),
                        "is not the name of a directory: " + e.getReason());
                return Optional.empty();
            }
        });
    }

    private Optional<Plugin<CheckpointStoreFactory>> store(
            BoundSettings settings, Path dataDirectory, Problems problems) {
        CheckpointStoreFactory factory = settings.optionalString(ConfigSpec.TYPE)
                .map(plugins.stores()::get)
                .orElse(null);
        if (factory == null) {
            if (!settings.isWritten(ConfigSpec.TYPE)) {
                problems.error(
                                "UNKNOWN_TYPE",
                                settings.place(),
                                settings.path(ConfigSpec.TYPE),
                                "there is no plugin of the" + " type that is the default")
                        .expected("one of "
                                + String.join(
                                        ", ", new TreeSet<>(plugins.stores().keySet())));
            }
            return Optional.empty();
        }
        if (settings.isSound()) {
            new DryRun(settings, problems).make(() -> factory.create(settings, dataDirectory));
        }
        return Optional.of(new Plugin<>(factory.type(), factory, settings));
    }

    private List<Pipeline> pipelines(BoundSettings root, Problems problems) {
        Map<String, BoundSettings> groups = root.groupsByName("pipelines");
        List<Pipeline> pipelines = new ArrayList<>();
        new TreeMap<>(groups).forEach((name, settings) -> new PipelineReader(name, settings, plugins, problems)
                .read()
                .ifPresent(pipelines::add));
        return pipelines;
    }
}
