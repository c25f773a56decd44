package io.deltaforge.server.config;

import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueType;
import io.deltaforge.api.config.ConfigField;
import io.deltaforge.api.config.ConfigField.Type;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Secret;
import io.deltaforge.api.config.Settings;
import io.deltaforge.api.error.ConfigException;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** Settings that were checked against their spec. Immutable. */
final class BoundSettings implements Settings {

    private final String path;
    private final ConfigSpec spec;
    private final Map<String, Object> values;
    private final Set<String> written;

    private BoundSettings(String path, ConfigSpec spec, Map<String, Object> values, Set<String> written) {
        this.path = path;
        this.spec = spec;
        this.values = values;
        this.written = written;
    }

    /**
     * Checks a group of settings; what does not fit is collected and left out.
     *
     * @param owner what the settings belong to, for people
     */
    static BoundSettings bind(ConfigObject object, ConfigSpec spec, String path, String owner, Problems problems) {
        List<String> known = spec.fields().stream().map(ConfigField::name).toList();
        for (String key : object.keySet()) {
            if (!known.contains(key)) {
                problems.add(ConfigPath.child(path, key), unknown(key, known, owner));
            }
        }
        Map<String, Object> values = new HashMap<>();
        for (ConfigField field : spec.fields()) {
            ConfigValue written = object.get(field.name());
            if (written == null || written.valueType() == ConfigValueType.NULL) {
                if (field.required()) {
                    problems.add(ConfigPath.child(path, field.name()), "is missing from " + owner + ": " + field.doc());
                } else if (field.defaultValue() != null) {
                    values.put(field.name(), SettingValue.defaultOf(field));
                }
            } else if (!HoconFile.isUnresolved(written)) {
                try {
                    values.put(field.name(), SettingValue.of(field, written));
                } catch (SettingValue.Mismatch e) {
                    problems.add(ConfigPath.child(path, field.name()), e.getMessage());
                }
            }
        }
        return new BoundSettings(path, spec, values, Set.copyOf(object.keySet()));
    }

    private static String unknown(String key, List<String> known, String owner) {
        return "is not a setting of " + owner
                + NearestName.of(key, known)
                        .map(near -> "; did you mean \"" + near + "\"?")
                        .orElse("; it has " + String.join(", ", known));
    }

    private <T> Optional<T> value(String name, Class<T> type, Type... fieldTypes) {
        ConfigField field = spec.field(name)
                .orElseThrow(() -> new IllegalArgumentException(path(name) + " is not in the plugin's spec"));
        if (!List.of(fieldTypes).contains(field.type())) {
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

    /** A group as it is written, to be checked by whoever knows its spec. */
    Optional<ConfigObject> group(String name) {
        return value(name, ConfigObject.class, Type.SECTION);
    }

    /** A list of groups as it is written. */
    List<ConfigObject> groups(String name) {
        List<ConfigObject> groups = new ArrayList<>();
        value(name, List.class, Type.SECTION_LIST).ifPresent(list -> {
            for (Object group : list) {
                groups.add((ConfigObject) group);
            }
        });
        return groups;
    }

    @Override
    public Optional<Settings> section(String name, ConfigSpec nested) {
        return group(name).map(object -> checked(object, nested, path(name)));
    }

    @Override
    public List<Settings> sections(String name, ConfigSpec nested) {
        List<Settings> sections = new ArrayList<>();
        Problems problems = new Problems();
        for (ConfigObject group : groups(name)) {
            String place = ConfigPath.item(path(name), sections.size());
            sections.add(bind(group, nested, place, place, problems));
        }
        throwIfAny(problems);
        return List.copyOf(sections);
    }

    private static Settings checked(ConfigObject object, ConfigSpec spec, String path) {
        Problems problems = new Problems();
        Settings bound = bind(object, spec, path, path, problems);
        throwIfAny(problems);
        return bound;
    }

    private static void throwIfAny(Problems problems) {
        if (problems.count() > 0) {
            throw new ConfigException(problems.found());
        }
    }

    @Override
    public String path(String name) {
        return ConfigPath.child(path, name);
    }

    /** Returns whether there is such a setting, written or not. */
    boolean has(String name) {
        return spec.field(name).isPresent();
    }

    /** Returns whether a setting is written in the file, sound or not. */
    boolean isWritten(String name) {
        return written.contains(name);
    }

    /** Returns whether a setting is written or defaulted, and sound. */
    boolean isSound(String name) {
        return values.containsKey(name);
    }

    /** A truth value, true when what is written is not sound. */
    boolean isTrueOrUnknown(String name) {
        return value(name, Boolean.class, Type.BOOLEAN).orElse(true);
    }

    /** Returns whether a setting that has a default or is required has no value, because what is written is not sound. */
    boolean isIncomplete() {
        return spec.fields().stream()
                .anyMatch(field ->
                        (field.required() || field.defaultValue() != null) && !values.containsKey(field.name()));
    }

    /** Names what is set; values may be secrets. */
    @Override
    public String toString() {
        return path + values.keySet();
    }
}
