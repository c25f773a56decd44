package io.deltaforge.server.config.text;

import io.deltaforge.server.config.finding.Place;
import io.deltaforge.server.config.finding.SourceText;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Finds where things are written in a HOCON or JSON text: the parser tells lines, and people want columns. Reads the tokens of
 * the text (HOCON specification, "Syntax") without judging it: a text that the parser refuses is scanned as far as it makes
 * sense. Never fails.
 */
final class HoconScan {

    /** Deeper texts are not scanned further; {@link HoconText} refuses them. */
    static final int MAX_DEPTH = 64;

    private static final String BLANK = " \t\r\f\u00a0\ufeff";

    private static final Pattern TOKEN = Pattern.compile(
            "\"\"\"(?:[^\"]|\"(?!\"\"))*+\"\"\"+"
                    + "|\"(?:[^\"\\\\\\n]|\\\\.)*+\"|#[^\\n]*+|//[^\\n]*+|\\$?\\$\\{[^}\\n]*+}|\\n|[{}\\[\\],]"
                    + "|\\+=|[=:]|[ \\t\\r\\f\\u00a0\\ufeff]++|(?:(?!//)[^\\s{}\\[\\],\"#=:+$])++|.",
            Pattern.DOTALL);

    /** Where a setting is written. */
    record Written(Place key, Place value) {}

    /** A {@code ${...}} outside quotes. */
    record Reference(String name, boolean optional, Place place) {}

    /** A setting that is written a second time; a group when its braces are opened a second time. */
    record Twice(String path, Place first, Place second, boolean group) {}

    private record Token(int start, int end, char first) {}

    private final SourceText source;
    private final String text;
    private final List<Token> tokens = new ArrayList<>();
    private final Map<String, Written> written = new HashMap<>();
    private final List<Reference> references = new ArrayList<>();
    private final List<Twice> twice = new ArrayList<>();
    private final Map<String, Place> groups = new HashMap<>();
    private final Map<String, Place> others = new HashMap<>();
    private int next;
    private int depth;
    private boolean tooDeep;

    HoconScan(SourceText source) {
        this.source = source;
        this.text = source.text();
        Matcher matcher = TOKEN.matcher(text);
        while (matcher.find()) {
            char first = matcher.group().startsWith("//") ? '#' : text.charAt(matcher.start());
            tokens.add(new Token(matcher.start(), matcher.end(), first));
            if (first == '#') {
                source.hide(matcher.start(), matcher.end());
            }
        }
        skipBlank(true);
        if (isNext('[')) {
            value("");
        } else {
            if (isNext('{')) {
                next++;
            }
            fields("");
        }
    }

    Map<String, Written> written() {
        return written;
    }

    List<Reference> references() {
        return references;
    }

    List<Twice> twice() {
        return twice;
    }

    boolean isTooDeep() {
        return tooDeep;
    }

    /**
     * Puts those references into quotes that the parser does not know, so that they get through to {@link Variables}, and the
     * setting {@code include}, which it takes for a keyword.
     */
    String quoted() {
        StringBuilder quoted = new StringBuilder();
        int at = 0;
        for (int i = 0; i < tokens.size(); i++) {
            Token token = tokens.get(i);
            String part = text.substring(token.start, token.end);
            boolean foreign = token.first == '$'
                    && part.endsWith("}")
                    && (part.startsWith("$${") || part.startsWith("${file:") || part.contains(":-"));
            if (foreign || (part.equals("include") && isKey(i))) {
                quoted.append(text, at, token.start).append('"');
                quoted.append(part.replace("\\", "\\\\").replace("\"", "\\\"")).append('"');
                at = token.end;
            }
        }
        return quoted.append(text, at, text.length()).toString();
    }

    private boolean isKey(int token) {
        int after = token + 1;
        while (after < tokens.size() && BLANK.indexOf(tokens.get(after).first) >= 0) {
            after++;
        }
        return after < tokens.size() && "=:+".indexOf(tokens.get(after).first) >= 0;
    }

    private boolean isNext(char first) {
        return next < tokens.size() && tokens.get(next).first == first;
    }

    private void skipBlank(boolean lines) {
        for (; next < tokens.size(); next++) {
            char first = tokens.get(next).first;
            boolean blank = first == '#' || BLANK.indexOf(first) >= 0 || (lines && first == '\n');
            if (!blank) {
                return;
            }
        }
    }

    /** Reads settings up to the brace that closes them, which stays. */
    private void fields(String path) {
        while (next < tokens.size()) {
            skipBlank(true);
            if (next >= tokens.size() || isNext('}')) {
                return;
            }
            if (",]".indexOf(tokens.get(next).first) >= 0) {
                next++;
                continue;
            }
            field(path);
        }
    }

