package io.deltaforge.api.config;

import static java.util.Objects.requireNonNull;

import java.util.List;
import java.util.Optional;

/**
 * One setting of a plugin: enough to bind, check, document and mask it.
 *
 * @param name the key, in snake_case
 * @param type what its values are
 * @param required whether it must be set
 * @param defaultValue what it is when it is not set, as it would be written in a file; null for nothing
 * @param allowed for {@link Type#ENUM} the values allowed, else empty
 * @param min for numbers the smallest value allowed
 * @param max for numbers the largest value allowed
 * @param doc one or two sentences for people, with the unit
 */
public record ConfigField(
        String name,
        Type type,
        boolean required,
        String defaultValue,
        List<String> allowed,
        long min,
        long max,
        String doc) {

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
        /** Names with texts; nested keys are joined with dots. Values may be secrets and are masked by name. */
        STRING_MAP,
        /** A list of groups of settings, each checked by the plugin itself. */
        SECTION_LIST,
        /** A group of settings, checked by the plugin itself. */
        SECTION
    }

    /**
     * Checks the parts against each other.
     *
     * @param name the key, in snake_case
     * @param type what its values are
     * @param required whether it must be set
     * @param defaultValue what it is when it is not set, as it would be written in a file; null for nothing
     * @param allowed for {@link Type#ENUM} the values allowed, else empty
     * @param min for numbers the smallest value allowed
     * @param max for numbers the largest value allowed
     * @param doc one or two sentences for people, with the unit
     */
    public ConfigField {
        requireNonNull(name, "name is null");
        requireNonNull(type, "type is null");
        requireNonNull(doc, "doc is null");
        allowed = List.copyOf(allowed);
    }

    /**
     * A setting that must be set.
     *
     * @param name the key
     * @param type what its values are
     * @param doc for people
     * @return the field
     */
    public static ConfigField required(String name, Type type, String doc) {
        return new ConfigField(name, type, true, null, List.of(), Long.MIN_VALUE, Long.MAX_VALUE, doc);
    }

    /**
     * A setting that may be left out.
     *
     * @param name the key
     * @param type what its values are
     * @param defaultValue what it is then, or null for nothing
     * @param doc for people
     * @return the field
     */
    public static ConfigField optional(String name, Type type, String defaultValue, String doc) {
        return new ConfigField(name, type, false, defaultValue, List.of(), Long.MIN_VALUE, Long.MAX_VALUE, doc);
    }

    /**
     * A setting that takes one of a few words.
     *
     * @param name the key
     * @param defaultValue what it is when it is not set
     * @param allowed the words
     * @param doc for people
     * @return the field
     */
    public static ConfigField choice(String name, String defaultValue, List<String> allowed, String doc) {
        return new ConfigField(name, Type.ENUM, false, defaultValue, allowed, Long.MIN_VALUE, Long.MAX_VALUE, doc);
    }

    /**
     * Returns this field with bounds.
     *
     * @param smallest the smallest value allowed
     * @param largest the largest value allowed
     * @return the bounded field
     */
    public ConfigField between(long smallest, long largest) {
        return new ConfigField(name, type, required, defaultValue, allowed, smallest, largest, doc);
    }

    /**
     * Returns what the setting is when it is not set.
     *
     * @return the default as it would be written in a file, or empty
     */
    public Optional<String> defaultText() {
        return Optional.ofNullable(defaultValue);
    }
}
