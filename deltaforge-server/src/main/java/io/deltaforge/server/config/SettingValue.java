package io.deltaforge.server.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigList;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import com.typesafe.config.ConfigValueType;
import io.deltaforge.api.config.ConfigField;
import io.deltaforge.api.config.ConfigField.Type;
import io.deltaforge.api.config.Secret;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Pattern;

/**
 * Turns what is written in a file into what a field asks for. The unit of a number is the end of its name: a
 * {@code _bytes} takes {@code 16MB}, a {@code _ms} and a {@code _secs} take {@code 5s}.
 */
final class SettingValue {

    private static final Pattern WHOLE = Pattern.compile("[+-]?\\d{1,18}");
    private static final Pattern CREDENTIALS = Pattern.compile("://[^@/\\s]*@");
    private static final int MAX_SHOWN = 60;

    private SettingValue() {}

    /** A value that does not fit; the message says what was found and what was expected. */
    static final class Mismatch extends Exception {
        private static final long serialVersionUID = 1L;

        Mismatch(String message) {
            super(message);
        }
    }

    static Object of(ConfigField field, ConfigValue value) throws Mismatch {
        return switch (field.type()) {
            case STRING -> text(field, value, "a text");
            case SECRET -> new Secret(text(field, value, "a text"));
            case INTEGER -> integer(field, value);
            case BOOLEAN -> bool(field, value);
            case ENUM -> word(field, value);
            case STRING_LIST -> texts(field, value);
            case STRING_MAP -> map(field, value);
            case SECTION -> {
                if (value instanceof ConfigObject object) {
                    yield object;
                }
                throw mismatch(field, value, "a group of settings in braces");
            }
            case SECTION_LIST -> sections(field, value);
        };
    }

    /** The default of a field, from the text that would be written in a file. */
    static Object defaultOf(ConfigField field) {
        String text = field.defaultValue();
        boolean structured = field.type() == Type.STRING_LIST || field.type() == Type.STRING_MAP;
        ConfigValue value = structured && (text.startsWith("[") || text.startsWith("{"))
                ? ConfigFactory.parseString("v = " + text).root().get("v")
                : ConfigValueFactory.fromAnyRef(text);
        try {
            return of(field, value);
        } catch (Mismatch e) {
            throw new IllegalArgumentException("the default of " + field.name() + ": " + e.getMessage(), e);
        }
    }

    private static String text(ConfigField field, ConfigValue value, String expected) throws Mismatch {
        if (value instanceof ConfigObject || value instanceof ConfigList) {
            throw mismatch(field, value, expected);
        }
        return plain(value);
    }

    /** Numbers as they are written: {@code 0.10} stays {@code 0.10}. */
    private static String plain(ConfigValue value) {
        return value.atKey("v").getString("v");
    }

    private static Long integer(ConfigField field, ConfigValue value) throws Mismatch {
        String expected = expectedNumber(field);
        String text = text(field, value, expected).trim();
        long number;
        if (WHOLE.matcher(text).matches()) {
            number = Long.parseLong(text);
        } else {
            number = withUnit(field, text).orElseThrow(() -> mismatch(field, value, expected));
        }
        if (number < field.min() || number > field.max()) {
            throw mismatch(field, value, expected);
        }
        return number;
    }

    private static Optional<Long> withUnit(ConfigField field, String text) {
        Config holder = ConfigValueFactory.fromAnyRef(text).atKey("v");
        try {
            if (field.name().endsWith("_bytes")) {
                return Optional.of(holder.getMemorySize("v").toBytesBigInteger().longValueExact());
            }
            if (field.name().endsWith("_ms")) {
                return Optional.of(holder.getDuration("v").toMillis());
            }
            if (field.name().endsWith("_secs")) {
                return Optional.of(holder.getDuration("v").toSeconds());
            }
            return Optional.empty();
        } catch (ConfigException | ArithmeticException e) {
            return Optional.empty();
        }
    }

