package io.deltaforge.server.config;

import io.deltaforge.api.config.ConfigField;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.NearestName;
import io.deltaforge.server.config.finding.Place;
import io.deltaforge.server.config.finding.Problems;
import io.deltaforge.server.config.text.ConfigPath;
import io.deltaforge.server.config.text.Node;
import io.deltaforge.server.config.text.Node.Kind;
import io.deltaforge.server.plugin.PluginKind;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Collectors;

/** Checks what is written against a spec, groups within groups included; what does not fit is said and left out. */
final class Binder {

    /** What a list of groups may be keyed by. */
    private static final String ID = "id";

    private static final int MAX_NAMES_SHOWN = 30;

    /** What is known of plugins that could not be loaded. */
    interface Remarks {

        /** Returns what is known of a type that is not there, as the end of a sentence; empty for nothing. */
        String of(PluginKind kind, String type);
    }

    private final Problems problems;
    private final Remarks remarks;
    private final SettingValue values;

    Binder(Problems problems, Remarks remarks) {
        this.problems = problems;
        this.remarks = remarks;
        this.values = new SettingValue(problems);
    }

    /** Returns the settings of a group that is not written. */
    static BoundSettings defaults(ConfigSpec spec, String path, Place place) {
        Problems none = new Problems();
        return new Binder(none, (kind, type) -> "").bind(Node.group(place, Map.of()), spec, path, path);
    }

    /**
     * Binds a group.
     *
     * @param owner what the settings belong to, for people
     */
    BoundSettings bind(Node written, ConfigSpec spec, String path, String owner) {
        int before = problems.errors();
        Optional<String> type = type(written, spec);
        boolean decided = spec.variants().isEmpty()
                || type.filter(spec.variants()::containsKey).isPresent();
        ConfigSpec whole = decided && type.isPresent() ? spec.variant(type.get()) : spec;
        String of = decided && !spec.variants().isEmpty() ? owner + " type \"" + type.orElse("") + "\"" : owner;
        Node group = DottedNames.joined(written, whole);
        if (decided) {
            unknown(group, whole, path, of);
        }
        Map<String, Object> bound = new LinkedHashMap<>();
        boolean complete = decided;
        for (ConfigField field : whole.fields()) {
            if (!decided && type.isPresent() && field.name().equals(ConfigSpec.TYPE)) {
                unknownType(group, field, type.get(), path, owner);
                continue;
            }
            Optional<Object> value = setting(group, field, path, of);
            value.ifPresent(found -> bound.put(field.name(), found));
            complete &= value.isPresent() || !field.required();
            complete &= value.map(Binder::isSound)
                    .orElseGet(() -> group.child(field.name()).isEmpty());
        }
        return new BoundSettings(path, whole, group, bound, complete && problems.errors() == before);
    }

    private void unknownType(Node group, ConfigField field, String type, String path, String owner) {
        String remark = Arrays.stream(PluginKind.values())
                .filter(kind -> kind.label().equals(owner))
                .map(kind -> remarks.of(kind, type))
                .collect(Collectors.joining());
        Node written = group.child(ConfigSpec.TYPE).orElse(group);
        written.place().source().show(written.place());
        String shown = written.kind() == Kind.TEXT ? SettingValue.shown(field, written) : "'" + type + "'";
        problems.error(
                        "UNKNOWN_TYPE",
                        written.place(),
                        ConfigPath.child(path, ConfigSpec.TYPE),
                        "there is no " + owner + " type " + shown + remark)
                .expected("one of " + String.join(", ", field.allowed()))
                .suggestion(NearestName.of(type, field.allowed()));
    }

    private static boolean isSound(Object value) {
        if (value instanceof BoundSettings group) {
            return group.isSound();
        }
        if (value instanceof List<?> list) {
            return list.stream().allMatch(Binder::isSound);
        }
        return !(value instanceof Map<?, ?> map) || map.values().stream().allMatch(Binder::isSound);
    }

    private static Optional<String> type(Node group, ConfigSpec spec) {
        Optional<Node> written = group.child(ConfigSpec.TYPE);
        if (written.isPresent()) {
            return written.filter(node -> node.kind() == Kind.TEXT).map(Node::text);
        }
        return spec.field(ConfigSpec.TYPE).flatMap(ConfigField::defaultText);
    }

    private void unknown(Node group, ConfigSpec spec, String path, String owner) {
        List<String> known = spec.fields().stream().map(ConfigField::name).toList();
        group.children().forEach((key, value) -> {
            if (!known.contains(key)) {
                Optional<String> near = NearestName.of(key, known);
                Problems.Entry problem = problems.error(
                                "UNKNOWN_SETTING",
                                value.key(),
                                ConfigPath.child(path, key),
                                "is not a setting of " + owner)
                        .suggestion(near);
                if (near.isEmpty()) {
                    problem.expected(
                            "one of " + String.join(", ", known.subList(0, Math.min(known.size(), MAX_NAMES_SHOWN))));
                }
            }
        });
    }

