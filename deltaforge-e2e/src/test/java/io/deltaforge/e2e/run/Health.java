package io.deltaforge.e2e.run;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The answer of {@code /health}.
 *
 * @param statusCode the HTTP status
 * @param body the document
 */
public record Health(int statusCode, JsonNode body) {

    private JsonNode pipeline(String name) {
        for (JsonNode pipeline : body.path("pipelines")) {
            if (pipeline.path("name").asText().equals(name)) {
                return pipeline;
            }
        }
        throw new IllegalStateException("/health does not know pipeline " + name + ": " + body);
    }

    /** Returns the state of a pipeline. */
    public String state(String pipeline) {
        return pipeline(pipeline).path("state").asText();
    }

    /** Returns the code of what is wrong with a pipeline; empty when nothing is. */
    public String reason(String pipeline) {
        return pipeline(pipeline).path("cause").path("reason").asText();
    }

    /** Returns what an operator is told to do. */
    public String remedy(String pipeline) {
        return pipeline(pipeline).path("cause").path("remedy").asText();
    }

    /** Returns the position that the commit policy reports as committed. */
    public String committed(String pipeline) {
        return pipeline(pipeline).path("committed").asText();
    }

    /** Returns the saved position of a sink. */
    public String position(String pipeline, String sink) {
        for (JsonNode each : pipeline(pipeline).path("sinks")) {
            if (each.path("id").asText().equals(sink)) {
                return each.path("position").asText();
            }
        }
        throw new IllegalStateException("/health does not know sink " + sink + ": " + body);
    }
}
