package io.deltaforge.server.http;

import io.deltaforge.server.deadletter.LetterQuery;
import io.deltaforge.server.json.JsonText;
import io.javalin.http.Context;
import java.io.IOException;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What requests about dead letters say, checked. */
final class LetterRequests {

    private static final String MALFORMED = "MALFORMED_BODY";

    private LetterRequests() {}

    /** The members of a JSON object; refuses those that nobody knows. */
    @SuppressWarnings("unchecked") // The members of a JSON object.
    static Map<String, Object> body(Context request, Set<String> known) {
        Object read;
        try {
            read = JsonText.read(request.body());
        } catch (IOException e) {
            throw new ProblemException(400, MALFORMED, "expected a JSON object: " + e.getMessage());
        }
        if (!(read instanceof Map<?, ?>)) {
            throw new ProblemException(400, MALFORMED, "expected a JSON object");
        }
        Map<String, Object> body = (Map<String, Object>) read;
        for (String name : body.keySet()) {
            if (!known.contains(name)) {
                throw new ProblemException(
                        400, MALFORMED, "there is no member '" + name + "'; there are " + String.join(", ", known));
            }
        }
        return body;
    }

    /** Which letters a body means; refuses one that says nothing. */
    static LetterQuery query(Map<String, Object> body) {
        LetterQuery query = new LetterQuery(body);
        if (!query.isSaid()) {
            throw new ProblemException(
                    400,
                    "BAD_REQUEST",
                    "say which dead letters are meant: one of " + String.join(", ", LetterQuery.NAMES)
                            + " (\"all\": true for every one)");
        }
        return query;
    }

    /** Which letters a query string means. */
    static LetterQuery query(Context request) {
        Map<String, Object> said = new LinkedHashMap<>();
        for (String name : List.of("sink", "code", "table", "key", "from", "to")) {
            said.put(name, request.queryParam(name));
        }
        return new LetterQuery(said);
    }

    static String text(Map<String, Object> body, String name, String absent) {
        Object value = body.get(name);
        if (value == null) {
            return absent;
        }
        if (value instanceof String text && text.length() <= 500) {
            return text;
        }
        throw new ProblemException(400, "BAD_REQUEST", name + " must be a text of at most 500 characters");
    }

    static boolean flag(Map<String, Object> body, String name) {
        Object value = body.getOrDefault(name, false);
        if (value instanceof Boolean flag) {
            return flag;
        }
        throw new ProblemException(400, "BAD_REQUEST", name + " must be true or false");
    }

    @SuppressWarnings("unchecked") // The members of a JSON object.
    static Map<String, Object> object(Map<String, Object> body, String name) {
        Object value = body.getOrDefault(name, Map.of());
        if (value instanceof Map<?, ?>) {
            return (Map<String, Object>) value;
        }
        throw new ProblemException(400, "BAD_REQUEST", name + " must be an object of columns and their new values");
    }

    static long number(Context request, String name, long absent, long least, long most) {
        String text = request.queryParam(name);
        return text == null ? absent : number(name, text, least, most);
    }

    static long number(String name, Object value, long least, long most) {
        try {
            long number = Long.parseLong(String.valueOf(value));
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new ProblemException(
                400,
                "BAD_REQUEST",
                name + " must be a number from " + least + " to " + most + ", found '" + value + "'");
    }
}
