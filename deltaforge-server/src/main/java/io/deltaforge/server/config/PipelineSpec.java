package io.deltaforge.server.config;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import com.fasterxml.jackson.core.util.DefaultPrettyPrinter;
import io.deltaforge.server.config.finding.Finding;
import io.deltaforge.server.json.JsonValue;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;

/**
 * A pipeline that came over the API.
 *
 * @param document its settings as they were written, {@code ${...}} included, with sinks and processors under their ids
 * @param pipeline what the settings mean, variables filled in
 * @param warnings what an operator should know
 */
public record PipelineSpec(Map<String, Object> document, ServerConfig.Pipeline pipeline, List<Finding> warnings) {

    /** Refuses missing parts. */
    public PipelineSpec {
        requireNonNull(document, "document is null");
        requireNonNull(pipeline, "pipeline is null");
        warnings = List.copyOf(warnings);
    }

    /**
     * Returns the pipeline's name.
     *
     * @return the name
     */
    public String name() {
        return pipeline.name();
    }

    /**
     * Writes a document so that people can read it, and findings can point into it.
     *
     * @param document anything that {@link JsonValue} takes
     * @return JSON with a line per setting
     */
    public static String text(Object document) {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = new JsonFactory().createGenerator(text)) {
            json.setPrettyPrinter(new DefaultPrettyPrinter());
            JsonValue.write(json, document);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.append('\n').toString();
    }

    /** Names the pipeline; the document may hold secrets. */
    @Override
    public String toString() {
        return "PipelineSpec[" + name() + "]";
    }
}
