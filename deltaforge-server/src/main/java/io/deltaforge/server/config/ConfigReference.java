package io.deltaforge.server.config;

import io.deltaforge.api.config.ConfigField;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.core.batch.BatchLimits;
import io.deltaforge.core.deadletter.DeadLetterLimits;
import io.deltaforge.core.deadletter.OnPoison;
import io.deltaforge.core.deadletter.OverflowPolicy;
import io.deltaforge.core.envelope.EnvelopeSettings;
import io.deltaforge.core.spool.SpoolLimits;
import io.deltaforge.server.plugin.Plugins;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;

/**
 * Every setting there is, as one tree: those of the server and the engine are here, those of plugins come from the plugins and
 * depend on the {@code type} of their group.
 */
final class ConfigReference {

    /** The version that brought the settings which name no other. */
    private static final String FIRST = "0.1.0";

    private static final BatchLimits LIMITS = BatchLimits.DEFAULT;
    private static final SpoolLimits KEPT = SpoolLimits.DEFAULT;
    private static final DeadLetterLimits LETTERS = DeadLetterLimits.DEFAULT;

    static final ConfigSpec METRICS = ConfigSpec.of(
            "Where metrics and health are served.",
            ConfigField.text(
                            "bind",
                            "The address to listen on. Anything else than loopback shows metrics and health to the"
                                    + " network.")
                    .withDefault("127.0.0.1")
                    .withExample("\"0.0.0.0\""),
            ConfigField.integer("port", "The port for /metrics and /health; 0 for any free one, which the log names.")
                    .withDefault(9000)
                    .withRange(0, 65_535));

    static final ConfigSpec API = ConfigSpec.of(
            "Where the REST API is served.",
            ConfigField.text(
                            "bind",
                            "The address to listen on. Anything else than loopback needs a token, or insecure = true.")
                    .withDefault("127.0.0.1")
                    .withExample("\"0.0.0.0\""),
            ConfigField.integer("port", "The port; 0 for any free one, which the log names.")
                    .withDefault(8080)
                    .withRange(0, 65_535),
            ConfigField.secret(
                    "token",
                    "What callers must send as Authorization: Bearer TOKEN, for everything but /live, /ready and"
                            + " /health."),
            ConfigField.texts(
                            "references",
                            "Which variables of the environment, and which files as file:/PATH, pipelines that are made"
                                    + " over the API may ask for with ${NAME} and ${file:/PATH}; an asterisk at the end"
                                    + " stands for any rest. By default none.")
                    .withExample("[ \"SHOP_*\", \"file:/run/secrets/*\" ]"),
            ConfigField.bool("insecure", "Whether anybody who reaches the address may use the API without a token.")
                    .withDefault(false));

    static final ConfigSpec LOGGING = ConfigSpec.of(
            "What the process says, and how.",
            ConfigField.choice(
                    "format",
                    List.of("text", "json"),
                    "Lines for people, or one JSON object per line. By default as DELTAFORGE_LOG_FORMAT says, else"
                            + " text."),
            ConfigField.choice(
                    "level",
                    List.of("error", "warn", "info", "debug", "trace"),
                    "What of its own doings DeltaForge tells. By default as DELTAFORGE_LOG_LEVEL says, else info."));

