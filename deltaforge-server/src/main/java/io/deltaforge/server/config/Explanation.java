package io.deltaforge.server.config;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.config.ConfigField;
import io.deltaforge.api.config.ConfigField.Type;
import io.deltaforge.api.config.ConfigField.Unit;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.NearestName;
import io.deltaforge.server.plugin.Plugins;
import java.util.ArrayList;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Explains settings by their paths: those of a file ({@code pipelines.shop.batch.max_ms}), with the name of the pipeline left out
 * ({@code pipelines.batch}), or from a plugin on ({@code sink.kafka.topic}). Immutable.
 */
public final class Explanation {

    /**
     * What is known of a setting, or of a group.
     *
     * @param path its path, without names of the user's choice
     * @param type what its values are, for people
     * @param required whether it must be set
     * @param defaultValue what it is when it is not set, or empty
     * @param values what values there are, for people; empty for any
     * @param unit what a number counts; empty for none
     * @param since the version that brought it; empty when unknown
     * @param example a value as it would be written; empty for none
     * @param doc what it is for
     * @param children the settings in it, by name, with what they are for; empty unless it is a group
     */
    public record Setting(
            String path,
            String type,
            boolean required,
            Optional<String> defaultValue,
            String values,
            String unit,
            String since,
            String example,
            String doc,
            Map<String, String> children) {

        /** Copies the children. */
        public Setting {
            children = new LinkedHashMap<>(children);
        }
    }

    /**
     * An answer.
     *
     * @param settings what the path stands for; one, or one per type of plugin that has such a setting
     * @param suggestion what may have been meant when there is nothing; empty when nothing is near
     */
    public record Answer(List<Setting> settings, Optional<String> suggestion) {}

    /** @param name the name of the user's choice that led here; empty for none */
    private record Step(String path, ConfigField field, ConfigSpec spec, String name) {
        Step(String path, ConfigField field, ConfigSpec spec) {
            this(path, field, spec, "");
        }
    }

    private final ConfigSpec root;
    private final Map<String, ConfigSpec> kinds = new TreeMap<>();

    /**
     * Makes explanations.
     *
     * @param plugins whose settings are explained as well
     */
    public Explanation(Plugins plugins) {
        requireNonNull(plugins, "plugins is null");
        this.root = ConfigReference.root(plugins);
        ConfigSpec pipeline = nested(root, "pipelines");
        kinds.put("source", nested(pipeline, "source"));
        kinds.put("processor", nested(pipeline, "processors"));
        kinds.put("sink", nested(pipeline, "sinks"));
        kinds.put("checkpoint", nested(nested(root, "deltaforge"), "checkpoint"));
    }

    private static ConfigSpec nested(ConfigSpec spec, String name) {
        return spec.field(name).flatMap(ConfigField::nested).orElseThrow();
    }

    /**
     * Explains what a path stands for.
     *
     * @param path a path; empty for the whole configuration
     * @return the settings, or what may have been meant
     */
    public Answer of(String path) {
        List<String> steps = new ArrayList<>();
        for (String step : path.strip().replaceAll("\\[\\d*]", "").split("[.\\s]+", -1)) {
            if (!step.isEmpty() && !step.startsWith("<")) {
                steps.add(step.replace("\"", ""));
            }
        }
        List<Step> at = new ArrayList<>();
        if (!steps.isEmpty() && kinds.containsKey(steps.get(0))) {
            at.add(new Step(steps.get(0), null, kinds.get(steps.get(0))));
            steps.remove(0);
        } else {
            at.add(new Step("", null, root));
        }
        for (int i = 0; i < steps.size(); i++) {
            List<Step> next = into(at, steps.get(i));
            // A name may have dots in it.
            int end = i + 1;
            while (next.isEmpty() && end < steps.size()) {
                end++;
                next = into(at, String.join(".", steps.subList(i, end)));
            }
            if (next.isEmpty()) {
                String rest = String.join(".", steps.subList(i, steps.size()));
                List<Step> from = at;
                return new Answer(List.of(), suggestion(at, steps.get(i)).or(() -> suggestion(from, rest)));
            }
            i = end - 1;
            at = next;
        }
        return new Answer(at.stream().map(Explanation::setting).toList(), Optional.empty());
    }

