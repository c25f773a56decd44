package io.deltaforge.sink.kafka;

import io.deltaforge.api.config.ConfigField;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Secret;
import io.deltaforge.api.config.Settings;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** The sink's settings from pairs of names and values; {@code client_conf} apart. */
final class StubSettings implements Settings {

    private final ConfigSpec spec = new KafkaSinkFactory().config();
    private final Map<String, String> values = new LinkedHashMap<>();
    private final Map<String, String> clientConf = new LinkedHashMap<>();

    StubSettings set(String name, Object value) {
        values.put(name, value.toString());
        return this;
    }

    StubSettings client(String name, Object value) {
        clientConf.put(name, value.toString());
        return this;
    }

    private Optional<String> value(String name) {
        ConfigField field = spec.field(name).orElseThrow(() -> new IllegalArgumentException(name));
        return Optional.ofNullable(values.getOrDefault(name, field.defaultValue()));
    }

    @Override
    public Optional<String> optionalString(String name) {
        return value(name);
    }

    @Override
    public Optional<Secret> secret(String name) {
        throw new IllegalArgumentException(name);
    }

    @Override
    public long integer(String name) {
        return Long.parseLong(value(name).orElseThrow());
    }

    @Override
    public boolean bool(String name) {
        return Boolean.parseBoolean(value(name).orElseThrow());
    }

    @Override
    public List<String> strings(String name) {
        throw new IllegalArgumentException(name);
    }

    @Override
    public Map<String, String> stringMap(String name) {
        return clientConf;
    }

    @Override
    public Optional<Settings> section(String name, ConfigSpec section) {
        throw new IllegalArgumentException(name);
    }

    @Override
    public List<Settings> sections(String name, ConfigSpec section) {
        throw new IllegalArgumentException(name);
    }

    @Override
    public String path(String name) {
        return "sinks[0]." + name;
    }
}
