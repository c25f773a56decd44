package io.deltaforge.server.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigValueFactory;
import io.deltaforge.api.config.ConfigField;
import io.deltaforge.api.config.ConfigField.Type;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.NearestName;
import io.deltaforge.api.config.Secret;
import io.deltaforge.server.config.finding.Problems;
import io.deltaforge.server.config.finding.SourceText;
import io.deltaforge.server.config.text.ConfigFiles;
import io.deltaforge.server.config.text.ConfigPath;
import io.deltaforge.server.config.text.Node;
import io.deltaforge.server.config.text.Node.Kind;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/** Turns what is written into what a field asks for, all but groups of settings. What does not fit becomes a problem. */
final class SettingValue {

    private static final Pattern WHOLE = Pattern.compile("[+-]?\\d{1,19}");
    private static final Pattern WITH_UNIT = Pattern.compile("\\d{1,18}(\\.\\d{1,9})?\\s*[A-Za-z]{1,12}");
    private static final Pattern CREDENTIALS = Pattern.compile("://[^@/\\s]*@");
    private static final int MAX_SHOWN = 60;

    private final Problems problems;

    SettingValue(Problems problems) {
        this.problems = problems;
    }

    /** Returns the value, or empty when it does not fit; a problem says why. */
    Optional<Object> of(ConfigField field, Node node, String path) {
        if (node.kind() == Kind.UNKNOWN) {
            return Optional.empty();
        }
        return switch (field.type()) {
            case STRING -> text(field, node, path, "a text").map(text -> text);
            case SECRET ->
                text(field, node, path, "a text").map(text -> {
                    problems.keepSecret(text);
                    return new Secret(text);
                });
            case INTEGER -> integer(field, node, path).map(number -> number);
            case BOOLEAN -> bool(field, node, path).map(bool -> bool);
            case ENUM -> word(field, node, path).map(word -> word);
            case STRING_LIST -> texts(field, node, path).map(texts -> texts);
            case STRING_MAP -> map(field, node, path).map(map -> map);
            case SECTION, SECTION_LIST, SECTION_MAP -> throw new IllegalArgumentException(path + " is a group");
        };
    }

    /** Returns the default of a field, from the text that would be written in a file. */
    static Object defaultOf(ConfigField field) {
        Problems problems = new Problems();
        SourceText text = new SourceText(
                "default.conf", "value = " + quoted(field, field.defaultText().orElseThrow()));
        Node node =
                new ConfigFiles(name -> null, problems).read(text).children().get("value");
        return Optional.ofNullable(node)
                .flatMap(value -> new SettingValue(problems).of(field, value, field.name()))
                .orElseThrow(() -> new IllegalArgumentException(
                        "the default of " + field + " does not fit: " + problems.findings()));
    }

    private static String quoted(ConfigField field, String text) {
        boolean list = field.type() == Type.STRING_LIST || field.type() == Type.STRING_MAP;
        return list ? text : '"' + text.replace("\\", "\\\\").replace("\"", "\\\"") + '"';
    }

    private Optional<String> text(ConfigField field, Node node, String path, String expected) {
        if (node.kind() != Kind.TEXT) {
            wrong("WRONG_TYPE", field, node, path, expected);
            return Optional.empty();
        }
        if (field.type() != Type.SECRET && field.type() != Type.STRING_MAP) {
            node.place().source().show(node.place());
        }
        return Optional.of(node.text());
    }

    private Optional<Long> integer(ConfigField field, Node node, String path) {
        String expected = range(field);
        return text(field, node, path, expected).flatMap(written -> {
            String text = written.strip();
            Optional<Long> number = WHOLE.matcher(text).matches() ? whole(text) : withUnit(field, text);
            if (number.isEmpty()) {
                wrong("WRONG_TYPE", field, node, path, expected);
            } else if (number.get() < field.min() || number.get() > field.max()) {
                wrong("OUT_OF_RANGE", field, node, path, expected);
                return Optional.empty();
            }
            return number;
        });
    }