    private static Optional<String> suggestion(List<Step> at, String missing) {
        for (Step step : at) {
            Optional<String> near = NearestName.of(missing, names(step))
                    .or(() -> step.name.isEmpty() ? Optional.empty() : NearestName.of(step.name, names(step)));
            if (near.isPresent()) {
                return near.map(name -> join(step.path, name));
            }
        }
        return Optional.empty();
    }

    private static Collection<String> names(Step step) {
        List<String> names = new ArrayList<>();
        if (step.spec != null) {
            step.spec.fields().forEach(field -> names.add(field.name()));
            step.spec.variants().forEach((type, variant) -> {
                names.add(type);
                variant.fields().forEach(field -> names.add(field.name()));
            });
        }
        return names;
    }

    private static List<Step> into(List<Step> from, String name) {
        return from.stream().flatMap(step -> into(step, name).stream()).toList();
    }

    /** Goes one step further; a name of the user's choice leads nowhere new. */
    private static List<Step> into(Step from, String name) {
        if (from.spec == null) {
            return List.of();
        }
        Optional<ConfigField> field = from.spec.field(name);
        if (field.isPresent()) {
            return List.of(step(from.path, field.get()));
        }
        if (from.spec.variants().containsKey(name)) {
            return List.of(new Step(join(from.path, name), null, from.spec.variant(name)));
        }
        List<Step> found = new ArrayList<>();
        from.spec.variants().forEach((type, variant) -> variant.field(name)
                .ifPresent(inner -> found.add(step(join(from.path, type), inner))));
        boolean named = from.field != null && isNamed(from.field);
        return found.isEmpty() && named ? List.of(new Step(from.path, null, from.spec, name)) : found;
    }

    private static boolean isNamed(ConfigField field) {
        return field.type() == Type.SECTION_MAP
                || (field.type() == Type.SECTION_LIST
                        && field.nested().flatMap(spec -> spec.field("id")).isPresent());
    }

    private static Step step(String path, ConfigField field) {
        return new Step(join(path, field.name()), field, field.nested().orElse(null));
    }

    private static String join(String path, String name) {
        return path.isEmpty() ? name : path + "." + name;
    }

    private static Setting setting(Step step) {
        ConfigField field = step.field;
        ConfigSpec spec = step.spec;
        Map<String, String> children = new LinkedHashMap<>();
        if (spec != null) {
            spec.fields().forEach(inner -> children.put(inner.name(), inner.doc()));
            spec.variants().forEach((type, variant) -> children.put(type, variant.doc()));
        }
        if (field == null) {
            return new Setting(
                    step.path, "a group of settings", false, Optional.empty(), "", "", "", "", spec.doc(), children);
        }
        return new Setting(
                step.path,
                typeText(field),
                field.required(),
                field.defaultText(),
                values(field),
                field.unit().text(),
                field.since().orElse(""),
                field.example().map(text -> field.name() + " = " + text).orElse(""),
                field.doc(),
                children);
    }

    /** Returns what the values of a field are, for people. */
    static String typeText(ConfigField field) {
        return switch (field.type()) {
            case STRING -> "text";
            case SECRET -> "secret";
            case INTEGER -> "number";
            case BOOLEAN -> "true or false";
            case ENUM -> "word";
            case STRING_LIST -> "list of texts";
            case STRING_MAP -> "names with texts";
            case SECTION -> field.hasShortForm() ? "word or group" : "group";
            case SECTION_LIST -> "list of groups";
            case SECTION_MAP -> "groups by name";
        };
    }

    /** Returns which values a field takes, for people; empty for any of its type. */
    static String values(ConfigField field) {
        if (!field.allowed().isEmpty()) {
            return String.join(", ", field.allowed());
        }
        if (field.hasShortForm()) {
            return String.join(", ", field.nested().orElseThrow().variants().keySet());
        }
        boolean low = field.min() != Long.MIN_VALUE;
        boolean high = field.max() != Long.MAX_VALUE;
        boolean open = field.max() == Integer.MAX_VALUE && field.unit() == Unit.NONE;
        if (low && high && !open) {
            return field.min() + " to " + field.max();
        }
        return low ? field.min() + " or more" : high ? field.max() + " or less" : "";
    }
}