    static final ConfigSpec MEMORY = ConfigSpec.of(
            "How much memory events may take.",
            ConfigField.integer(
                            "max_retained_bytes",
                            "How many bytes the events may keep alive that some sink has not acknowledged, over all"
                                    + " pipelines; reading pauses above it. By default a quarter of the heap, at most"
                                    + " 256 MiB.")
                    .withRange(1 << 20, Long.MAX_VALUE)
                    .withExample("256MiB"));

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
            ConfigField.bool(
                            "respect_source_tx",
                            "Whether a batch ends only where a transaction of the source does, up to the split limits.")
                    .withDefault(LIMITS.respectSourceTx()),
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
            "Which acknowledgements make a batch count as committed. What the source may forget is always decided by"
                    + " the slowest sink.",
            ConfigField.choice(
                            "mode",
                            List.of("all", "required", "quorum"),
                            "Every sink, every sink with required = true, or any so many.")
                    .withDefault("required"),
            ConfigField.integer("quorum", "How many sinks, with mode = quorum.")
                    .withRange(1, 1_000)
                    .withExample("2"));

    static final ConfigSpec DLQ = ConfigSpec.of(
            "The bounds of the dead letters.",
            number("max_entries", LETTERS.maxEntries(), 1, "How many there may be."),
            ConfigField.integer(
                            "max_age_secs",
                            "After how long one is forgotten, counted and said in the log; 0 for never. Looked at when the"
                                    + " pipeline starts and when another one comes.")
                    .withDefault(LETTERS.maxAgeSecs())
                    .withRange(0, 3_155_760_000L),
            ConfigField.choice(
                            "overflow_policy",
                            Arrays.stream(OverflowPolicy.values())
                                    .map(OverflowPolicy::configName)
                                    .toList(),
                            "When there is no room for another: block has the sink wait until there is, and nothing is lost;"
                                    + " drop_oldest forgets the oldest one, reject the new one, and both count it as lost.")
                    .withDefault(LETTERS.overflow().configName()),
            ConfigField.choice(
                            "on_poison",
                            Arrays.stream(OnPoison.values())
                                    .map(OnPoison::configName)
                                    .toList(),
                            "What becomes of later events of the same key: skip delivers them and marks the dead letter as"
                                    + " superseded; park_key puts them aside behind it, in order, until it is replayed. Other"
                                    + " keys flow either way.")
                    .withDefault(LETTERS.onPoison().configName()));

    static final ConfigSpec JOURNAL = ConfigSpec.of(
            "What becomes of events that can never be delivered as they are: too large, not encodable, without a"
                    + " destination, or refused by a processor.",
            ConfigField.bool(
                            "enabled",
                            "Whether they are put aside in the data directory, durably, and everything else goes on. If not,"
                                    + " the first one stops its sink and is named.")
                    .withDefault(false),
            ConfigField.integer(
                            "max_event_bytes",
                            "How large one may be as it is stored. A larger one stops its sink and is named; with an"
                                    + " overflow_policy other than block only its key columns are kept.")
                    .withDefault(LETTERS.maxEventBytes())
                    .withRange(1_024, 1 << 30),
            ConfigField.section("dlq", DLQ));

    static final ConfigSpec SPOOL = ConfigSpec.of(
            "Where a sink that is down, paused or slow is given its events from, so that no other sink and not the source has to"
                    + " wait for it.",
            ConfigField.bool(
                            "enabled",
                            "Whether sinks that fall behind are given their events from files in the data directory. By default with"
                                    + " more than one sink; with one, only if this is true. What the files have from an earlier time"
                                    + " is delivered in any case.")
                    .withExample("true"),
            ConfigField.integer("max_bytes", "How large the spool may be on disk.")
                    .withDefault(KEPT.maxBytes())
                    .withRange(1L << 20, Long.MAX_VALUE),
            ConfigField.integer("max_age_secs", "How old its oldest batch may be; 0 for any age.")
                    .withDefault(KEPT.maxAgeSecs())
                    .withRange(0, 3_155_760_000L),
            ConfigField.integer("min_free_disk", "How many bytes must stay free on its disk.")
                    .withDefault(KEPT.minFreeDisk())
                    .withRange(0, Long.MAX_VALUE),
            ConfigField.choice(
                            "on_full",
                            List.of("block", "detach"),
                            "When one of these limits is reached: block has the source wait, and with it every sink, until the"
                                    + " slowest one has made room; detach gives up the sink without required = true that is"
                                    + " furthest behind: it gets no more events until it is resumed, and misses those between.")
                    .withDefault(KEPT.onFull().name().toLowerCase(Locale.ROOT)));

    private ConfigReference() {}

    private static ConfigField number(String name, long defaultValue, long least, String doc) {
        long most = name.endsWith("_bytes") ? Long.MAX_VALUE : Integer.MAX_VALUE;
        return ConfigField.integer(name, doc).withDefault(defaultValue).withRange(least, most);
    }

    /** The whole configuration, with what these plugins understand. */
    static ConfigSpec root(Plugins plugins) {
        return ConfigSpec.of(
                        "A configuration.",
                        ConfigField.section("deltaforge", runtime(plugins)),
                        ConfigField.sectionMap("pipelines", pipeline(plugins)).withRequired())
                .withSince(FIRST);
    }

    private static ConfigSpec runtime(Plugins plugins) {
        return ConfigSpec.of(
                "What concerns the process.",
                ConfigField.text(
                                "data_dir",
                                "The directory for checkpoints and whatever else must last; relative to the working"
                                        + " directory. One process at a time.")
                        .withDefault("./deltaforge-data"),
                ConfigField.section("metrics", METRICS),
                ConfigField.section("api", API),
                ConfigField.section("logging", LOGGING),
                ConfigField.section("checkpoint", store(plugins)),
                ConfigField.section("memory", MEMORY),
                ConfigField.integer(
                                "drain_timeout_secs",
                                "How long sinks may take to finish what they were given when the process is to end."
                                        + " What is not acknowledged by then is delivered again after the next start.")
                        .withDefault(30)
                        .withRange(0, 86_400));
    }

    static ConfigSpec pipeline(Plugins plugins) {
        return ConfigSpec.of(
                "The pipelines by their names; each has one source, processors, and one or more sinks.",
                ConfigField.section("source", source(plugins)).withRequired(),
                ConfigField.sections("processors", processor(plugins)),
                ConfigField.sections("sinks", sink(plugins)).withRequired(),
                ConfigField.section("batch", BATCH),
                ConfigField.section("commit_policy", COMMIT_POLICY),
                ConfigField.section("journal", JOURNAL),
                ConfigField.section("spool", SPOOL),
                ConfigField.integer(
                                "sink_batch_deadline_secs",
                                "How long a sink may take for one batch, or for one call such as connecting, before it is"
                                        + " interrupted and made anew; 0 for any time. It should be longer than the sink's own"
                                        + " time limits, such as send_timeout_secs.")
                        .withDefault(0)
                        .withRange(0, 86_400));
    }

    /** The settings of a source: those of every source, then its own. */
    static ConfigSpec source(Plugins plugins) {
        return plugin(
                "Where events come from.",
                specs(plugins.sources(), factory -> factory.config()),
                type(plugins.sources().keySet()).withRequired(),
                ConfigField.text("id", "The source's name; by default the pipeline's.")
                        .withExample("shop-db"));
    }

    /** The settings of a processor. */
    static ConfigSpec processor(Plugins plugins) {
        return plugin(
                "What is done to the events, in order.",
                specs(plugins.processors(), factory -> factory.config()),
                type(plugins.processors().keySet()).withRequired(),
                ConfigField.text("id", "The processor's name; by default its type.")
                        .withExample("only-paid"));
    }

    /** The settings of a sink. */
    static ConfigSpec sink(Plugins plugins) {
        return plugin(
                "Where the events go, each in parallel to the others.",
                specs(plugins.sinks(), factory -> factory.config()),
                type(plugins.sinks().keySet()).withRequired(),
                ConfigField.text("id", "The sink's name, unique within the pipeline; its position is kept under it.")
                        .withRequired()
                        .withExample("main"),
                ConfigField.bool("required", "Whether the commit policy 'required' waits for this sink.")
                        .withDefault(true),
                EnvelopeSettings.envelope(),
                EnvelopeSettings.encoding());
    }

    /** The settings of a checkpoint store. */
    static ConfigSpec store(Plugins plugins) {
        return plugin(
                "What keeps the positions.",
                specs(plugins.stores(), factory -> factory.config()),
                type(plugins.stores().keySet()).withDefault("rocksdb"));
    }

    private static ConfigField type(Collection<String> types) {
        return ConfigField.choice(ConfigSpec.TYPE, List.copyOf(new TreeSet<>(types)), "The kind of plugin.");
    }

    private static <F> Map<String, ConfigSpec> specs(Map<String, F> factories, Function<F, ConfigSpec> config) {
        Map<String, ConfigSpec> specs = new TreeMap<>();
        factories.forEach((type, factory) -> specs.put(type, config.apply(factory)));
        return specs;
    }

    private static ConfigSpec plugin(String doc, Map<String, ConfigSpec> variants, ConfigField... shared) {
        List<ConfigField> fields = new ArrayList<>(List.of(shared));
        return ConfigSpec.of(doc, fields.toArray(ConfigField[]::new)).withVariants(variants);
    }
}
