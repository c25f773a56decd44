package io.deltaforge.e2e.run;

import com.fasterxml.jackson.databind.JsonNode;

/**
 * The answer of {@code /health}.
 *
 * @param statusCode the HTTP status
 * @param body the document
 */
public record Health(int statusCode, JsonNode body) {}
