package io.deltaforge.server.config;

import io.deltaforge.api.config.ConfigField;
import io.deltaforge.api.config.ConfigField.Type;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.core.batch.BatchLimits;
import io.deltaforge.core.envelope.Envelope;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/** The settings that belong to the server and the engine; those of plugins are beside them, from the plugins. */
final class ConfigReference {

    private static final BatchLimits LIMITS = BatchLimits.DEFAULT;

    static final ConfigSpec ROOT = ConfigSpec.of(
            "A configuration file.",
            ConfigField.optional("deltaforge", Type.SECTION, null, "What concerns the process."),
            ConfigField.required("pipelines", Type.SECTION, "The pipelines by their names."));

    static final ConfigSpec RUNTIME = ConfigSpec.of(
            "What concerns the process.",
            ConfigField.optional(
                    "data_dir",
                    Type.STRING,
                    "./deltaforge-data",
                    "The directory for checkpoints and whatever else must last; relative to the working directory."
                            + " One process at a time."),
            ConfigField.optional("metrics", Type.SECTION, null, "Where metrics and health are served."),
            ConfigField.optional("checkpoint", Type.SECTION, null, "What keeps the positions."),
            ConfigField.optional("memory", Type.SECTION, null, "How much memory events may take."),
            ConfigField.optional(
                            "drain_timeout_secs",
                            Type.INTEGER,
                            "30",
                            "How long sinks may take to finish what they were given when the process is to end."
                                    + " What is not acknowledged by then is delivered again after the next start.")
                    .between(0, 86_400));

    static final ConfigSpec METRICS = ConfigSpec.of(
            "Where metrics and health are served.",
            ConfigField.optional(
                    "bind",
                    Type.STRING,
                    "127.0.0.1",
                    "The address to listen on. Anything else than loopback shows metrics and health to the network."),
            ConfigField.optional(
                            "port",
                            Type.INTEGER,
                            "9000",
                            "The port for /metrics and /health; 0 for any free one, which the log names.")
                    .between(0, 65_535));

    static final ConfigSpec MEMORY = ConfigSpec.of(
            "How much memory events may take.",
            ConfigField.optional(
                            "max_retained_bytes",
                            Type.INTEGER,
                            null,
                            "How many bytes the events may keep alive that some sink has not acknowledged, over all"
                                    + " pipelines; reading pauses above it. By default a quarter of the heap, at most"
                                    + " 256 MiB.")
                    .between(1 << 20, Long.MAX_VALUE));

    static final ConfigSpec PIPELINE = ConfigSpec.of(
            "One source, processors, one or more sinks.",
            ConfigField.required("source", Type.SECTION, "Where events come from."),
            ConfigField.optional("processors", Type.SECTION_LIST, null, "What is done to the events, in order."),
            ConfigField.required("sinks", Type.SECTION_LIST, "Where the events go, each in parallel to the others."),
            ConfigField.optional("batch", Type.SECTION, null, "The bounds of batches."),
            ConfigField.optional("commit_policy", Type.SECTION, null, "Which acknowledgements count."));

    static final ConfigSpec BATCH = ConfigSpec.of(
            "The bounds of batches.",
            number("max_events", LIMITS.maxEvents(), 1, "A batch ends at the first commit at or above so many events."),
            number(
                    "max_bytes",
                    LIMITS.maxBytes(),
                    1024,
                    "A batch ends at the first commit at or above so many retained bytes."),
            number(
                    "max_ms",
                    LIMITS.maxMs(),
                    0,
                    "A batch waits at most so long for more; while a sink is free it does not wait at all."),
            ConfigField.optional(
                    "respect_source_tx",
                    Type.BOOLEAN,
                    Boolean.toString(LIMITS.respectSourceTx()),
                    "Whether a batch ends only where a transaction of the source does, up to the split limits."),
            number("max_inflight", LIMITS.maxInflight(), 1, "How many batches may be under way to one sink."),
            number(
                    "split_events",
                    LIMITS.splitEvents(),
                    1,
                    "A transaction with more events is delivered in parts of so many."),
            number(
                    "split_bytes",
                    LIMITS.splitBytes(),
                    1024,
                    "A transaction with more retained bytes is delivered in parts of so many."),
            number(
                    "window_events",
                    LIMITS.windowEvents(),
                    1,
                    "The source is not read while so many events wait for the slowest sink."));

