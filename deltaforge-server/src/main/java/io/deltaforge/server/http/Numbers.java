package io.deltaforge.server.http;

import io.javalin.http.Context;

/** Reads numbers out of requests. */
final class Numbers {

    private Numbers() {}

    /** Returns a parameter of the query within its bounds. */
    static long query(Context request, String name, long absent, long least, long most) {
        String text = request.queryParam(name);
        return text == null ? absent : of(name, text, least, most);
    }

    /** Returns a text as a number within bounds. */
    static long of(String name, String text, long least, long most) {
        try {
            long number = Long.parseLong(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new ProblemException(
                400,
                "BAD_REQUEST",
                name + " must be a number from " + least + " to " + most + ", found '" + text + "'");
    }
}
