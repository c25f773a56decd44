package io.deltaforge.api.config;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/**
 * One setting: enough to bind, check, explain, document and mask it. Made by the factory method of its type and refined by
 * the {@code with...} methods; immutable.
 *
 * <pre>{@code
 * ConfigField.text("brokers", "Where the brokers listen.").withRequired().withExample("b1:9092,b2:9092")
 * ConfigField.integer("send_timeout_secs", "How long a record waits for room.").withDefault(30).withRange(1, 3_600)
 * ConfigField.section("topic_creation", TOPIC_CREATION)
 * }</pre>
 *
 * @since 0.1.0
 */
public final class ConfigField {

    /** What the values of a setting are. */
    public enum Type {
        /** Text. */
        STRING,
        /** Text that must not be seen. */
        SECRET,
        /** A whole number. */
        INTEGER,
        /** True or false. */
        BOOLEAN,
        /** One of a few words. */
        ENUM,
        /** A list of texts. */
        STRING_LIST,
        /** Names with texts; nested keys are joined with dots. Values may be secrets and are masked. */
        STRING_MAP,
        /** A group of settings. */
        SECTION,
        /** A list of groups of settings; where each has an {@code id}, it may also be written as groups by their ids. */
        SECTION_LIST,
        /** Groups of settings by names of the user's choice. */
        SECTION_MAP
    }

    /** What a number counts; it is written as a plain number, or with a unit. */
    public enum Unit {
        /** Just a number. */
        NONE(""),
        /** Bytes: {@code 1048576}, {@code 1MiB}, {@code 16MB}. */
        BYTES("bytes"),
        /** Milliseconds: {@code 500}, {@code 500ms}, {@code 2s}. */
        MILLISECONDS("milliseconds"),
        /** Seconds: {@code 30}, {@code 30s}, {@code 2m}. */
        SECONDS("seconds");

        private final String text;

        Unit(String text) {
            this.text = text;
        }

        /**
         * Returns the unit for people.
         *
         * @return its name, empty for {@link #NONE}
         */
        public String text() {
            return text;
        }

        private static Unit of(String name) {
            return name.endsWith("_bytes")
                    ? BYTES
                    : name.endsWith("_ms") ? MILLISECONDS : name.endsWith("_secs") ? SECONDS : NONE;
        }
    }

    private final String name;
    private final Type type;
    private final String doc;
    private boolean required;
    private String defaultValue;
    private List<String> allowed = List.of();
    private long min = Long.MIN_VALUE;
    private long max = Long.MAX_VALUE;
    private Unit unit;
    private ConfigSpec nested;
    private String example;
    private String since;
    private boolean shortForm;

    private ConfigField(String name, Type type, String doc) {
        this.name = requireNonNull(name, "name is null");
        this.type = requireNonNull(type, "type is null");
        this.doc = requireNonNull(doc, "doc is null");
        this.unit = type == Type.INTEGER ? Unit.of(name) : Unit.NONE;
    }

    private ConfigField copy() {
        ConfigField copy = new ConfigField(name, type, doc);
        copy.required = required;
        copy.defaultValue = defaultValue;
        copy.allowed = allowed;
        copy.min = min;
        copy.max = max;
        copy.unit = unit;
        copy.nested = nested;
        copy.example = example;
        copy.since = since;
        copy.shortForm = shortForm;
        return copy;
    }

    /**
     * A text.
     *
     * @param name the key, in snake_case
     * @param doc one or two sentences for people
     * @return the field
     */
    public static ConfigField text(String name, String doc) {
        return new ConfigField(name, Type.STRING, doc);
    }

    /**
     * A text that must not be seen: a password, or anything that may contain one.
     *
     * @param name the key, in snake_case
     * @param doc one or two sentences for people
     * @return the field
     */
    public static ConfigField secret(String name, String doc) {
        return new ConfigField(name, Type.SECRET, doc);
    }

    /**
     * A whole number. Its unit is the end of the key: {@code _bytes}, {@code _ms}, {@code _secs}.
     *
     * @param name the key, in snake_case
     * @param doc one or two sentences for people
     * @return the field
     */
    public static ConfigField integer(String name, String doc) {
        return new ConfigField(name, Type.INTEGER, doc);
    }

