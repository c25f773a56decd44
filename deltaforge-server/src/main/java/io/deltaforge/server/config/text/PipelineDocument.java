package io.deltaforge.server.config.text;

import io.deltaforge.api.config.NearestName;
import io.deltaforge.server.config.finding.Problems;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.IntStream;

/**
 * One document of the original DeltaForge: {@code apiVersion, kind, metadata, spec}. It is turned into a group
 * {@code pipelines.<name>}. What it may hold and does nothing here is a closed list, with a warning for each; everything else
 * that is not known is an error.
 */
final class PipelineDocument {

    private static final Set<String> PARTS = Set.of("apiVersion", "kind", "metadata", "spec");

    /** Accepted without a word, as the original did. */
    private static final Set<String> METADATA = Set.of("name", "tenant", "labels", "annotations");

    /** What is known and does nothing here, with the reason. */
    private static final Map<String, String> IN_METADATA = Map.of(
            "tenant", "events carry no tenant_id",
            "labels", "pipelines are found by their names",
            "annotations", "nothing reads them");

    private static final Map<String, String> IN_SPEC = Map.of(
            "sharding", "one process runs a pipeline, as in the original, which did not read it either",
            "connection_policy",
                    "each source has connections of its own, as in the original, which did not read it either",
            "schema_sensing", "schemas come from the database and are not guessed");

    private static final Map<String, String> IN_SOURCE = Map.of(
            "start_position", "a new pipeline starts where its slot was made; the original did not read it either",
            "on_schema_drift", "a changed table is followed with the columns that the log describes");

    private static final Map<String, String> IN_SINK =
            Map.of("filter", "there are no synthetic events here; use a processor of type filter for others");

    private final Node document;
    private final Problems problems;

    PipelineDocument(Node document, Problems problems) {
        this.document = document;
        this.problems = problems;
    }

    /** Returns whether a document has the shape of the original's. */
    static boolean is(Node document) {
        return document.children().containsKey("spec") || document.children().containsKey("metadata");
    }

    /** Returns the pipeline under its name; empty when it has none. */
    Map<String, Node> pipeline() {
        document.children().forEach((name, value) -> {
            if (!PARTS.contains(name)) {
                problems.error("UNKNOWN_SETTING", value.key(), name, "is not a part of a pipeline's document")
                        .expected("apiVersion, kind, metadata, spec")
                        .suggestion(NearestName.of(name, PARTS));
            }
        });
        Optional<Node> name = name();
        Optional<Node> spec = group("spec");
        if (name.isEmpty() || spec.isEmpty()) {
            return Map.of();
        }
        String path = ConfigPath.child("pipelines", name.get().text());
        Map<String, Node> pipeline = new LinkedHashMap<>();
        spec.get().children().forEach((key, value) -> {
            if (IN_SPEC.containsKey(key)) {
                inactive(ConfigPath.child(path, key), value, IN_SPEC.get(key));
            } else {
                pipeline.put(key, plugins(key, value, path));
            }
        });
        return Map.of(
                name.get().text(),
                Node.group(spec.get().place(), pipeline).under(name.get().place()));
    }

    private Optional<Node> group(String part) {
        Optional<Node> found = document.child(part);
        if (found.isEmpty()) {
            problems.error("MISSING_SETTING", document.place(), part, "is missing from the document");
        } else if (found.get().kind() != Node.Kind.GROUP) {
            if (found.get().kind() != Node.Kind.UNKNOWN) {
                problems.error("WRONG_TYPE", found.get().place(), part, "is not a group of settings");
            }
            return Optional.empty();
        }
        return found;
    }

    private Optional<Node> name() {
        Optional<Node> metadata = group("metadata");
        if (metadata.isEmpty()) {
            return Optional.empty();
        }
        metadata.get().children().forEach((key, value) -> {
            String path = "metadata." + key;
            if (IN_METADATA.containsKey(key)) {
                inactive(path, value, IN_METADATA.get(key));
            } else if (!METADATA.contains(key)) {
                problems.error("UNKNOWN_SETTING", value.key(), path, "is not known in metadata")
                        .expected("name, tenant, labels, annotations")
                        .suggestion(NearestName.of(key, METADATA));
            }
        });
        Optional<Node> name = metadata.get().child("name");
        if (name.isEmpty()) {
            problems.error("MISSING_SETTING", metadata.get().key(), "metadata.name", "is missing: the pipeline's name");
        } else if (name.get().kind() == Node.Kind.TEXT) {
            name.get().place().source().show(name.get().place());
            return name;
        } else if (name.get().kind() != Node.Kind.UNKNOWN) {
            problems.error("WRONG_TYPE", name.get().place(), "metadata.name", "is not a text");
        }
        return Optional.empty();
    }

    private Node plugins(String key, Node value, String path) {
        String place = ConfigPath.child(path, key);
        return switch (key) {
            case "source" -> plugin(value, place, IN_SOURCE);
            case "processors", "sinks" -> {
                Map<String, String> unused = key.equals("sinks") ? IN_SINK : Map.of();
                List<Node> items = value.items();
                yield value.kind() != Node.Kind.LIST
                        ? value
                        : Node.list(
                                        value.place(),
                                        IntStream.range(0, items.size())
                                                .mapToObj(i -> plugin(items.get(i), ConfigPath.item(place, i), unused))
                                                .toList())
                                .under(value.key());
            }
            default -> value;
        };
    }

    /** The original keeps settings of a plugin in a group {@code config}; here they stand beside the type. */
    private Node plugin(Node plugin, String path, Map<String, String> unused) {
        if (plugin.kind() != Node.Kind.GROUP) {
            return plugin;
        }
        Map<String, Node> flat = new LinkedHashMap<>();
        plugin.children().forEach((key, value) -> {
            if (key.equals("config") && value.kind() == Node.Kind.GROUP) {
                value.children().forEach((inner, setting) -> put(inner, setting, path, unused, flat));
            } else {
                put(key, value, path, unused, flat);
            }
        });
        return Node.group(plugin.place(), flat).under(plugin.key());
    }

    private void put(String key, Node value, String path, Map<String, String> unused, Map<String, Node> flat) {
        String place = ConfigPath.child(path, key);
        if (unused.containsKey(key)) {
            inactive(place, value, unused.get(key));
        } else if (key.equals("snapshot") && isNever(value)) {
            return;
        } else if (key.equals("snapshot") || key.equals("outbox")) {
            problems.error(
                            "NOT_AVAILABLE",
                            value.key(),
                            place,
                            "is not available yet, and leaving it out would change what" + " is delivered")
                    .fix(
                            key.equals("snapshot")
                                    ? "remove it, or write snapshot: { mode: never }"
                                    : "remove it, and expect plain change events");
        } else {
            Node first = flat.putIfAbsent(key, value);
            if (first != null) {
                problems.error(
                                "WRITTEN_TWICE",
                                value.key(),
                                place,
                                "is written twice, first in line " + first.key().line())
                        .fix("keep the one in config");
            }
        }
    }

    private static boolean isNever(Node snapshot) {
        return snapshot.child("mode")
                .filter(mode -> mode.kind() == Node.Kind.TEXT && mode.text().equals("never"))
                .isPresent();
    }

    private void inactive(String path, Node value, String reason) {
        problems.warning("INACTIVE_SETTING", value.key(), path, "is accepted and does nothing: " + reason);
    }
}
