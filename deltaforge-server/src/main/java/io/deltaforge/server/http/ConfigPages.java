package io.deltaforge.server.http;

import static java.util.Objects.requireNonNull;

import io.javalin.http.Context;
import java.util.List;
import java.util.Map;

/** What the API says about configurations and plugins. Safe from any thread. */
public final class ConfigPages {

    /** Looks at configurations for the API. */
    public interface Inspector {

        /**
         * Checks a configuration that nobody is to run. Reads no file and no environment.
         *
         * @param text the configuration
         * @param syntax {@code conf}, {@code yaml} or {@code json}
         * @return what came out of it
         */
        Verdict inspect(String text, String syntax);

        /**
         * Describes configurations.
         *
         * @return a JSON Schema, as anything that can be written as JSON
         */
        Object schema();

        /**
         * Lists the plugins.
         *
         * @return anything that can be written as JSON
         */
        Object plugins();
    }

    /**
     * What came out of a check.
     *
     * @param valid whether there was nothing wrong
     * @param answer the answer's fields
     */
    public record Verdict(boolean valid, Map<String, Object> answer) {}

    private final Inspector inspector;

    /**
     * Makes the pages.
     *
     * @param inspector looks at configurations
     */
    public ConfigPages(Inspector inspector) {
        this.inspector = requireNonNull(inspector, "inspector is null");
    }

    Object validate(Context request) {
        String syntax = syntax(RequestBody.mediaType(request));
        String text = RequestBody.text(request);
        if (text.isBlank()) {
            throw bodyMissing();
        }
        Verdict verdict = inspector.inspect(text, syntax);
        request.status(verdict.valid() ? 200 : 400);
        return verdict.answer();
    }

    static ProblemException bodyMissing() {
        return new ProblemException(
                400, "BODY_MISSING", "send a configuration as application/hocon, application/yaml or application/json");
    }

    /** The syntax that a media type stands for, as the ending of a file. */
    static String syntax(String type) {
        return switch (type) {
            case "application/json" -> "json";
            case "application/yaml", "application/x-yaml", "text/yaml" -> "yaml";
            case "",
                    "application/hocon",
                    "text/plain",
                    "application/octet-stream",
                    "application/x-www-form-urlencoded" -> "conf";
            default ->
                throw new ProblemException(
                        415,
                        "UNSUPPORTED_MEDIA_TYPE",
                        "found another Content-Type, expected one of "
                                + List.of("application/hocon", "application/yaml", "application/json"));
        };
    }

    Object schema() {
        return inspector.schema();
    }

    Object plugins() {
        return inspector.plugins();
    }
}
