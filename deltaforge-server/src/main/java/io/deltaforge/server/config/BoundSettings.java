package io.deltaforge.server.config;

import io.deltaforge.api.config.ConfigField;
import io.deltaforge.api.config.ConfigField.Type;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Secret;
import io.deltaforge.api.config.Settings;
import io.deltaforge.server.config.finding.Place;
import io.deltaforge.server.config.text.ConfigPath;
import io.deltaforge.server.config.text.Node;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Settings that were checked against their spec, by {@link Binder}. Immutable. */
final class BoundSettings implements Settings {

    private final String path;
    private final ConfigSpec spec;
    private final Node node;
    private final Map<String, Object> values;
    private final boolean sound;

    /**
     * Takes what was bound.
     *
     * @param sound whether nothing was wrong with it
     */
    BoundSettings(String path, ConfigSpec spec, Node node, Map<String, Object> values, boolean sound) {
        this.path = path;
        this.spec = spec;
        this.node = node;
        this.values = values;
        this.sound = sound;
    }

    private <T> Optional<T> value(String name, Class<T> type, Type... fieldTypes) {
        ConfigField field = spec.field(name)
                .orElseThrow(() -> new IllegalArgumentException(path(name) + " is not in the plugin's spec"));
        if (!Set.of(fieldTypes).contains(field.type())) {
            throw new IllegalArgumentException(path(name) + " is of type " + field.type());
        }
        return Optional.ofNullable(values.get(name)).map(type::cast);
    }

    private <T> T certain(Optional<T> value, String name) {
        return value.orElseThrow(() -> new IllegalArgumentException(path(name) + " has no value"));
    }

    @Override
    public Optional<String> optionalString(String name) {
        return value(name, String.class, Type.STRING, Type.ENUM);
    }

    @Override
    public Optional<Secret> secret(String name) {
        return value(name, Secret.class, Type.SECRET);
    }

    Optional<Boolean> optionalBool(String name) {
        return value(name, Boolean.class, Type.BOOLEAN);
    }

    Optional<Long> optionalInteger(String name) {
        return value(name, Long.class, Type.INTEGER);
    }

    @Override
    public long integer(String name) {
        return certain(optionalInteger(name), name);
    }

    @Override
    public boolean bool(String name) {
        return certain(value(name, Boolean.class, Type.BOOLEAN), name);
    }

    @Override
    public List<String> strings(String name) {
        List<String> texts = new ArrayList<>();
        value(name, List.class, Type.STRING_LIST).ifPresent(list -> {
            for (Object text : list) {
                texts.add((String) text);
            }
        });
        return List.copyOf(texts);
    }

    @Override
    public Map<String, String> stringMap(String name) {
        Map<?, ?> found = value(name, Map.class, Type.STRING_MAP).orElse(Map.of());
        Map<String, String> map = new LinkedHashMap<>();
        found.forEach((key, text) -> map.put((String) key, (String) text));
        return Collections.unmodifiableMap(map);
    }

    /** A group that may hold nothing that is required, so that it is there with its defaults when it is not written. */
    BoundSettings group(String name) {
        return value(name, BoundSettings.class, Type.SECTION)
                .orElseGet(() -> Binder.defaults(
                        spec.field(name).flatMap(ConfigField::nested).orElseThrow(), path(name), node.place()));
    }

    Optional<BoundSettings> optionalGroup(String name) {
        return value(name, BoundSettings.class, Type.SECTION);
    }

    List<BoundSettings> groups(String name) {
        List<BoundSettings> groups = new ArrayList<>();
        value(name, List.class, Type.SECTION_LIST).ifPresent(list -> {
            for (Object group : list) {
                groups.add((BoundSettings) group);
            }
        });
        return groups;
    }

    Map<String, BoundSettings> groupsByName(String name) {
        Map<?, ?> found = value(name, Map.class, Type.SECTION_MAP).orElse(Map.of());
        Map<String, BoundSettings> groups = new LinkedHashMap<>();
        found.forEach((key, group) -> groups.put((String) key, (BoundSettings) group));
        return groups;
    }

    @Override
    public Optional<Settings> section(String name) {
        return optionalGroup(name).map(group -> group);
    }

    @Override
    public List<Settings> sections(String name) {
        return List.copyOf(groups(name));
    }

    @Override
    public Map<String, Settings> sectionMap(String name) {
        return Collections.unmodifiableMap(new LinkedHashMap<>(groupsByName(name)));
    }

    @Override
    public String path(String name) {
        return ConfigPath.child(path, name);
    }

    String path() {
        return path;
    }

    ConfigSpec spec() {
        return spec;
    }

    /** Where the group is written. */
    Place place() {
        return node.key();
    }

    /** Where a setting is written, or else the group it belongs to. */
    Place place(String name) {
        return node.child(name).map(Node::place).orElse(node.key());
    }

    /** Where the setting at a path is written, or else the innermost group around it. */
    Place placeOf(String settingPath) {
        String inner = settingPath.startsWith(path) ? settingPath.substring(path.length()) : "";
        Node nearest = node.nearest(inner);
        return nearest == node ? node.key() : nearest.place();
    }

    /** Returns whether a setting is written, sound or not. */
    boolean isWritten(String name) {
        return node.child(name).isPresent();
    }

    /** Returns whether a setting is written or defaulted, and could be bound. */
    boolean isBound(String name) {
        return values.containsKey(name);
    }

    /** Returns whether nothing is wrong with these settings. */
    boolean isSound() {
        return sound;
    }

    /** A truth value, true when what is written is not sound. */
    boolean isTrueOrUnknown(String name) {
        return value(name, Boolean.class, Type.BOOLEAN).orElse(true);
    }

    /** Secrets that are written as they are, and not as a reference, by their paths. */
    Map<String, Place> literalSecrets() {
        Map<String, Place> literal = new LinkedHashMap<>();
        values.forEach((name, value) -> collectLiteralSecrets(name, value, literal));
        return literal;
    }

    private void collectLiteralSecrets(String name, Object value, Map<String, Place> into) {
        if (value instanceof Secret) {
            node.child(name)
                    .filter(written -> !written.isFilledIn())
                    .ifPresent(written -> into.put(path(name), written.place()));
        } else if (value instanceof BoundSettings group) {
            into.putAll(group.literalSecrets());
        } else if (value instanceof Map<?, ?> groups) {
            groups.values().forEach(inner -> collectLiteralSecrets(name, inner, into));
        } else if (value instanceof List<?> groups) {
            groups.forEach(inner -> collectLiteralSecrets(name, inner, into));
        }
    }

    /**
     * Returns a value as it may be shown to whoever must not see what it was filled in from.
     *
     * @param settings a group
     * @param name the setting
     * @param value its value
     * @return the value, or what is written in its place
     */
    static String shown(Settings settings, String name, String value) {
        return settings instanceof BoundSettings bound
                ? bound.node
                        .child(name)
                        .filter(Node::isFilledIn)
                        .map(written -> written.place().text().replaceAll("\\A\"|\"\\z", ""))
                        .orElse(value)
                : value;
    }

    /** Names what is set; values may be secrets. */
    @Override
    public String toString() {
        return path + values.keySet();
    }
}
