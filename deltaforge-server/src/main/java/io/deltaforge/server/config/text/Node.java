package io.deltaforge.server.config.text;

import static java.util.Objects.requireNonNull;

import io.deltaforge.server.config.finding.Place;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** A value as it is written, whatever the syntax, with its place. Immutable. */
public final class Node {

    /** What is written. */
    public enum Kind {
        /** Names with values. */
        GROUP,
        /** Values in order. */
        LIST,
        /** A text, a number or a truth value; what it is, is for the setting to say. */
        TEXT,
        /** The word null, or an optional variable that is not set: as if nothing was written. */
        NOTHING,
        /** A value that could not be found out; that is a problem already. */
        UNKNOWN
    }

    private final Kind kind;
    private final Place key;
    private final Place place;
    private final String text;
    private final boolean filledIn;
    private final Map<String, Node> children;
    private final List<Node> items;

    private Node(
            Kind kind,
            Place key,
            Place place,
            String text,
            boolean filledIn,
            Map<String, Node> children,
            List<Node> items) {
        this.kind = kind;
        this.key = requireNonNull(key, "key is null");
        this.place = requireNonNull(place, "place is null");
        this.text = text;
        this.filledIn = filledIn;
        this.children = children;
        this.items = items;
    }

    /**
     * Names with values.
     *
     * @param place where they are written
     * @param children the values by name, in the order of the text
     * @return the group
     */
    public static Node group(Place place, Map<String, Node> children) {
        return new Node(
                Kind.GROUP,
                place,
                place,
                null,
                false,
                Collections.unmodifiableMap(new LinkedHashMap<>(children)),
                List.of());
    }

    static Node list(Place place, List<Node> items) {
        return new Node(Kind.LIST, place, place, null, false, Map.of(), List.copyOf(items));
    }

    /**
     * A text.
     *
     * @param place where it is written
     * @param text what it says
     * @return the text
     */
    public static Node text(Place place, String text) {
        return text(place, text, false);
    }

    static Node text(Place place, String text, boolean filledIn) {
        return new Node(Kind.TEXT, place, place, text, filledIn, Map.of(), List.of());
    }

    static Node nothing(Place place) {
        return new Node(Kind.NOTHING, place, place, null, false, Map.of(), List.of());
    }

    static Node unknown(Place place) {
        return new Node(Kind.UNKNOWN, place, place, null, false, Map.of(), List.of());
    }

    /**
     * Returns this value under a name that is written somewhere.
     *
     * @param name where its name is written
     * @return the value with the place of its name
     */
    public Node under(Place name) {
        return new Node(kind, name, place, text, filledIn, children, items);
    }

    /**
     * Returns what is written.
     *
     * @return the kind
     */
    public Kind kind() {
        return kind;
    }

    /**
     * Returns where the name of the value is written.
     *
     * @return the place of the name, or of the value where there is no name
     */
    public Place key() {
        return key;
    }

    /**
     * Returns where the value is written.
     *
     * @return the place
     */
    public Place place() {
        return place;
    }

    /**
     * Returns the text with its variables filled in.
     *
     * @return the text of a {@link Kind#TEXT}
     */
    public String text() {
        return requireNonNull(text, "not a text");
    }

    /**
     * Returns the text as a message may show it: what was filled in from the environment or a file is not shown.
     *
     * @return the text, or what is written in its place
     */
    public String shown() {
        return filledIn ? place.text() : text();
    }

    /**
     * Returns whether some of the text is not written there, but in the environment or a file.
     *
     * @return true for a {@link Kind#TEXT} with variables
     */
    public boolean isFilledIn() {
        return filledIn;
    }

    /**
     * Returns a value of a group.
     *
     * @param name its name
     * @return the value, empty when it is not written or is nothing
     */
    public Optional<Node> child(String name) {
        return Optional.ofNullable(children.get(name)).filter(child -> child.kind != Kind.NOTHING);
    }

    /**
     * Returns the values of a group.
     *
     * @return values by name in the order of the text; empty for other kinds
     */
    public Map<String, Node> children() {
        return children;
    }

    /**
     * Returns the values of a list.
     *
     * @return the values in order; empty for other kinds
     */
    public List<Node> items() {
        return items;
    }

    /**
     * Finds the value at a path, or the innermost one around it.
     *
     * @param path the path from here, as in {@link ConfigPath}
     * @return the value
     */
    public Node nearest(String path) {
        Node at = this;
        List<String> steps = ConfigPath.steps(path);
        for (int i = 0; i < steps.size(); i++) {
            String step = steps.get(i);
            Node next = at.children.get(step);
            if (next == null && at.kind == Kind.LIST && step.matches("\\d{1,9}")) {
                int index = Integer.parseInt(step);
                next = index < at.items.size() ? at.items.get(index) : null;
            }
            if (next == null) {
                next = at.children.get(String.join(".", new ArrayList<>(steps.subList(i, steps.size()))));
                return next == null ? at : next;
            }
            at = next;
        }
        return at;
    }

    /** Names the kind, since a value may be a secret. */
    @Override
    public String toString() {
        return kind + (kind == Kind.GROUP ? children.keySet().toString() : "");
    }
}
