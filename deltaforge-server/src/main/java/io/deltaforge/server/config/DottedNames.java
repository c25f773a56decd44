package io.deltaforge.server.config;

import io.deltaforge.api.config.ConfigField;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.server.config.text.Node;
import io.deltaforge.server.config.text.Node.Kind;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Joins what HOCON takes apart: an unquoted {@code time.precision.mode = connect} is a group in a group to the parser, and one
 * setting to a spec that has a setting of that name.
 */
final class DottedNames {

    private DottedNames() {}

    /** Returns the group with the names joined that the spec knows, and those that begin like one of them. */
    static Node joined(Node group, ConfigSpec spec) {
        List<String> dotted = spec.fields().stream()
                .map(ConfigField::name)
                .filter(name -> name.contains("."))
                .toList();
        if (dotted.isEmpty()) {
            return group;
        }
        Map<String, Node> children = new LinkedHashMap<>();
        collect("", group, spec, dotted, children);
        return Node.group(group.place(), children).under(group.key());
    }

    private static void collect(
            String prefix, Node group, ConfigSpec spec, List<String> dotted, Map<String, Node> children) {
        group.children().forEach((key, value) -> {
            String name = prefix + key;
            boolean begins = dotted.stream().anyMatch(known -> known.startsWith(name + "."));
            if (value.kind() == Kind.GROUP && begins && spec.field(name).isEmpty()) {
                collect(name + ".", value, spec, dotted, children);
            } else {
                children.put(name, value);
            }
        });
    }
}
