package io.deltaforge.server.config.text;

import com.typesafe.config.ConfigSyntax;
import io.deltaforge.server.config.finding.Place;
import io.deltaforge.server.config.finding.Problems;
import io.deltaforge.server.config.finding.SourceText;
import java.io.IOException;
import java.nio.charset.CharacterCodingException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;

/**
 * Reads files and directories into one tree. The syntax is the end of the name: {@code .conf} and {@code .hocon} are HOCON,
 * {@code .yaml} and {@code .yml} YAML, {@code .json} JSON. Used once.
 */
public final class ConfigFiles {

    private static final int MAX_BYTES = 1 << 20;
    private static final List<String> ENDINGS = List.of(".conf", ".hocon", ".yaml", ".yml", ".json");

    private final Problems problems;
    private final Variables variables;
    private final Map<String, Node> root = new LinkedHashMap<>();
    private final Map<String, Node> pipelines = new LinkedHashMap<>();
    private Place pipelinesKey;
    private SourceText first;

    /**
     * Makes a reader.
     *
     * @param environment the value of a variable of the environment, or null
     * @param problems where to say what is wrong
     */
    public ConfigFiles(UnaryOperator<String> environment, Problems problems) {
        this(environment, References.ANY, problems);
    }

    /**
     * Makes a reader.
     *
     * @param environment the value of a variable of the environment, or null
     * @param allowed which variables and files may be asked for
     * @param problems where to say what is wrong
     */
    public ConfigFiles(UnaryOperator<String> environment, References allowed, Problems problems) {
        this.problems = problems;
        this.variables = new Variables(environment, allowed, problems);
    }

    /**
     * Makes a reader for texts of somebody who is to see neither files nor the environment.
     *
     * @param problems where to say what is wrong
     * @return a reader that fills no variable in and includes nothing
     */
    public static ConfigFiles withoutSurroundings(Problems problems) {
        return new ConfigFiles(null, problems);
    }

    /**
     * Reads files, and all configurations in directories.
     *
     * @param paths files and directories
     * @return one group with everything; problems name what is wrong
     */
    public Node read(List<Path> paths) {
        for (Path path : paths) {
            for (Path file : files(path)) {
                readable(file)
                        .ifPresent(source -> read(
                                source,
                                Optional.ofNullable(file.toAbsolutePath().getParent())));
            }
        }
        return merged();
    }

    /**
     * Reads a text that is in no file.
     *
     * @param source the text; the end of its name says the syntax
     * @return one group with everything
     */
    public Node read(SourceText source) {
        read(source, Optional.empty());
        return merged();
    }

    private Node merged() {
        if (first == null) {
            first = new SourceText("", "");
        }
        if (pipelinesKey != null) {
            root.putIfAbsent("pipelines", Node.group(pipelinesKey, pipelines).under(pipelinesKey));
        }
        return Node.group(first.whole(), root);
    }

    private List<Path> files(Path path) {
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        try (Stream<Path> listed = Files.list(path)) {
            List<Path> files = listed.filter(
                            file -> ENDINGS.contains(ending(file.toString())) && Files.isRegularFile(file))
                    .sorted()
                    .toList();
            if (files.isEmpty()) {
                notUsable(path, "has no configuration in it").fix("put *.conf, *.yaml, *.yml or *.json files into it");
            }
            return files;
        } catch (IOException e) {
            notUsable(path, "cannot be read");
            return List.of();
        }
    }

    private Problems.Entry notUsable(Path path, String fault) {
        return problems.error("NO_CONFIGURATION", new SourceText(path.toString(), "").whole(), "", fault);
    }

    private Optional<SourceText> readable(Path file) {
        try {
            if (!Files.isRegularFile(file)) {
                notUsable(file, Files.exists(file) ? "is not a file" : "does not exist");
            } else if (Files.size(file) > MAX_BYTES) {
                notUsable(file, "is too large").expected("at most " + MAX_BYTES + " bytes");
            } else {
                return Optional.of(new SourceText(file.toString(), Files.readString(file)));
            }
        } catch (CharacterCodingException e) {
            notUsable(file, "is not UTF-8 text");
        } catch (IOException e) {
            notUsable(file, "cannot be read");
        }
        return Optional.empty();
    }

    /** Reads a file that another one included. */
    static Optional<SourceText> text(Path file) {
        try {
            return Optional.of(new SourceText(file.toString(), Files.readString(file)));
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    private static String ending(String name) {
        int dot = name.lastIndexOf('.');
        return dot < 0 ? "" : name.substring(dot).toLowerCase(Locale.ROOT);
    }

    private void read(SourceText source, Optional<Path> directory) {
        if (first == null) {
            first = source;
        }
        List<Node> documents =
                switch (ending(source.name())) {
                    case ".yaml", ".yml" -> new YamlText(source, variables, problems).read();
                    case ".json" -> hocon(source, directory, ConfigSyntax.JSON);
                    default -> hocon(source, directory, ConfigSyntax.CONF);
                };
        documents.forEach(this::add);
    }

    private List<Node> hocon(SourceText source, Optional<Path> directory, ConfigSyntax syntax) {
        List<Node> documents = new ArrayList<>();
        new HoconText(source, directory, variables, problems).read(syntax).ifPresent(documents::add);
        return documents;
    }

    private void add(Node document) {
        if (document.kind() != Node.Kind.GROUP) {
            problems.error("WRONG_TYPE", document.place(), "", "the text is not a group of settings");
            return;
        }
        if (PipelineDocument.is(document)) {
            new PipelineDocument(document, problems).pipeline().forEach(this::addPipeline);
            return;
        }
        document.children().forEach((name, value) -> {
            if (EventFields.isRoot(name)) {
                problems.error("RESERVED_NAME", value.key(), name, "names a field of the event and cannot be set here")
                        .expected(
                                "templates such as ${source.table} are filled in for each event; a setting of that name"
                                        + " would take their place")
                        .fix("pipelines belong under pipelines.<name>");
            } else if (name.equals("pipelines") && value.kind() == Node.Kind.GROUP) {
                pipelinesKey = pipelinesKey == null ? value.key() : pipelinesKey;
                value.children().forEach(this::addPipeline);
            } else if (root.putIfAbsent(name, value) != null) {
                twice(name, value, root.get(name), "there is one group " + name + " for all files");
            }
        });
    }

    private void addPipeline(String name, Node pipeline) {
        pipelinesKey = pipelinesKey == null ? pipeline.key() : pipelinesKey;
        Node other = pipelines.putIfAbsent(name, pipeline);
        if (other != null) {
            twice(ConfigPath.child("pipelines", name), pipeline, other, "each pipeline needs a name of its own");
        }
    }

    private void twice(String path, Node second, Node other, String rule) {
        Place at = other.key();
        problems.error(
                        "WRITTEN_TWICE",
                        second.key(),
                        path,
                        "is written twice, first in " + at.source().name() + ":" + at.line() + ":" + at.column())
                .fix("rename or remove one of them; " + rule);
    }
}
