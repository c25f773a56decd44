package io.deltaforge.server.config.text;

import io.deltaforge.server.config.finding.Place;
import io.deltaforge.server.config.finding.Problems;
import io.deltaforge.server.config.finding.SourceText;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.snakeyaml.engine.v2.api.LoadSettings;
import org.snakeyaml.engine.v2.api.lowlevel.Compose;
import org.snakeyaml.engine.v2.exceptions.Mark;
import org.snakeyaml.engine.v2.exceptions.MarkedYamlEngineException;
import org.snakeyaml.engine.v2.exceptions.YamlEngineException;
import org.snakeyaml.engine.v2.nodes.MappingNode;
import org.snakeyaml.engine.v2.nodes.NodeTuple;
import org.snakeyaml.engine.v2.nodes.ScalarNode;
import org.snakeyaml.engine.v2.nodes.SequenceNode;
import org.snakeyaml.engine.v2.nodes.Tag;

/** Reads YAML documents. Used once. */
final class YamlText {

    /** More values than anybody writes; aliases of aliases can make many out of a few. */
    private static final int MAX_VALUES = 100_000;

    private final SourceText source;
    private final Variables variables;
    private final Problems problems;
    private int values;

    YamlText(SourceText source, Variables variables, Problems problems) {
        this.source = source;
        this.variables = variables;
        this.problems = problems;
    }

    /** Returns the documents that can be understood; problems name what cannot. */
    List<Node> read() {
        List<Node> documents = new ArrayList<>();
        try {
            LoadSettings settings =
                    LoadSettings.builder().setLabel(source.name()).build();
            for (org.snakeyaml.engine.v2.nodes.Node document :
                    new Compose(settings).composeAllFromString(source.text())) {
                if (!isNull(document)) {
                    documents.add(node(document, 0));
                }
            }
            hideComments();
            source.setUnderstood();
        } catch (MarkedYamlEngineException e) {
            Place place = e.getProblemMark().map(this::lineOf).orElse(source.whole());
            problems.error("SYNTAX", place, "", "the text cannot be parsed: " + withoutValues(e))
                    .fix("texts with any of : # { } [ ] , & * or a leading @ or % belong in quotes; indent with"
                            + " spaces");
        } catch (YamlEngineException | StackOverflowError e) {
            problems.error("SYNTAX", source.whole(), "", "the text cannot be parsed as YAML");
        }
        return documents;
    }

    /** What a parser quotes from the file may be a part of a secret. */
    private static String withoutValues(MarkedYamlEngineException e) {
        String problem = e.getProblem() == null ? "" : e.getProblem();
        return problem.replaceAll("'[^']{2,}'|\"[^\"]{2,}\"|\\([^)]*\\)", "...");
    }

    private Node node(org.snakeyaml.engine.v2.nodes.Node written, int depth) {
        Place place = place(written);
        if (++values > MAX_VALUES || depth > HoconScan.MAX_DEPTH || written.isRecursive()) {
            if (values <= MAX_VALUES || values == MAX_VALUES + 1) {
                problems.error("TOO_DEEP", place, "", "lists and groups go too deep, or there are too many values");
            }
            return Node.unknown(place);
        }
        if (written instanceof MappingNode mapping) {
            return group(mapping, place, depth);
        }
        if (written instanceof SequenceNode sequence) {
            List<Node> items = new ArrayList<>();
            for (org.snakeyaml.engine.v2.nodes.Node item : sequence.getValue()) {
                items.add(node(item, depth + 1));
            }
            return Node.list(place, items);
        }
        source.hide(place.start(), place.end());
        return isNull(written) ? Node.nothing(place) : variables.fill(place, ((ScalarNode) written).getValue());
    }

    private Node group(MappingNode mapping, Place place, int depth) {
        Map<String, Node> children = new LinkedHashMap<>();
        for (NodeTuple tuple : mapping.getValue()) {
            Place key = place(tuple.getKeyNode());
            if (!(tuple.getKeyNode() instanceof ScalarNode name)) {
                problems.error("SYNTAX", key, "", "the name of a setting is not a text");
                continue;
            }
            Node child = node(tuple.getValueNode(), depth + 1).under(key);
            Node first = children.putIfAbsent(name.getValue(), child);
            if (first != null) {
                problems.error(
                                "WRITTEN_TWICE",
                                key,
                                name.getValue(),
                                "is written twice, first in line " + first.key().line())
                        .fix("remove one of them");
            }
        }
        return Node.group(place, children);
    }

    private static boolean isNull(org.snakeyaml.engine.v2.nodes.Node node) {
        return node instanceof ScalarNode scalar && scalar.getTag().equals(Tag.NULL);
    }

    private Place place(org.snakeyaml.engine.v2.nodes.Node node) {
        int start = node.getStartMark().map(this::offset).orElse(0);
        int end = node.getEndMark().map(this::offset).orElse(start);
        while (end > start + 1 && Character.isWhitespace(source.text().charAt(end - 1))) {
            end--;
        }
        return new Place(
                source, start, Math.max(end, Math.min(start + 1, source.text().length())));
    }

    private int offset(Mark mark) {
        return source.offset(mark.getLine(), mark.getColumn());
    }

    private Place lineOf(Mark mark) {
        return source.line(mark.getLine() + 1L);
    }

    /** A comment starts with a sharp after white space; one within a value is a part of it. */
    private void hideComments() {
        String text = source.text();
        for (int at = text.indexOf('#'); at >= 0; at = text.indexOf('#', at + 1)) {
            if (at == 0 || Character.isWhitespace(text.charAt(at - 1))) {
                int end = text.indexOf('\n', at);
                source.hide(at, end < 0 ? text.length() : end);
            }
        }
    }
}
