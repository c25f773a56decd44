package io.deltaforge.core.support;

import io.deltaforge.api.config.Secret;
import io.deltaforge.api.config.Settings;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Settings of plugins that have none. */
public final class NoSettings implements Settings {

    @Override
    public Optional<String> optionalString(String name) {
        return Optional.empty();
    }

    @Override
    public Optional<Secret> secret(String name) {
        return Optional.empty();
    }

    @Override
    public long integer(String name) {
        throw new IllegalArgumentException(name);
    }

    @Override
    public boolean bool(String name) {
        throw new IllegalArgumentException(name);
    }

    @Override
    public List<String> strings(String name) {
        return List.of();
    }

    @Override
    public Map<String, String> stringMap(String name) {
        return Map.of();
    }

    @Override
    public Optional<Settings> section(String name) {
        return Optional.empty();
    }

    @Override
    public List<Settings> sections(String name) {
        return List.of();
    }

    @Override
    public Map<String, Settings> sectionMap(String name) {
        return Map.of();
    }

    @Override
    public String path(String name) {
        return name;
    }
}
