package io.deltaforge.server.config;

import io.deltaforge.api.config.ConfigField;
import io.deltaforge.api.config.ConfigField.Type;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.server.config.text.ConfigPath;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;

/**
 * Every setting of a spec with a configuration around it that is right, made from the spec alone: required settings take their
 * examples. A required setting without an example is refused here, since nobody could be told how to write it.
 */
final class WrittenSettings {

    /** What some settings make sense with only. */
    private static final Map<String, String> COMPANIONS = Map.of(
            "deltaforge.api.bind", "insecure = true",
            "pipelines.p.commit_policy.quorum", "mode = quorum");

    /**
     * One setting.
     *
     * @param path where findings about it point
     * @param field what it is
     * @param around makes a whole configuration from the text that sets it, such as {@code max_ms = 5}
     */
    record Written(String path, ConfigField field, UnaryOperator<String> around) {
        @Override
        public String toString() {
            return path;
        }

        /** The configuration in which the setting is a value. */
        String with(String value) {
            return around.apply(ConfigPath.child("", field.name()) + " = " + value);
        }
    }

    private final List<Written> found = new ArrayList<>();

    private WrittenSettings() {}

    static List<Written> of(ConfigSpec root) {
        WrittenSettings settings = new WrittenSettings();
        settings.walk("", root, text -> text);
        return settings.found;
    }

    /** @param whole makes a configuration from the text of this group */
    private void walk(String path, ConfigSpec spec, UnaryOperator<String> whole) {
        if (spec.variants().isEmpty()) {
            spec.fields().forEach(field -> visit(path, spec, field, whole));
        } else {
            spec.variants().keySet().forEach(type -> {
                ConfigSpec variant = spec.variant(type);
                String typed = "type = " + type + "\n";
                variant.fields().stream()
                        .filter(field -> !field.name().equals(ConfigSpec.TYPE))
                        .forEach(field -> visit(path, variant, field, text -> whole.apply(typed + text)));
            });
            found.add(new Written(
                    ConfigPath.child(path, ConfigSpec.TYPE),
                    spec.field(ConfigSpec.TYPE).orElseThrow(),
                    text -> {
                        String type = text.replaceAll(".*= *", "");
                        ConfigSpec variant = spec.variant(type);
                        return whole.apply(text + "\n" + required(variant, ConfigSpec.TYPE));
                    }));
        }
    }

    private void visit(String path, ConfigSpec spec, ConfigField field, UnaryOperator<String> whole) {
        String at = ConfigPath.child(path, field.name());
        UnaryOperator<String> around = text ->
                whole.apply(text + "\n" + COMPANIONS.getOrDefault(at, "") + "\n" + required(spec, field.name()));
        found.add(new Written(at, field, around));
        field.nested().ifPresent(nested -> {
            switch (field.type()) {
                case SECTION -> walk(at, nested, text -> around.apply(field.name() + " {\n" + text + "\n}"));
                case SECTION_MAP ->
                    walk(at + ".p", nested, text -> around.apply(field.name() + " { p {\n" + text + "\n} }"));
                default ->
                    walk(
                            at + "[0]",
                            nested,
                            text -> around.apply(field.name() + " = [ {\n" + text + "\n}" + second(field) + " ]"));
            }
        });
    }

    /** Two sinks, so that a quorum of two is possible. */
    private static String second(ConfigField field) {
        return field.name().equals("sinks")
                ? ", { id = second, " + anyOf(field.nested().orElseThrow(), "id") + " }"
                : "";
    }

    private static String anyOf(ConfigSpec spec, String... but) {
        if (spec.variants().isEmpty()) {
            return required(spec, but);
        }
        String type = spec.variants().keySet().iterator().next();
        List<String> without = new ArrayList<>(List.of(but));
        without.add(ConfigSpec.TYPE);
        return "type = " + type + ", " + required(spec.variant(type), without.toArray(String[]::new));
    }

    private static String required(ConfigSpec spec, String... but) {
        StringBuilder text = new StringBuilder();
        for (ConfigField field : spec.fields()) {
            if (field.required()
                    && !List.of(but).contains(field.name())
                    && !field.name().equals(ConfigSpec.TYPE)) {
                text.append(field.name()).append(" = ").append(sample(field)).append(", ");
            }
        }
        return text.toString();
    }

    /** A right value, as it is written in HOCON. */
    static String sample(ConfigField field) {
        if (field.nested().isPresent()) {
            ConfigSpec nested = field.nested().get();
            return switch (field.type()) {
                case SECTION -> "{ " + anyOf(nested) + " }";
                case SECTION_MAP -> "{ p { " + anyOf(nested) + " } }";
                default -> "[ { " + anyOf(nested) + " }" + second(field) + " ]";
            };
        }
        if (field.type() == Type.ENUM) {
            return field.allowed().get(field.allowed().size() - 1);
        }
        if (field.example().isPresent()) {
            return field.example().get();
        }
        if (field.defaultText().isPresent()) {
            return '"' + field.defaultText().get() + '"';
        }
        if (field.type() == Type.SECRET) {
            return "some-secret";
        }
        throw new AssertionError("the setting " + field + " has neither a default nor an example");
    }
}