    private void field(String path) {
        int from = next;
        int to = from;
        while (next < tokens.size() && "=:+{\n,}]#".indexOf(tokens.get(next).first) < 0) {
            if (BLANK.indexOf(tokens.get(next).first) < 0) {
                to = next + 1;
            }
            next++;
        }
        if (to == from) {
            next++;
            return;
        }
        Place key = place(from, to);
        String name = path;
        for (String step : keySteps(from, to)) {
            name = ConfigPath.child(name, step);
        }
        if (next < tokens.size() && "=:+".indexOf(tokens.get(next).first) >= 0) {
            next++;
            skipBlank(true);
        }
        int valueFrom = next;
        boolean group = isNext('{');
        value(name);
        int valueTo = Math.max(valueFrom, lastMeant(valueFrom));
        Place place = valueTo > valueFrom ? place(valueFrom, valueTo) : key;
        written.put(name, new Written(key, place));
        Place first = (group ? groups : others).putIfAbsent(name, key);
        if (first != null) {
            twice.add(new Twice(name, first, key, group));
        }
    }

    /** A key is cut at its dots, but not at those in quotes. */
    private List<String> keySteps(int from, int to) {
        List<String> steps = new ArrayList<>();
        StringBuilder step = new StringBuilder();
        for (int i = from; i < to; i++) {
            Token token = tokens.get(i);
            String part = text.substring(token.start, token.end);
            if (token.first == '"') {
                step.append(unquoted(part));
                continue;
            }
            int at = 0;
            for (int dot = part.indexOf('.'); dot >= 0; dot = part.indexOf('.', at)) {
                steps.add(step.append(part, at, dot).toString());
                step.setLength(0);
                at = dot + 1;
            }
            step.append(part, at, part.length());
        }
        steps.add(step.toString());
        return steps;
    }

    private static String unquoted(String part) {
        if (part.startsWith("\"\"\"") && part.length() >= 6) {
            return part.substring(3, part.length() - 3);
        }
        return part.length() < 2 ? part : part.substring(1, part.length() - 1).replaceAll("\\\\(.)", "$1");
    }

    /** Reads a value up to what separates it from the next one, which stays. */
    private void value(String path) {
        if (++depth > MAX_DEPTH) {
            tooDeep = true;
            next = tokens.size();
        }
        int scalarFrom = -1;
        while (next < tokens.size() && "\n,}]".indexOf(tokens.get(next).first) < 0) {
            Token token = tokens.get(next);
            if (token.first == '{' || token.first == '[') {
                hideScalar(scalarFrom);
                scalarFrom = -1;
                next++;
                if (token.first == '{') {
                    fields(path);
                } else {
                    items(path);
                }
                next++;
                continue;
            }
            if (token.first == '$') {
                reference(token);
            }
            if (token.first == '#') {
                break;
            }
            if (scalarFrom < 0 && BLANK.indexOf(token.first) < 0) {
                scalarFrom = next;
            }
            next++;
        }
        hideScalar(scalarFrom);
        depth--;
    }

    private void hideScalar(int from) {
        if (from >= 0) {
            int to = lastMeant(from);
            source.hide(tokens.get(from).start, tokens.get(to - 1).end);
        }
    }

    /** Returns the place after the last token before the next one that is not blank. */
    private int lastMeant(int from) {
        int to = Math.min(next, tokens.size());
        while (to > from && (BLANK.indexOf(tokens.get(to - 1).first) >= 0 || tokens.get(to - 1).first == '#')) {
            to--;
        }
        return to;
    }

    private void items(String path) {
        int index = 0;
        while (next < tokens.size()) {
            skipBlank(true);
            if (next >= tokens.size() || isNext(']')) {
                return;
            }
            if (isNext(',')) {
                next++;
                continue;
            }
            if (isNext('}')) {
                return;
            }
            String item = ConfigPath.item(path, index++);
            int from = next;
            value(item);
            int to = lastMeant(from);
            if (to > from) {
                Place place = place(from, to);
                written.put(item, new Written(place, place));
            } else if (next == from) {
                next++;
            }
        }
    }

    private void reference(Token token) {
        String part = text.substring(token.start, token.end);
        if (part.startsWith("${") && part.endsWith("}") && !part.startsWith("${file:") && !part.contains(":-")) {
            String name = part.substring(2, part.length() - 1).strip();
            boolean optional = name.startsWith("?");
            references.add(new Reference(
                    optional ? name.substring(1) : name, optional, new Place(source, token.start, token.end)));
        }
    }

    private Place place(int from, int to) {
        return new Place(source, tokens.get(from).start, tokens.get(to - 1).end);
    }
}