    private Optional<Object> setting(Node group, ConfigField field, String path, String owner) {
        String at = ConfigPath.child(path, field.name());
        Optional<Node> written = group.child(field.name());
        if (written.isEmpty()) {
            if (field.required()) {
                problems.error("MISSING_SETTING", group.key(), at, "is missing from " + owner)
                        .expected(field.doc() + example(field));
            }
            return field.nested().isPresent()
                    ? Optional.empty()
                    : field.defaultText().map(text -> SettingValue.defaultOf(field));
        }
        Node node = written.get();
        if (field.nested().isEmpty()) {
            return values.of(field, node, at);
        }
        ConfigSpec nested = field.nested().get();
        return switch (field.type()) {
            case SECTION ->
                group(field.hasShortForm() ? inFull(node) : node, at)
                        .map(inner -> bind(inner, nested, at, ownerOf(field, nested)));
            case SECTION_LIST -> list(field, node, nested, at);
            default -> map(field, node, nested, at);
        };
    }

    private static String example(ConfigField field) {
        return field.example()
                .map(text -> " Example: " + field.name() + " = " + text)
                .orElse("");
    }

    private static String ownerOf(ConfigField field, ConfigSpec nested) {
        String name = field.name();
        if (nested.variants().isEmpty()) {
            return "the group " + name;
        }
        return singular(name);
    }

    /** A word in the place of a group is its type. */
    private static Node inFull(Node node) {
        return node.kind() == Kind.TEXT
                ? Node.group(node.place(), Map.of(ConfigSpec.TYPE, node)).under(node.key())
                : node;
    }

    private Optional<Node> group(Node node, String path) {
        if (node.kind() == Kind.GROUP) {
            return Optional.of(node);
        }
        if (node.kind() != Kind.UNKNOWN) {
            problems.error(
                            "WRONG_TYPE",
                            node.place(),
                            path,
                            "found " + (node.kind() == Kind.LIST ? "a list" : "a text"))
                    .expected("a group of settings");
        }
        return Optional.empty();
    }

    /** A list of groups; where they have ids, they may also be written under them. */
    private Optional<Object> list(ConfigField field, Node node, ConfigSpec nested, String path) {
        List<BoundSettings> bound = new ArrayList<>();
        String owner = ownerOf(field, nested);
        if (node.kind() == Kind.GROUP && nested.field(ID).isPresent()) {
            node.children().forEach((id, item) -> {
                String at = ConfigPath.child(path, id);
                if (item.kind() == Kind.NOTHING) {
                    return;
                }
                group(item, at)
                        .map(inner -> withId(inner, id, at))
                        .ifPresent(inner -> bound.add(bind(inner, nested, at, owner)));
            });
            return Optional.of(bound);
        }
        if (node.kind() != Kind.LIST) {
            if (node.kind() != Kind.UNKNOWN) {
                problems.error("WRONG_TYPE", node.place(), path, "is not a list of groups of settings")
                        .expected("[ { ... }, { ... } ]"
                                + (nested.field(ID).isPresent() ? ", or groups by their ids: { ID { ... } }" : ""));
            }
            return Optional.empty();
        }
        for (int i = 0; i < node.items().size(); i++) {
            String at = ConfigPath.item(path, i);
            group(node.items().get(i), at).ifPresent(inner -> bound.add(bind(inner, nested, at, owner)));
        }
        return Optional.of(bound);
    }

    private Node withId(Node group, String id, String path) {
        Map<String, Node> children = new LinkedHashMap<>(group.children());
        Node written = children.put(ID, Node.text(group.key(), id));
        if (written != null && !(written.kind() == Kind.TEXT && written.text().equals(id))) {
            problems.error(
                            "WRITTEN_TWICE",
                            written.place(),
                            ConfigPath.child(path, ID),
                            "the name of the group is its id")
                    .fix("leave id out, or write a list");
        }
        return Node.group(group.place(), children).under(group.key());
    }

    private Optional<Object> map(ConfigField field, Node node, ConfigSpec nested, String path) {
        return group(node, path).map(groups -> {
            Map<String, BoundSettings> bound = new LinkedHashMap<>();
            groups.children().forEach((name, item) -> {
                String at = ConfigPath.child(path, name);
                if (item.kind() != Kind.NOTHING) {
                    group(item, at)
                            .ifPresent(inner -> bound.put(
                                    name, bind(inner, nested, at, singular(field.name()) + " \"" + name + "\"")));
                }
            });
            return bound;
        });
    }

    private static String singular(String name) {
        return name.endsWith("s") ? name.substring(0, name.length() - 1) : name;
    }
}
