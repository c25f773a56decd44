package io.deltaforge.testkit.context;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.config.ConfigField;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Secret;
import io.deltaforge.api.config.Settings;
import io.deltaforge.api.error.ConfigException;
import io.deltaforge.api.error.ConfigException.Problem;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * Settings from a map, checked against a spec as strictly as the server checks a file. Values are strings, numbers,
 * booleans, lists, or maps for groups. Immutable.
 */
public final class TestSettings implements Settings {

    private final ConfigSpec spec;
    private final Map<String, Object> values;
    private final String prefix;

    private TestSettings(ConfigSpec spec, Map<String, Object> values, String prefix) {
        this.spec = spec;
        this.values = values;
        this.prefix = prefix;
    }

    /**
     * Checks values against a spec.
     *
     * @param spec what is understood
     * @param values values by key
     * @return the settings
     * @throws ConfigException naming every key that is missing, unknown or of a wrong type
     */
    public static TestSettings of(ConfigSpec spec, Map<String, ?> values) {
        return of(spec, values, "");
    }

    static TestSettings of(ConfigSpec spec, Map<String, ?> values, String prefix) {
        requireNonNull(spec, "spec is null");
        List<Problem> problems = new ArrayList<>();
        Map<String, Object> checked = new LinkedHashMap<>(values);
        for (String name : values.keySet()) {
            if (spec.field(name).isEmpty()) {
                problems.add(new Problem(prefix + name, "is not a known setting"));
            }
        }
        for (ConfigField field : spec.fields()) {
            Object value = checked.get(field.name());
            if (value == null && field.required()) {
                problems.add(new Problem(prefix + field.name(), "is missing"));
            } else if (value == null) {
                field.defaultText().ifPresent(text -> checked.put(field.name(), text));
            }
            Object present = checked.get(field.name());
            if (present != null) {
                check(field, present)
                        .ifPresentOrElse(
                                text -> problems.add(new Problem(prefix + field.name(), text)),
                                () -> checked.put(field.name(), bound(field, present, prefix, problems)));
            }
        }
        if (!problems.isEmpty()) {
            throw new ConfigException(problems);
        }
        return new TestSettings(spec, checked, prefix);
    }

    /** Groups are checked with the settings that hold them; everything else stays as it is. */
    private static Object bound(ConfigField field, Object value, String prefix, List<Problem> problems) {
        String path = prefix + field.name();
        try {
            return switch (field.type()) {
                case SECTION -> nested(field, value, path);
                case SECTION_LIST -> {
                    List<Settings> sections = new ArrayList<>();
                    for (Object section : (List<?>) value) {
                        sections.add(nested(field, section, path + "[" + sections.size() + "]"));
                    }
                    yield List.copyOf(sections);
                }
                case SECTION_MAP -> {
                    Map<String, Settings> sections = new LinkedHashMap<>();
                    ((Map<?, ?>) value)
                            .forEach((key, section) ->
                                    sections.put(key.toString(), nested(field, section, path + "." + key)));
                    yield sections;
                }
                default -> value;
            };
        } catch (ConfigException e) {
            problems.addAll(e.problems());
            return value;
        }
    }

    private static Settings nested(ConfigField field, Object value, String path) {
        if (!(value instanceof Map<?, ?> group)) {
            throw new ConfigException(path, "must be a group");
        }
        ConfigSpec spec = field.nested().orElseThrow();
        return of(spec.variant(String.valueOf(group.get(ConfigSpec.TYPE))), named(group), path + ".");
    }

    private static Optional<String> check(ConfigField field, Object value) {
        return switch (field.type()) {
            case STRING, SECRET -> problem(value instanceof String, "must be a text");
            case BOOLEAN ->
                problem(value.toString().matches("true|false"), "must be true or false, is '" + value + "'");
            case INTEGER -> checkInteger(field, value);
            case ENUM ->
                problem(
                        field.allowed().contains(value.toString()),
                        "must be one of " + field.allowed() + ", is '" + value + "'");
            case STRING_LIST -> checkWords(field, value);
            case SECTION_LIST -> problem(value instanceof List, "must be a list");
            case STRING_MAP, SECTION, SECTION_MAP -> problem(value instanceof Map, "must be a group");
        };
    }

