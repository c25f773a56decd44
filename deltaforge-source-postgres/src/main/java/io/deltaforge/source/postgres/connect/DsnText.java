package io.deltaforge.source.postgres.connect;

import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;

/**
 * Takes a connection string apart: an address ({@code postgres://}, {@code postgresql://}, {@code jdbc:postgresql://}) or
 * libpq's {@code key=value} pairs. Problems never quote the text, because a misplaced character may make a password look like
 * anything else; a name is quoted only when it is almost one that is known.
 */
final class DsnText {

    private static final Pattern ADDRESS = Pattern.compile("(?:jdbc:)?postgres(?:ql)?:.*", Pattern.DOTALL);

    private final Map<String, String> parameters = new LinkedHashMap<>();
    private final List<String> problems = new ArrayList<>();

    private DsnText() {}

    static DsnText parse(String text) {
        DsnText parsed = new DsnText();
        String trimmed = text.strip();
        if (ADDRESS.matcher(trimmed).matches()) {
            parsed.address(trimmed.substring(trimmed.indexOf(':', trimmed.startsWith("jdbc:") ? 5 : 0) + 1));
        } else if (trimmed.contains("://")) {
            parsed.problems.add("expected an address that begins with postgres:// or postgresql://");
        } else {
            parsed.pairs(trimmed);
        }
        return parsed;
    }

    /** Parameters by the names they go by inside this package: pgjdbc's, or host, port, dbname. */
    Map<String, String> parameters() {
        return parameters;
    }

    List<String> problems() {
        return problems;
    }

    private void address(String text) {
        if (!text.startsWith("//")) {
            problems.add("expected // after the scheme");
            return;
        }
        String rest = text.substring(2);
        int end = firstOf(rest, "/?");
        int query = rest.indexOf('?', end);
        hosts(login(rest.substring(0, end)));
        String path = rest.substring(end, query < 0 ? rest.length() : query);
        if (path.length() > 1) {
            putDecoded(DsnParameters.DATABASE, path.substring(1));
        }
        if (query >= 0) {
            query(rest.substring(query + 1));
        }
    }

    private static int firstOf(String text, String characters) {
        int at = 0;
        while (at < text.length() && characters.indexOf(text.charAt(at)) < 0) {
            at++;
        }
        return at;
    }

    /** Takes user and password off, and returns the hosts. */
    private String login(String authority) {
        int at = authority.lastIndexOf('@');
        if (at >= 0) {
            String login = authority.substring(0, at);
            int colon = login.indexOf(':');
            putDecoded("user", colon < 0 ? login : login.substring(0, colon));
            if (colon >= 0) {
                putDecoded("password", login.substring(colon + 1));
            }
        }
        return authority.substring(at + 1);
    }

    private void hosts(String text) {
        List<String> hosts = new ArrayList<>();
        List<String> ports = new ArrayList<>();
        for (String part : text.split(",", -1)) {
            int colon = part.indexOf(':', part.lastIndexOf(']') + 1);
            hosts.add(colon < 0 ? part : part.substring(0, colon));
            ports.add(colon < 0 ? "" : part.substring(colon + 1));
        }
        if (!text.isEmpty()) {
            putDecoded(DsnParameters.HOST, String.join(",", hosts));
            put(DsnParameters.PORT, String.join(",", ports));
        }
    }

    private void query(String text) {
        int number = 0;
        for (String part : text.split("&", -1)) {
            number++;
            int equals = part.indexOf('=');
            if (part.isEmpty()) {
                continue;
            }
            if (equals < 0) {
                problems.add("parameter " + number + " behind the ? has no =");
            } else {
                named(part.substring(0, equals), part.substring(equals + 1), true);
            }
        }
    }

    private void pairs(String text) {
        int at = 0;
        while (at < text.length()) {
            int equals = text.indexOf('=', at);
            if (equals < 0) {
                problems.add("expected key=value at character " + (at + 1));
                return;
            }
            String name = text.substring(at, equals).strip();
            StringBuilder value = new StringBuilder();
            at = skipBlanks(text, equals + 1);
            at = at < text.length() && text.charAt(at) == '\'' ? quoted(text, at + 1, value) : plain(text, at, value);
            if (at < 0) {
                return;
            }
            named(name, value.toString(), false);
            at = skipBlanks(text, at);
        }
    }

    private static int skipBlanks(String text, int from) {
        int at = from;
        while (at < text.length() && Character.isWhitespace(text.charAt(at))) {
            at++;
        }
        return at;
    }

    private static int plain(String text, int from, StringBuilder value) {
        int at = from;
        while (at < text.length() && !Character.isWhitespace(text.charAt(at))) {
            if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                at++;
            }
            value.append(text.charAt(at++));
        }
        return at;
    }

    private int quoted(String text, int from, StringBuilder value) {
        int at = from;
        while (at < text.length() && text.charAt(at) != '\'') {
            if (text.charAt(at) == '\\' && at + 1 < text.length()) {
                at++;
            }
            value.append(text.charAt(at++));
        }
        if (at == text.length()) {
            problems.add("the ' at character " + from + " is never closed");
            return -1;
        }
        return at + 1;
    }

    private void named(String name, String value, boolean encoded) {
        String property = DsnParameters.property(name).orElse(null);
        if (property == null) {
            problems.add(DsnParameters.nearest(name)
                    .map(known -> "parameter " + name + " is not known, did you mean " + known + "?")
                    .orElse("a parameter is not known; known are those of libpq and of pgjdbc for the address, the"
                            + " login, TLS and the network"));
        } else if (encoded) {
            putDecoded(property, value);
        } else {
            put(property, value);
        }
    }

    private void putDecoded(String property, String value) {
        try {
            // The decoder is one for forms, where a plus sign is a blank; in an address it is itself.
            put(property, URLDecoder.decode(value.replace("+", "%2B"), StandardCharsets.UTF_8));
        } catch (IllegalArgumentException e) {
            problems.add(property + " has a % that is not followed by two hexadecimal digits; write % as %25");
        }
    }

    private void put(String property, String value) {
        DsnParameters.value(property, value)
                .ifPresentOrElse(
                        translated -> parameters.put(property, translated),
                        () -> problems.add(
                                property + " has a value that cannot be used here; expected any or primary"));
    }
}
