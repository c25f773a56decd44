package io.deltaforge.core.envelope;

import io.deltaforge.api.config.ConfigField;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Settings;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The settings {@code envelope} and {@code encoding}, which every sink has. The options of Debezium's shape have Debezium's own
 * names, defaults and words (Debezium documentation, "PostgreSQL connector", section "Connector properties").
 */
public final class EnvelopeSettings {

    private static final String TIMES = "time.precision.mode";
    private static final String DECIMALS = "decimal.handling.mode";
    private static final String BINARIES = "binary.handling.mode";
    private static final String INTERVALS = "interval.handling.mode";
    private static final String MAPS = "hstore.handling.mode";
    private static final String UNAVAILABLE = "unavailable.value.placeholder";
    private static final String TOMBSTONES = "tombstones.on.delete";
    private static final String SERVER_NAME = "topic.prefix";
    private static final String SCHEMAS = "schemas.enable";
    private static final String WRAPPED = "wrapped";
    private static final String TYPE_PREFIX = "type_prefix";
    private static final String MODE = "mode";
    private static final String BINARY = "binary";

    private static final ConfigSpec DEBEZIUM = ConfigSpec.of(
            "What Debezium's connectors write through Kafka Connect's JSON converter.",
            words(
                    TIMES,
                    DebeziumEnvelope.Times.values(),
                    DebeziumEnvelope.Values.DEFAULT.times(),
                    "How dates and times without zone are written: by the precision of the column, always in one unit,"
                            + " or as text."),
            words(
                    DECIMALS,
                    DebeziumEnvelope.Decimals.values(),
                    DebeziumEnvelope.Values.DEFAULT.decimals(),
                    "How decimal numbers are written: exactly, as the bytes of Kafka Connect's Decimal, as text, or as a"
                            + " double, which rounds."),
            words(
                    BINARIES,
                    DebeziumEnvelope.Binaries.values(),
                    DebeziumEnvelope.Values.DEFAULT.binaries(),
                    "How bytes are written; bytes and base64 look the same in JSON and differ in the schema."),
            words(
                    INTERVALS,
                    DebeziumEnvelope.Intervals.values(),
                    DebeziumEnvelope.Values.DEFAULT.intervals(),
                    "Intervals as microseconds, with 30.4375 days to a month, or as an ISO 8601 duration."),
            words(
                    MAPS,
                    DebeziumEnvelope.Maps.values(),
                    DebeziumEnvelope.Values.DEFAULT.maps(),
                    "PostgreSQL's hstore as a text that holds a JSON object, or as an object."),
            ConfigField.text(UNAVAILABLE, "What stands for a value that the database did not log (unchanged TOAST).")
                    .withDefault(DebeziumEnvelope.Values.DEFAULT.unavailable()),
            ConfigField.bool(
                            TOMBSTONES,
                            "Whether a record without a value follows each delete under the same key, so that a"
                                    + " compacted topic forgets the row.")
                    .withDefault(true),
            ConfigField.text(
                            SERVER_NAME,
                            "What source.name is and the names of schemas begin with; by default the pipeline's name.")
                    .withExample("shop"),
            ConfigField.bool(
                            SCHEMAS,
                            "Whether keys and values are {\"schema\":..,\"payload\":..}, for consumers that need schemas.")
                    .withDefault(false),
            ConfigField.bool(
                            WRAPPED,
                            "Whether values are {\"schema\":null,\"payload\":..} without schemas, as the original writes"
                                    + " them.")
                    .withDefault(false));

    private static final ConfigSpec CLOUD_EVENTS = ConfigSpec.of(
            "CloudEvents 1.0, with before, after and op as data.",
            ConfigField.text(TYPE_PREFIX, "What the type begins with; .created, .updated and so on follow.")
                    .withRequired()
                    .withExample("com.example.shop"),
            ConfigField.choice(
                            MODE,
                            List.of("structured", BINARY),
                            "All in the value, or the data alone in it and the rest in ce_ headers.")
                    .withDefault("structured"));

    private EnvelopeSettings() {}

    private static <E extends Enum<E>> ConfigField words(String name, E[] values, E byDefault, String doc) {
        return ConfigField.choice(
                        name,
                        Arrays.stream(values).map(value -> word(name, value)).toList(),
                        doc)
                .withDefault(word(name, byDefault));
    }

    private static String word(String setting, Enum<?> value) {
        String word = value.name().toLowerCase(Locale.ROOT);
        return setting.equals(BINARIES) ? word.replace('_', '-') : word;
    }

    /**
     * Describes the setting {@code envelope}.
     *
     * @return a group that may also be written as the word of its type
     */
    public static ConfigField envelope() {
        Map<String, ConfigSpec> types = new LinkedHashMap<>();
        types.put(NativeEnvelope.NAME, ConfigSpec.of("DeltaForge's own shape."));
        types.put(DebeziumEnvelope.NAME, DEBEZIUM);
        types.put(CloudEventsEnvelope.NAME, CLOUD_EVENTS);
        return field("envelope", "The shape of the events.", types);
    }

    /**
     * Describes the setting {@code encoding}.
     *
     * @return a group that may also be written as the word of its type
     */
    public static ConfigField encoding() {
        return field("encoding", "The format that the shape is written in.", Map.of("json", ConfigSpec.of("JSON.")));
    }

    /** The first type is the default. */
    private static ConfigField field(String name, String doc, Map<String, ConfigSpec> types) {
        List<String> words = List.copyOf(types.keySet());
        ConfigField type = ConfigField.choice(ConfigSpec.TYPE, words, doc).withDefault(words.get(0));
        return ConfigField.section(name, ConfigSpec.of(doc, type).withVariants(types))
                .withShortForm();
    }

    /**
     * Reads the setting {@code envelope}.
     *
     * @param settings the group, defaults filled in
     * @return the envelope
     */
    public static Envelope read(Settings settings) {
        return switch (settings.string(ConfigSpec.TYPE)) {
            case DebeziumEnvelope.NAME -> debezium(settings);
            case CloudEventsEnvelope.NAME ->
                new CloudEventsEnvelope(
                        settings.string(TYPE_PREFIX), settings.string(MODE).equals(BINARY));
            default -> Envelope.NATIVE;
        };
    }

    private static DebeziumEnvelope debezium(Settings settings) {
        DebeziumEnvelope.Values values = new DebeziumEnvelope.Values(
                value(settings, TIMES, DebeziumEnvelope.Times.class),
                value(settings, DECIMALS, DebeziumEnvelope.Decimals.class),
                value(settings, BINARIES, DebeziumEnvelope.Binaries.class),
                value(settings, INTERVALS, DebeziumEnvelope.Intervals.class),
                value(settings, MAPS, DebeziumEnvelope.Maps.class),
                settings.string(UNAVAILABLE));
        return new DebeziumEnvelope(
                values,
                settings.optionalString(SERVER_NAME).orElse(""),
                settings.bool(TOMBSTONES),
                settings.bool(SCHEMAS),
                settings.bool(WRAPPED));
    }

    private static <E extends Enum<E>> E value(Settings settings, String name, Class<E> type) {
        return Enum.valueOf(type, settings.string(name).replace('-', '_').toUpperCase(Locale.ROOT));
    }
}
