package io.deltaforge.server.json;

import static java.util.Objects.requireNonNull;

/**
 * A JSON document that is to stand in another one as it is.
 *
 * @param text the document
 */
public record RawJson(String text) {

    /** Refuses a missing text. */
    public RawJson {
        requireNonNull(text, "text is null");
    }
}