    private static Optional<String> checkWords(ConfigField field, Object value) {
        if (!(value instanceof List<?> words)) {
            return Optional.of("must be a list");
        }
        return words.stream()
                .filter(word -> !field.allowed().isEmpty() && !field.allowed().contains(word.toString()))
                .findFirst()
                .map(word -> "must be of " + field.allowed() + ", and '" + word + "' is not");
    }

    private static Optional<String> checkInteger(ConfigField field, Object value) {
        try {
            long number = Long.parseLong(value.toString());
            return problem(
                    number >= field.min() && number <= field.max(),
                    "must be from " + field.min() + " to " + field.max() + ", is " + number);
        } catch (NumberFormatException e) {
            return Optional.of("must be a whole number, is '" + value + "'");
        }
    }

    private static Optional<String> problem(boolean fine, String message) {
        return fine ? Optional.empty() : Optional.of(message);
    }

    private Optional<Object> value(String name, ConfigField.Type... types) {
        ConfigField field =
                spec.field(name).orElseThrow(() -> new IllegalArgumentException(path(name) + " is not in the spec"));
        if (!List.of(types).contains(field.type())) {
            throw new IllegalArgumentException(path(name) + " is of type " + field.type());
        }
        return Optional.ofNullable(values.get(name));
    }

    @Override
    public Optional<String> optionalString(String name) {
        return value(name, ConfigField.Type.STRING, ConfigField.Type.ENUM).map(Object::toString);
    }

    @Override
    public Optional<Secret> secret(String name) {
        return value(name, ConfigField.Type.SECRET).map(Object::toString).map(Secret::new);
    }

    @Override
    public long integer(String name) {
        return value(name, ConfigField.Type.INTEGER)
                .map(value -> Long.parseLong(value.toString()))
                .orElseThrow(() -> new IllegalArgumentException(path(name) + " has no value"));
    }

    @Override
    public boolean bool(String name) {
        return value(name, ConfigField.Type.BOOLEAN)
                .map(value -> Boolean.parseBoolean(value.toString()))
                .orElseThrow(() -> new IllegalArgumentException(path(name) + " has no value"));
    }

    @Override
    public List<String> strings(String name) {
        return value(name, ConfigField.Type.STRING_LIST)
                .map(value -> ((List<?>) value).stream().map(Object::toString).toList())
                .orElse(List.of());
    }

    @Override
    public Map<String, String> stringMap(String name) {
        Map<String, String> flat = new LinkedHashMap<>();
        value(name, ConfigField.Type.STRING_MAP).ifPresent(value -> flatten("", (Map<?, ?>) value, flat));
        return flat;
    }

    private static void flatten(String path, Map<?, ?> group, Map<String, String> flat) {
        group.forEach((key, value) -> {
            if (value instanceof Map<?, ?> nested) {
                flatten(path + key + ".", nested, flat);
            } else {
                flat.put(path + key, String.valueOf(value));
            }
        });
    }

    @Override
    public Optional<Settings> section(String name) {
        return value(name, ConfigField.Type.SECTION).map(Settings.class::cast);
    }

    @Override
    public List<Settings> sections(String name) {
        List<Settings> sections = new ArrayList<>();
        value(name, ConfigField.Type.SECTION_LIST)
                .ifPresent(value -> ((List<?>) value).forEach(section -> sections.add((Settings) section)));
        return sections;
    }

    @Override
    public Map<String, Settings> sectionMap(String name) {
        Map<String, Settings> sections = new LinkedHashMap<>();
        value(name, ConfigField.Type.SECTION_MAP).ifPresent(value -> ((Map<?, ?>) value)
                .forEach((key, section) -> sections.put((String) key, (Settings) section)));
        return sections;
    }

    private static Map<String, Object> named(Map<?, ?> group) {
        Map<String, Object> named = new LinkedHashMap<>();
        group.forEach((key, value) -> named.put(key.toString(), value));
        return named;
    }

    @Override
    public String path(String name) {
        return prefix + name;
    }
}
