package io.deltaforge.server.http;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonToken;
import io.deltaforge.server.logging.LogLevels;
import java.io.IOException;
import java.util.Map;
import java.util.Optional;

/** What the API says about the log, and changes of it. Safe from any thread. */
public final class LoggerPages {

    private static final String OWN = "io.deltaforge";

    private final LogLevels levels;

    /**
     * Makes the pages.
     *
     * @param levels knows the loggers
     */
    public LoggerPages(LogLevels levels) {
        this.levels = requireNonNull(levels, "levels is null");
    }

    Object all() {
        return Map.of("loggers", levels.all());
    }

    Object one(String name) {
        return levels.find(name)
                .orElseThrow(() -> new ProblemException(
                        404,
                        "LOGGER_NOT_FOUND",
                        "there is no logger '" + name + "'; GET /loggers lists those there are"));
    }

    Object own() {
        return Map.of("level", levels.effective(OWN));
    }

    Object change(String name, String body) {
        Optional<String> level = level(body);
        try {
            return levels.set(name, level);
        } catch (IllegalArgumentException e) {
            throw new ProblemException(400, "INVALID_LEVEL", e.getMessage());
        }
    }

    /** The level that a body asks for; empty for null, which means that of the logger above. */
    private static Optional<String> level(String body) {
        try (JsonParser json = new JsonFactory().createParser(body)) {
            if (json.nextToken() == JsonToken.START_OBJECT && "level".equals(json.nextFieldName())) {
                JsonToken value = json.nextToken();
                if (value == JsonToken.VALUE_STRING || value == JsonToken.VALUE_NULL) {
                    Optional<String> level = Optional.ofNullable(value == JsonToken.VALUE_NULL ? null : json.getText());
                    if (json.nextToken() == JsonToken.END_OBJECT && json.nextToken() == null) {
                        return level;
                    }
                }
            }
        } catch (IOException e) {
            throw malformed();
        }
        throw malformed();
    }

    private static ProblemException malformed() {
        return new ProblemException(
                400, "MALFORMED_BODY", "expected {\"level\": \"debug\"}, or null for the level of the logger above");
    }
}