    private static String expectedNumber(ConfigField field) {
        String kind = "a whole number";
        if (field.name().endsWith("_bytes")) {
            kind = "a size in bytes such as 1048576, 1MiB or 1MB";
        } else if (field.name().endsWith("_ms")) {
            kind = "a time in milliseconds such as 500, 500ms or 2s";
        } else if (field.name().endsWith("_secs")) {
            kind = "a time in seconds such as 30, 30s or 2m";
        }
        boolean low = field.min() != Long.MIN_VALUE;
        boolean high = field.max() != Long.MAX_VALUE;
        if (low && high) {
            return kind + ", from " + field.min() + " to " + field.max();
        }
        return kind + (low ? ", at least " + field.min() : "") + (high ? ", at most " + field.max() : "");
    }

    private static Boolean bool(ConfigField field, ConfigValue value) throws Mismatch {
        String text = text(field, value, "true or false");
        if (!text.equals("true") && !text.equals("false")) {
            throw mismatch(field, value, "true or false");
        }
        return text.equals("true");
    }

    private static String word(ConfigField field, ConfigValue value) throws Mismatch {
        String expected = "one of " + String.join(", ", field.allowed());
        String text = text(field, value, expected);
        if (!field.allowed().contains(text)) {
            throw mismatch(
                    field,
                    value,
                    expected
                            + NearestName.of(text, field.allowed())
                                    .map(near -> "; did you mean \"" + near + "\"?")
                                    .orElse(""));
        }
        return text;
    }

    private static List<String> texts(ConfigField field, ConfigValue value) throws Mismatch {
        if (value instanceof ConfigObject) {
            throw mismatch(field, value, "a list of texts");
        }
        if (!(value instanceof ConfigList list)) {
            return List.of(plain(value));
        }
        List<String> texts = new ArrayList<>();
        for (ConfigValue item : list) {
            texts.add(text(field, item, "a text in each place of the list"));
        }
        return List.copyOf(texts);
    }

    private static Map<String, String> map(ConfigField field, ConfigValue value) throws Mismatch {
        if (!(value instanceof ConfigObject object)) {
            throw mismatch(field, value, "names with values in braces");
        }
        Map<String, String> flat = new LinkedHashMap<>();
        flatten("", object, field, flat);
        return flat;
    }

    /** An unquoted {@code compression.type = lz4} is a group in a group to the parser; it is one name here. */
    private static void flatten(String prefix, ConfigObject object, ConfigField field, Map<String, String> flat)
            throws Mismatch {
        List<Map.Entry<String, ConfigValue>> entries = new ArrayList<>(object.entrySet());
        entries.sort(Comparator.<Map.Entry<String, ConfigValue>>comparingInt(
                        entry -> entry.getValue().origin().lineNumber())
                .thenComparing(Map.Entry::getKey));
        for (Map.Entry<String, ConfigValue> entry : entries) {
            String name = prefix + entry.getKey();
            if (entry.getValue() instanceof ConfigObject nested) {
                flatten(name + ".", nested, field, flat);
            } else if (entry.getValue() instanceof ConfigList) {
                throw new Mismatch(name + " is a list, expected a text; write it as one text with commas");
            } else if (entry.getValue().valueType() != ConfigValueType.NULL
                    && !HoconFile.isUnresolved(entry.getValue())) {
                flat.put(name, plain(entry.getValue()));
            }
        }
    }

    private static List<ConfigObject> sections(ConfigField field, ConfigValue value) throws Mismatch {
        if (!(value instanceof ConfigList list)) {
            throw mismatch(field, value, "a list in brackets of groups of settings in braces");
        }
        List<ConfigObject> sections = new ArrayList<>();
        for (ConfigValue item : list) {
            if (!(item instanceof ConfigObject object)) {
                throw mismatch(field, item, "a group of settings in braces in each place of the list");
            }
            sections.add(object);
        }
        return List.copyOf(sections);
    }

    private static Mismatch mismatch(ConfigField field, ConfigValue value, String expected) {
        return new Mismatch("found " + shown(field, value) + ", expected " + expected);
    }

    private static String shown(ConfigField field, ConfigValue value) {
        if (value instanceof ConfigList) {
            return "a list";
        }
        if (value instanceof ConfigObject) {
            return "a group of settings";
        }
        if (field.type() == Type.SECRET || field.type() == Type.STRING_MAP) {
            return "a text that is not shown";
        }
        String text = plain(value);
        text = text.length() > MAX_SHOWN ? text.substring(0, MAX_SHOWN) + "..." : text;
        return "'" + CREDENTIALS.matcher(text).replaceAll("://***@") + "'";
    }
}