    private static Optional<Long> whole(String text) {
        try {
            return Optional.of(Long.valueOf(text));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    private static Optional<Long> withUnit(ConfigField field, String text) {
        if (!WITH_UNIT.matcher(text).matches()) {
            return Optional.empty();
        }
        Config holder = ConfigValueFactory.fromAnyRef(text).atKey("v");
        try {
            return switch (field.unit()) {
                case BYTES ->
                    Optional.of(holder.getMemorySize("v").toBytesBigInteger().longValueExact());
                case MILLISECONDS -> whole(holder.getDuration("v"), Duration.ofMillis(1));
                case SECONDS -> whole(holder.getDuration("v"), Duration.ofSeconds(1));
                case NONE -> Optional.empty();
            };
        } catch (ConfigException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    /** A time that is no whole number of units would not be the time that is meant. */
    private static Optional<Long> whole(Duration duration, Duration unit) {
        long count = duration.dividedBy(unit);
        return unit.multipliedBy(count).equals(duration) ? Optional.of(count) : Optional.empty();
    }

    /** Returns what a number may be, for people. */
    static String range(ConfigField field) {
        String kind =
                switch (field.unit()) {
                    case NONE -> "a whole number";
                    case BYTES -> "a size in bytes such as 1048576, 1MiB or 1MB";
                    case MILLISECONDS -> "a time in milliseconds such as 500, 500ms or 2s";
                    case SECONDS -> "a time in seconds such as 30, 30s or 2m";
                };
        boolean low = field.min() != Long.MIN_VALUE;
        boolean high = field.max() != Long.MAX_VALUE;
        if (low && high) {
            return kind + ", from " + field.min() + " to " + field.max();
        }
        return kind + (low ? ", at least " + field.min() : "") + (high ? ", at most " + field.max() : "");
    }

    private Optional<Boolean> bool(ConfigField field, Node node, String path) {
        return text(field, node, path, "true or false").flatMap(text -> {
            if (!text.equals("true") && !text.equals("false")) {
                wrong("WRONG_TYPE", field, node, path, "true or false");
                return Optional.empty();
            }
            return Optional.of(text.equals("true"));
        });
    }

    /** A word; the original writes some as a group that holds nothing but the word as its type. */
    private Optional<String> word(ConfigField field, Node node, String path) {
        Node word = node.children().size() == 1 ? node.child(ConfigSpec.TYPE).orElse(node) : node;
        return text(field, word, path, oneOf(field)).filter(text -> isAllowed(field, word, path));
    }

    private boolean isAllowed(ConfigField field, Node node, String path) {
        boolean allowed = field.allowed().isEmpty() || field.allowed().contains(node.text());
        if (!allowed) {
            wrong("UNKNOWN_WORD", field, node, path, oneOf(field))
                    .suggestion(NearestName.of(node.text(), field.allowed()));
        }
        return allowed;
    }

    private static String oneOf(ConfigField field) {
        return (field.allowed().size() == 1 ? "" : "one of ") + String.join(", ", field.allowed());
    }

    private Optional<List<String>> texts(ConfigField field, Node node, String path) {
        boolean one = node.kind() == Kind.TEXT;
        if (!one && node.kind() != Kind.LIST) {
            wrong("WRONG_TYPE", field, node, path, "a list of texts");
            return Optional.empty();
        }
        List<String> texts = new ArrayList<>();
        int before = problems.errors();
        boolean known = true;
        for (Node item : one ? List.of(node) : node.items()) {
            String at = one ? path : ConfigPath.item(path, texts.size());
            known &= item.kind() != Kind.UNKNOWN;
            String text = item.kind() == Kind.UNKNOWN
                    ? ""
                    : text(field, item, at, "a text in each place of the list").orElse("");
            if (item.kind() == Kind.TEXT) {
                isAllowed(field, item, at);
            }
            texts.add(text);
        }
        return known && problems.errors() == before ? Optional.of(List.copyOf(texts)) : Optional.empty();
    }

    private Optional<Map<String, String>> map(ConfigField field, Node node, String path) {
        if (node.kind() != Kind.GROUP) {
            wrong("WRONG_TYPE", field, node, path, "names with values in braces");
            return Optional.empty();
        }
        Map<String, String> flat = new LinkedHashMap<>();
        int before = problems.errors();
        boolean known = flatten("", node, field, path, flat);
        return known && problems.errors() == before ? Optional.of(flat) : Optional.empty();
    }

    /** An unquoted {@code compression.type = lz4} is a group in a group to the parser; it is one name here. */
    private boolean flatten(String prefix, Node group, ConfigField field, String path, Map<String, String> flat) {
        boolean known = true;
        for (Map.Entry<String, Node> entry : group.children().entrySet()) {
            String name = prefix + entry.getKey();
            Node value = entry.getValue();
            String at = ConfigPath.child(path, entry.getKey());
            if (value.kind() == Kind.GROUP) {
                known &= flatten(name + ".", value, field, at, flat);
            } else if (value.kind() == Kind.UNKNOWN) {
                known = false;
            } else if (value.kind() != Kind.NOTHING) {
                text(field, value, at, "a text; write a list as one text with commas")
                        .ifPresent(text -> flat.put(name, text));
            }
        }
        return known;
    }

    private Problems.Entry wrong(String code, ConfigField field, Node node, String path, String expected) {
        return problems.error(code, node.place(), path, "found " + shown(field, node))
                .expected(expected);
    }

    static String shown(ConfigField field, Node node) {
        if (node.kind() != Kind.TEXT) {
            return node.kind() == Kind.LIST ? "a list" : "a group of settings";
        }
        if (field.type() == Type.SECRET || field.type() == Type.STRING_MAP) {
            return "a text that is not shown";
        }
        String text = node.shown();
        text = text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) + "..." : text;
        return "'" + CREDENTIALS.matcher(text).replaceAll("://***@").replaceAll("\\p{Cntrl}", "?") + "'";
    }
}
