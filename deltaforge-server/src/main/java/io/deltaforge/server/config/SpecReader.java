package io.deltaforge.server.config;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.config.ConfigField;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.server.config.finding.Problems;
import io.deltaforge.server.config.finding.SourceText;
import io.deltaforge.server.config.text.ConfigFiles;
import io.deltaforge.server.config.text.Node;
import io.deltaforge.server.config.text.References;
import io.deltaforge.server.plugin.Plugins;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.UnaryOperator;

/**
 * Reads single pipelines that come over the API or were kept from there: what a configuration file may say of one, in the same
 * words, with the same findings; of variables and files only those that the configuration file allows. Safe from any thread.
 */
public final class SpecReader {

    private static final String PIPELINES = "pipelines";
    private static final String ID = "id";
    private static final Set<String> BY_ID = Set.of("sinks", "processors");

    private final Plugins plugins;
    private final UnaryOperator<String> environment;
    private final References allowed;
    private final ConfigSpec spec;

    /**
     * Makes a reader.
     *
     * @param plugins what a pipeline may name
     * @param environment the value of a variable, or null
     * @param allowed which variables and files may be asked for
     */
    public SpecReader(Plugins plugins, UnaryOperator<String> environment, References allowed) {
        this.plugins = requireNonNull(plugins, "plugins is null");
        this.environment = requireNonNull(environment, "environment is null");
        this.allowed = requireNonNull(allowed, "allowed is null");
        this.spec = ConfigSpec.of(
                "A pipeline.",
                ConfigField.sectionMap(PIPELINES, ConfigReference.pipeline(plugins))
                        .withRequired());
    }

    /**
     * Reads a text: {@code pipelines { NAME { ... } }}, or a document of the original.
     *
     * @param name stands for a file in the findings; its ending says the syntax: .conf, .yaml or .json
     * @param text the text
     * @return the pipeline in it
     * @throws InvalidConfig with everything that is wrong
     */
    public PipelineSpec read(String name, String text) {
        Problems problems = new Problems();
        Node tree = new ConfigFiles(environment, allowed, problems).read(new SourceText(name, text));
        Optional<ServerConfig.Pipeline> pipeline = Optional.empty();
        if (problems.errors() == 0 || !tree.children().isEmpty()) {
            pipeline = bind(tree, problems);
        }
        if (problems.errors() > 0 || pipeline.isEmpty()) {
            throw new InvalidConfig(problems.findings());
        }
        Node kept = new ConfigFiles(environment, References.KEPT, new Problems()).read(new SourceText(name, text));
        Node written =
                kept.children().get(PIPELINES).children().get(pipeline.get().name());
        return new PipelineSpec(document(written), pipeline.get(), problems.findings());
    }

    /**
     * Reads a pipeline that was kept.
     *
     * @param file stands for a file in the findings; ends with .json
     * @param name the pipeline's name
     * @param document its settings as they were written
     * @return the pipeline
     * @throws InvalidConfig with everything that is wrong
     */
    public PipelineSpec read(String file, String name, Map<String, Object> document) {
        return read(file, PipelineSpec.text(Map.of(PIPELINES, Map.of(name, document))));
    }

    private Optional<ServerConfig.Pipeline> bind(Node tree, Problems problems) {
        BoundSettings root = new Binder(problems, plugins::remark).bind(tree, spec, "", "what comes over the API");
        Map<String, BoundSettings> groups = root.groupsByName(PIPELINES);
        if (groups.size() != 1) {
            if (problems.errors() == 0) {
                problems.error(
                                "NOT_ONE_PIPELINE",
                                root.place(PIPELINES),
                                PIPELINES,
                                "found " + groups.size() + " pipelines")
                        .expected("one, as pipelines { NAME { ... } }");
            }
            return Optional.empty();
        }
        Map.Entry<String, BoundSettings> only = groups.entrySet().iterator().next();
        only.getValue().literalSecrets().forEach((path, place) -> problems.warning(
                        "LITERAL_SECRET", place, path, "is kept in the data directory as it is written")
                .fix("write ${NAME} or ${file:/PATH} in its place, and allow it in deltaforge.api.references"));
        return new PipelineReader(only.getKey(), only.getValue(), plugins, problems).read();
    }

    private static Map<String, Object> document(Node pipeline) {
        Map<String, Object> document = new LinkedHashMap<>();
        pipeline.children().forEach((key, node) -> {
            if (node.kind() == Node.Kind.LIST && BY_ID.contains(key)) {
                document.put(key, byId(node));
            } else if (node.kind() != Node.Kind.NOTHING) {
                document.put(key, value(node));
            }
        });
        return document;
    }

    /** Groups under their ids, so that a change can name one of them; as they are where two have none of their own. */
    private static Object byId(Node list) {
        Map<String, Object> groups = new LinkedHashMap<>();
        for (Node item : list.items()) {
            String id = item.child(ID)
                    .or(() -> item.child(ConfigSpec.TYPE))
                    .filter(node -> node.kind() == Node.Kind.TEXT)
                    .map(Node::text)
                    .orElse("");
            if (!(value(item) instanceof Map<?, ?> group) || id.contains("${") || groups.containsKey(id)) {
                return value(list);
            }
            Map<Object, Object> rest = new LinkedHashMap<>(group);
            rest.remove(ID);
            groups.put(id, rest);
        }
        return groups;
    }

    private static Object value(Node node) {
        return switch (node.kind()) {
            case GROUP -> {
                Map<String, Object> group = new LinkedHashMap<>();
                node.children().forEach((key, child) -> {
                    if (child.kind() != Node.Kind.NOTHING) {
                        group.put(key, value(child));
                    }
                });
                yield group;
            }
            case LIST -> {
                List<Object> items = new ArrayList<>();
                node.items().forEach(item -> items.add(value(item)));
                yield items;
            }
            case TEXT -> node.text();
            case NOTHING, UNKNOWN -> null;
        };
    }

    /**
     * Changes a document as a JSON merge patch says (RFC 7396): null removes, groups are merged, everything else is replaced.
     * Sinks and processors are groups under their ids.
     *
     * @param document the document, not changed
     * @param patch the patch
     * @return the changed document
     */
    public static Map<String, Object> merged(Map<String, Object> document, Map<?, ?> patch) {
        Map<String, Object> merged = new LinkedHashMap<>(document);
        patch.forEach((key, change) -> {
            String name = key.toString();
            if (change == null) {
                merged.remove(name);
            } else if (change instanceof Map<?, ?> group) {
                merged.put(name, merged(group(merged.get(name)), group));
            } else {
                merged.put(name, change);
            }
        });
        return merged;
    }

    private static Map<String, Object> group(Object value) {
        Map<String, Object> group = new LinkedHashMap<>();
        if (value instanceof Map<?, ?> known) {
            known.forEach((key, inner) -> group.put(key.toString(), inner));
        }
        return group;
    }
}