    /**
     * A truth value.
     *
     * @param name the key, in snake_case
     * @param doc one or two sentences for people
     * @return the field
     */
    public static ConfigField bool(String name, String doc) {
        return new ConfigField(name, Type.BOOLEAN, doc);
    }

    /**
     * One of a few words.
     *
     * @param name the key, in snake_case
     * @param allowed the words
     * @param doc one or two sentences for people
     * @return the field
     */
    public static ConfigField choice(String name, List<String> allowed, String doc) {
        ConfigField field = new ConfigField(name, Type.ENUM, doc);
        field.allowed = List.copyOf(allowed);
        return field;
    }

    /**
     * A list of texts; a single text counts as a list of one.
     *
     * @param name the key, in snake_case
     * @param doc one or two sentences for people
     * @return the field
     */
    public static ConfigField texts(String name, String doc) {
        return new ConfigField(name, Type.STRING_LIST, doc);
    }

    /**
     * Names with texts.
     *
     * @param name the key, in snake_case
     * @param doc one or two sentences for people
     * @return the field
     */
    public static ConfigField textMap(String name, String doc) {
        return new ConfigField(name, Type.STRING_MAP, doc);
    }

    /**
     * A group of settings, described by its own spec.
     *
     * @param name the key, in snake_case
     * @param nested what the group may hold
     * @return the field
     */
    public static ConfigField section(String name, ConfigSpec nested) {
        return nested(name, Type.SECTION, nested);
    }

    /**
     * A list of groups of settings.
     *
     * @param name the key, in snake_case
     * @param nested what each group may hold
     * @return the field
     */
    public static ConfigField sections(String name, ConfigSpec nested) {
        return nested(name, Type.SECTION_LIST, nested);
    }

    /**
     * Groups of settings by names of the user's choice.
     *
     * @param name the key, in snake_case
     * @param nested what each group may hold
     * @return the field
     */
    public static ConfigField sectionMap(String name, ConfigSpec nested) {
        return nested(name, Type.SECTION_MAP, nested);
    }

    private static ConfigField nested(String name, Type type, ConfigSpec nested) {
        ConfigField field = new ConfigField(name, type, nested.doc());
        field.nested = nested;
        return field;
    }

    /**
     * Returns this group, which may also be written as a word: {@code envelope = debezium} for {@code envelope { type =
     * debezium }}. When it is not written, it is there with its defaults.
     *
     * @return the field
     */
    public ConfigField withShortForm() {
        if (nested == null || nested.variants().isEmpty() || type != Type.SECTION) {
            throw new IllegalArgumentException(name + " is not a group whose type decides what is in it");
        }
        ConfigField copy = copy();
        copy.shortForm = true;
        copy.defaultValue =
                nested.field(ConfigSpec.TYPE).flatMap(ConfigField::defaultText).orElse(null);
        return copy;
    }

    /**
     * Returns this field, to be set by the user.
     *
     * @return the required field
     */
    public ConfigField withRequired() {
        ConfigField copy = copy();
        copy.required = true;
        return copy;
    }

    /**
     * Returns this field with a value for when it is not set.
     *
     * @param value the default, as it would be written in a file
     * @return the field
     */
    public ConfigField withDefault(String value) {
        ConfigField copy = copy();
        copy.defaultValue = requireNonNull(value, "value is null");
        return copy;
    }

    /**
     * Returns this field with a value for when it is not set.
     *
     * @param value the default, in the unit of the field
     * @return the field
     */
    public ConfigField withDefault(long value) {
        return withDefault(Long.toString(value));
    }

    /**
     * Returns this field with a value for when it is not set.
     *
     * @param value the default
     * @return the field
     */
    public ConfigField withDefault(boolean value) {
        return withDefault(Boolean.toString(value));
    }