    static final ConfigSpec COMMIT_POLICY = ConfigSpec.of(
            "Which acknowledgements make a batch count as committed. What the source may forget is always decided by the"
                    + " slowest sink.",
            ConfigField.choice(
                    "mode",
                    "required",
                    List.of("all", "required", "quorum"),
                    "Every sink, every sink with required = true, or any so many."),
            ConfigField.optional("quorum", Type.INTEGER, null, "How many sinks, with mode = quorum.")
                    .between(1, 1_000));

    private ConfigReference() {}

    private static ConfigField number(String name, long defaultValue, long least, String doc) {
        long most = name.endsWith("_bytes") ? Long.MAX_VALUE : Integer.MAX_VALUE;
        return ConfigField.optional(name, Type.INTEGER, Long.toString(defaultValue), doc)
                .between(least, most);
    }

    /** The settings of a source: those of every source, then its own. */
    static ConfigSpec source(ConfigSpec own, Collection<String> types) {
        return joined(
                own,
                type(types, null),
                ConfigField.optional("id", Type.STRING, null, "The source's name; by default the pipeline's."));
    }

    /** The settings of a processor. */
    static ConfigSpec processor(ConfigSpec own, Collection<String> types) {
        return joined(
                own,
                type(types, null),
                ConfigField.optional("id", Type.STRING, null, "The processor's name; by default its type."));
    }

    /** The settings of a sink. */
    static ConfigSpec sink(ConfigSpec own, Collection<String> types) {
        return joined(
                own,
                type(types, null),
                ConfigField.required(
                        "id",
                        Type.STRING,
                        "The sink's name, unique within the pipeline; its position is" + " kept under it."),
                ConfigField.optional(
                        "required", Type.BOOLEAN, "true", "Whether the commit policy 'required' waits for this sink."),
                ConfigField.choice(
                        "envelope",
                        Envelope.NATIVE.configName(),
                        List.of(Envelope.values()).stream()
                                .map(Envelope::configName)
                                .toList(),
                        "The shape of the events."));
    }

    /** The settings of a checkpoint store. */
    static ConfigSpec store(ConfigSpec own, Collection<String> types) {
        return joined(own, type(types, "rocksdb"));
    }

    private static ConfigField type(Collection<String> types, String defaultValue) {
        String doc = "The kind of plugin.";
        List<String> sorted = List.copyOf(new TreeSet<>(types));
        return defaultValue == null
                ? new ConfigField("type", Type.ENUM, true, null, sorted, Long.MIN_VALUE, Long.MAX_VALUE, doc)
                : ConfigField.choice("type", defaultValue, sorted, doc);
    }

    private static ConfigSpec joined(ConfigSpec own, ConfigField... shared) {
        List<ConfigField> fields = new ArrayList<>(List.of(shared));
        List<String> names = fields.stream().map(ConfigField::name).toList();
        own.fields().stream().filter(field -> !names.contains(field.name())).forEach(fields::add);
        return new ConfigSpec(own.doc(), fields);
    }

    /** The groups with fixed settings, by the path that stands for them in the documentation. */
    static Map<String, ConfigSpec> groups() {
        return Map.of(
                "deltaforge", RUNTIME,
                "deltaforge.metrics", METRICS,
                "deltaforge.memory", MEMORY,
                "pipelines.<name>", PIPELINE,
                "pipelines.<name>.batch", BATCH,
                "pipelines.<name>.commit_policy", COMMIT_POLICY);
    }
}
