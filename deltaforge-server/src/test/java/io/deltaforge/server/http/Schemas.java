package io.deltaforge.server.http;

import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;

/** Holds documents against the schemas of an OpenAPI document: as much of JSON Schema as that uses. */
public final class Schemas {

    private final Map<String, ?> document;

    public Schemas(Map<String, ?> document) {
        this.document = document;
    }

    /** What does not fit, by place; empty when everything does. */
    public List<String> misfits(Object schema, Object value) {
        List<String> misfits = new ArrayList<>();
        check((Map<?, ?>) schema, value, "$", misfits);
        return misfits;
    }

    private void check(Map<?, ?> schema, Object value, String place, List<String> misfits) {
        if (schema.get("$ref") instanceof String reference) {
            check(resolve(reference), value, place, misfits);
            return;
        }
        if (schema.containsKey("type") && types(schema).stream().noneMatch(type -> is(type, value))) {
            misfits.add(place + " is " + value + ", expected " + types(schema));
            return;
        }
        if (schema.get("enum") instanceof Collection<?> words && !words.contains(value)) {
            misfits.add(place + " is " + value + ", expected one of " + words);
        }
        if (value instanceof Map<?, ?> object) {
            checkObject(schema, object, place, misfits);
        } else if (value instanceof Collection<?> items && schema.get("items") instanceof Map<?, ?> itemSchema) {
            items.forEach(item -> check(itemSchema, item, place + "[]", misfits));
        }
    }

    private void checkObject(Map<?, ?> schema, Map<?, ?> object, String place, List<String> misfits) {
        Map<?, ?> properties = schema.get("properties") instanceof Map<?, ?> known ? known : Map.of();
        if (schema.get("required") instanceof Collection<?> required) {
            required.stream()
                    .filter(name -> !object.containsKey(name))
                    .forEach(name -> misfits.add(place + " lacks " + name));
        }
        object.forEach((name, inner) -> {
            if (properties.get(name) instanceof Map<?, ?> property) {
                check(property, inner, place + "." + name, misfits);
            } else if (schema.get("additionalProperties") instanceof Map<?, ?> others) {
                check(others, inner, place + "." + name, misfits);
            } else if (!properties.isEmpty() && !Boolean.TRUE.equals(schema.get("additionalProperties"))) {
                misfits.add(place + " has " + name + ", which is not described");
            }
        });
    }

    private Map<?, ?> resolve(String reference) {
        Object at = document;
        for (String step : reference.substring("#/".length()).split("/", -1)) {
            at = ((Map<?, ?>) at).get(step);
        }
        return (Map<?, ?>) at;
    }

    private static Collection<?> types(Map<?, ?> schema) {
        return schema.get("type") instanceof Collection<?> several ? several : List.of(schema.get("type"));
    }

    private static boolean is(Object type, Object value) {
        return switch (type.toString()) {
            case "string" -> value instanceof String;
            case "number" -> value instanceof Number;
            case "integer" -> value instanceof Integer || value instanceof Long;
            case "boolean" -> value instanceof Boolean;
            case "array" -> value instanceof Collection;
            case "object" -> value instanceof Map;
            case "null" -> value == null;
            default -> false;
        };
    }
}