    /**
     * Returns this number with bounds.
     *
     * @param smallest the smallest value allowed, in the unit of the field; {@link Long#MIN_VALUE} for none
     * @param largest the largest value allowed; {@link Long#MAX_VALUE} for none
     * @return the field
     */
    public ConfigField withRange(long smallest, long largest) {
        if (type != Type.INTEGER || smallest > largest) {
            throw new IllegalArgumentException("no range for " + name + ": " + smallest + " to " + largest);
        }
        ConfigField copy = copy();
        copy.min = smallest;
        copy.max = largest;
        return copy;
    }

    /**
     * Returns this list of texts, limited to a few words.
     *
     * @param words the words that may be in the list
     * @return the field
     */
    public ConfigField withAllowed(List<String> words) {
        ConfigField copy = copy();
        copy.allowed = List.copyOf(words);
        return copy;
    }

    /**
     * Returns this number with a unit that its name does not tell.
     *
     * @param counted what it counts
     * @return the field
     */
    public ConfigField withUnit(Unit counted) {
        ConfigField copy = copy();
        copy.unit = requireNonNull(counted, "counted is null");
        return copy;
    }

    /**
     * Returns this field with an example.
     *
     * @param value a value as it would be written in a file
     * @return the field
     */
    public ConfigField withExample(String value) {
        ConfigField copy = copy();
        copy.example = requireNonNull(value, "value is null");
        return copy;
    }

    /**
     * Returns this field with the version that brought it; {@link ConfigSpec#withSince} does it for all fields of a spec.
     *
     * @param version the version of the plugin, or of the product
     * @return the field
     */
    public ConfigField withSince(String version) {
        ConfigField copy = copy();
        copy.since = requireNonNull(version, "version is null");
        return copy;
    }

    /** Returns this field with a version for itself and what is nested in it, where they have none. */
    ConfigField withSinceIfNone(String version) {
        ConfigField copy = since == null ? withSince(version) : copy();
        copy.nested = nested == null ? null : nested.withSince(version);
        return copy;
    }

    /**
     * Returns the key.
     *
     * @return the name, in snake_case
     */
    public String name() {
        return name;
    }

    /**
     * Returns what the values are.
     *
     * @return the type
     */
    public Type type() {
        return type;
    }

    /**
     * Returns what the setting is for.
     *
     * @return one or two sentences for people
     */
    public String doc() {
        return doc;
    }

    /**
     * Returns whether the user must set it.
     *
     * @return true when it has neither a default nor may be absent
     */
    public boolean required() {
        return required;
    }

    /**
     * Returns whether the group may also be written as the word of its {@code type}.
     *
     * @return true for a group with a short form
     */
    public boolean hasShortForm() {
        return shortForm;
    }

    /**
     * Returns what the setting is when it is not set.
     *
     * @return the default as it would be written in a file, or empty
     */
    public Optional<String> defaultText() {
        return Optional.ofNullable(defaultValue);
    }

    /**
     * Returns the words that are allowed.
     *
     * @return the words; empty when any text will do
     */
    public List<String> allowed() {
        return allowed;
    }

    /**
     * Returns the smallest number allowed.
     *
     * @return the bound in the field's unit, or {@link Long#MIN_VALUE}
     */
    public long min() {
        return min;
    }

    /**
     * Returns the largest number allowed.
     *
     * @return the bound in the field's unit, or {@link Long#MAX_VALUE}
     */
    public long max() {
        return max;
    }

    /**
     * Returns what the number counts.
     *
     * @return the unit
     */
    public Unit unit() {
        return unit;
    }

    /**
     * Returns what the group, or each of the groups, may hold.
     *
     * @return the spec; empty unless the type is a section
     */
    public Optional<ConfigSpec> nested() {
        return Optional.ofNullable(nested);
    }

    /**
     * Returns an example.
     *
     * @return a value as it would be written in a file, or empty
     */
    public Optional<String> example() {
        return Optional.ofNullable(example);
    }

    /**
     * Returns which version brought the setting.
     *
     * @return the version, or empty
     */
    public Optional<String> since() {
        return Optional.ofNullable(since);
    }

    @Override
    public String toString() {
        return name + ": " + type;
    }
}
