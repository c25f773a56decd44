package io.deltaforge.server.config;

import io.deltaforge.api.config.ConfigField;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.server.plugin.Plugins;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The configuration as a JSON Schema (draft 2020-12), for editors and for programs that write configurations. It describes JSON
 * documents, and YAML and HOCON ones as far as they are written with the same groups. A text with {@code ${...}} in it may stand
 * for any single value.
 */
public final class JsonSchema {

    private static final String VARIABLE = "\\$\\{.*\\}";
    private static final String ID = "id";

    private JsonSchema() {}

    /**
     * Makes the schema.
     *
     * @param plugins whose settings are described as well
     * @return the schema as maps, lists, texts, numbers and truth values
     */
    public static Map<String, Object> of(Plugins plugins) {
        ConfigSpec root = ConfigReference.root(plugins);
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("$schema", "https://json-schema.org/draft/2020-12/schema");
        schema.put("title", "DeltaForge configuration");
        Map<String, Object> group = group(root);
        group.remove("required");
        schema.putAll(group);
        schema.put("minProperties", 1);
        return schema;
    }

    private static Map<String, Object> group(ConfigSpec spec) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("description", spec.doc());
        schema.put("type", "object");
        schema.putAll(properties(spec));
        if (spec.variants().isEmpty()) {
            schema.put("additionalProperties", false);
            return schema;
        }
        List<Object> choices = new ArrayList<>();
        spec.variants().forEach((type, variant) -> {
            Map<String, Object> choice = new LinkedHashMap<>();
            boolean byDefault = spec.field(ConfigSpec.TYPE)
                    .flatMap(ConfigField::defaultText)
                    .filter(type::equals)
                    .isPresent();
            Map<String, Object> condition = new LinkedHashMap<>();
            condition.put("properties", Map.of(ConfigSpec.TYPE, Map.of("const", type)));
            if (!byDefault) {
                condition.put("required", List.of(ConfigSpec.TYPE));
            }
            choice.put("if", condition);
            choice.put("then", properties(variant));
            choices.add(choice);
        });
        schema.put("allOf", choices);
        schema.put("unevaluatedProperties", false);
        return schema;
    }

    private static Map<String, Object> properties(ConfigSpec spec) {
        Map<String, Object> properties = new LinkedHashMap<>();
        List<String> required = new ArrayList<>();
        for (ConfigField field : spec.fields()) {
            properties.put(field.name(), described(field));
            if (field.required()) {
                required.add(field.name());
            }
        }
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("properties", properties);
        if (!required.isEmpty()) {
            schema.put("required", required);
        }
        return schema;
    }

    private static Map<String, Object> described(ConfigField field) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("description", field.doc());
        schema.putAll(value(field));
        field.defaultText().ifPresent(text -> schema.put("default", defaultValue(field, text)));
        field.example().ifPresent(text -> schema.put("$comment", "Example: " + text));
        return schema;
    }

    private static Object defaultValue(ConfigField field, String text) {
        return switch (field.type()) {
            case INTEGER -> Long.valueOf(text);
            case BOOLEAN -> Boolean.valueOf(text);
            default -> text;
        };
    }

    private static Map<String, Object> value(ConfigField field) {
        return switch (field.type()) {
            case STRING -> Map.of("type", List.of("string", "number", "boolean"));
            case SECRET -> Map.of("type", List.of("string", "number", "boolean"), "writeOnly", true);
            case INTEGER -> number(field);
            case BOOLEAN ->
                Map.of("type", List.of("boolean", "string"), "pattern", "^(true|false|.*" + VARIABLE + ".*)$");
            case ENUM ->
                anyOf(
                        Map.of("enum", field.allowed()),
                        variable(),
                        Map.of(
                                "type",
                                "object",
                                "properties",
                                Map.of(ConfigSpec.TYPE, Map.of("enum", field.allowed())),
                                "required",
                                List.of(ConfigSpec.TYPE),
                                "additionalProperties",
                                false));
            case STRING_LIST -> texts(field);
            case STRING_MAP -> Map.of("type", "object");
            case SECTION ->
                field.hasShortForm()
                        ? anyOf(Map.of("enum", types(field)), variable(), group(nested(field)))
                        : group(nested(field));
            case SECTION_LIST -> groups(nested(field));
            case SECTION_MAP -> Map.of("type", "object", "additionalProperties", group(nested(field)));
        };
    }

    private static List<String> types(ConfigField field) {
        return List.copyOf(nested(field).variants().keySet());
    }

    private static ConfigSpec nested(ConfigField field) {
        return field.nested().orElseThrow();
    }

    private static Map<String, Object> variable() {
        return Map.of("type", "string", "pattern", VARIABLE);
    }

    private static Map<String, Object> anyOf(Object... schemas) {
        return Map.of("anyOf", List.of(schemas));
    }

    private static Map<String, Object> number(ConfigField field) {
        Map<String, Object> schema = new LinkedHashMap<>();
        schema.put("type", List.of("integer", "string"));
        if (field.min() != Long.MIN_VALUE) {
            schema.put("minimum", field.min());
        }
        if (field.max() != Long.MAX_VALUE) {
            schema.put("maximum", field.max());
        }
        String unit = field.unit() == ConfigField.Unit.NONE ? "" : "(\\.\\d+)?\\s*[A-Za-z]+|\\d+";
        schema.put("pattern", "^(\\s*[+-]?\\d+" + unit + "\\s*|.*" + VARIABLE + ".*)$");
        return schema;
    }

    private static Map<String, Object> texts(ConfigField field) {
        Map<String, Object> text = field.allowed().isEmpty()
                ? Map.of("type", List.of("string", "number", "boolean"))
                : anyOf(Map.of("enum", field.allowed()), variable());
        return anyOf(Map.of("type", "array", "items", text), text);
    }

    /** A list, or groups by their ids, in which the id itself is left out. */
    private static Map<String, Object> groups(ConfigSpec spec) {
        Map<String, Object> list = Map.of("type", "array", "items", group(spec));
        if (spec.field(ID).isEmpty()) {
            return list;
        }
        Map<String, Object> keyed = group(spec);
        if (keyed.get("required") instanceof List<?> required) {
            keyed.put(
                    "required",
                    required.stream().filter(name -> !name.equals(ID)).toList());
        }
        return anyOf(list, Map.of("type", "object", "additionalProperties", keyed));
    }
}
