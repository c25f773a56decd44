package io.deltaforge.source.postgres;

import io.deltaforge.api.config.ConfigField;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Secret;
import io.deltaforge.api.config.Settings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Settings from pairs, with the defaults of the source's own description. */
final class TestSettings implements Settings {

    private final Map<String, Object> values = new LinkedHashMap<>();

    static TestSettings of(Object... pairs) {
        TestSettings settings = new TestSettings();
        for (int i = 0; i < pairs.length; i += 2) {
            settings.set((String) pairs[i], pairs[i + 1]);
        }
        return settings;
    }

    TestSettings set(String name, Object value) {
        field(name);
        values.put(name, value);
        return this;
    }

    private static ConfigField field(String name) {
        return PostgresSettings.SPEC.field(name).orElseThrow(() -> new IllegalArgumentException(name));
    }

    @Override
    public Optional<String> optionalString(String name) {
        ConfigField field = field(name);
        Object value = values.get(name);
        return value == null ? field.defaultText() : Optional.of(value.toString());
    }

    @Override
    public Optional<Secret> secret(String name) {
        return optionalString(name).map(Secret::new);
    }

    @Override
    public long integer(String name) {
        return Long.parseLong(string(name));
    }

    @Override
    public boolean bool(String name) {
        return Boolean.parseBoolean(string(name));
    }

    @Override
    public List<String> strings(String name) {
        field(name);
        return values.get(name) instanceof List<?> list
                ? list.stream().map(Object::toString).toList()
                : List.of();
    }

    @Override
    public Map<String, String> stringMap(String name) {
        return Map.of();
    }

    @Override
    public Optional<Settings> section(String name, ConfigSpec spec) {
        return Optional.empty();
    }

    @Override
    public List<Settings> sections(String name, ConfigSpec spec) {
        return List.of();
    }

    @Override
    public String path(String name) {
        return "source." + name;
    }
}
