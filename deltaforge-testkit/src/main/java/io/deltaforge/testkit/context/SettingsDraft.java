package io.deltaforge.testkit.context;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Secret;
import io.deltaforge.api.config.Settings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Settings that a test changes one by one; every look at them checks them all, as {@link TestSettings} does. Not thread-safe.
 */
public final class SettingsDraft implements Settings {

    private final ConfigSpec spec;
    private final String prefix;
    private final Map<String, Object> values = new LinkedHashMap<>();

    /**
     * Begins with nothing set.
     *
     * @param spec what is understood
     * @param prefix what paths begin with, such as {@code sinks[0].}
     */
    public SettingsDraft(ConfigSpec spec, String prefix) {
        this.spec = requireNonNull(spec, "spec is null");
        this.prefix = requireNonNull(prefix, "prefix is null");
    }

    /**
     * Sets a value.
     *
     * @param name the key
     * @param value a string, number, boolean, list, or map
     * @return this
     */
    public SettingsDraft set(String name, Object value) {
        if (spec.field(name).isEmpty()) {
            throw new IllegalArgumentException(name + " is not in the spec");
        }
        values.put(name, value);
        return this;
    }

    /**
     * Adds an entry to a setting that is a map of texts.
     *
     * @param group the key of the map
     * @param name the key of the entry
     * @param value its value
     * @return this
     */
    public SettingsDraft put(String group, String name, Object value) {
        Map<String, Object> entries = new LinkedHashMap<>();
        ((Map<?, ?>) values.getOrDefault(group, Map.of())).forEach((key, old) -> entries.put((String) key, old));
        entries.put(name, value);
        return set(group, entries);
    }

    private Settings checked() {
        return TestSettings.of(spec, values, prefix);
    }

    @Override
    public Optional<String> optionalString(String name) {
        return checked().optionalString(name);
    }

    @Override
    public Optional<Secret> secret(String name) {
        return checked().secret(name);
    }

    @Override
    public long integer(String name) {
        return checked().integer(name);
    }

    @Override
    public boolean bool(String name) {
        return checked().bool(name);
    }

    @Override
    public List<String> strings(String name) {
        return checked().strings(name);
    }

    @Override
    public Map<String, String> stringMap(String name) {
        return checked().stringMap(name);
    }

    @Override
    public Optional<Settings> section(String name) {
        return checked().section(name);
    }

    @Override
    public List<Settings> sections(String name) {
        return checked().sections(name);
    }

    @Override
    public Map<String, Settings> sectionMap(String name) {
        return checked().sectionMap(name);
    }

    @Override
    public String path(String name) {
        return prefix + name;
    }
}
