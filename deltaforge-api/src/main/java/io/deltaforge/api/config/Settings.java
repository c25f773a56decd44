package io.deltaforge.api.config;

import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The settings of one plugin instance, checked against its {@link ConfigSpec} and with defaults filled in. Asking for a
 * name that the spec does not have, or with another type, is a programming error ({@link IllegalArgumentException}).
 *
 * @since 0.1.0
 */
public interface Settings {

    /**
     * A text, an enumeration word, or a default.
     *
     * @param name the key
     * @return the value, or empty when neither set nor defaulted
     */
    Optional<String> optionalString(String name);

    /**
     * A text that is there for certain: required or defaulted.
     *
     * @param name the key
     * @return the value
     */
    default String string(String name) {
        return optionalString(name).orElseThrow(() -> new IllegalArgumentException(name + " has no value"));
    }

    /**
     * A secret.
     *
     * @param name the key
     * @return the value, or empty when not set
     */
    Optional<Secret> secret(String name);

    /**
     * A whole number that is there for certain: required or defaulted.
     *
     * @param name the key
     * @return the value
     */
    long integer(String name);

    /**
     * A truth value that is there for certain: required or defaulted.
     *
     * @param name the key
     * @return the value
     */
    boolean bool(String name);

    /**
     * A list of texts.
     *
     * @param name the key
     * @return the values; empty when not set
     */
    List<String> strings(String name);

    /**
     * Names with texts, nested keys joined with dots.
     *
     * @param name the key
     * @return the entries in the order of the file; empty when not set
     */
    Map<String, String> stringMap(String name);

    /**
     * A group of settings.
     *
     * @param name the key
     * @return the group, or empty when not set
     */
    Optional<Settings> section(String name);

    /**
     * A list of groups of settings.
     *
     * @param name the key
     * @return the groups; empty when not set
     */
    List<Settings> sections(String name);

    /**
     * Groups of settings by names of the user's choice.
     *
     * @param name the key
     * @return the groups by name, in the order of the file; empty when not set
     */
    Map<String, Settings> sectionMap(String name);

    /**
     * Names a setting for error messages.
     *
     * @param name the key
     * @return its full path in the configuration
     */
    String path(String name);
}
