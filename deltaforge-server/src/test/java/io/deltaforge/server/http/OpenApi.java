package io.deltaforge.server.http;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.networknt.schema.InputFormat;
import com.networknt.schema.Schema;
import com.networknt.schema.SchemaRegistry;
import com.networknt.schema.SpecificationVersion;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;

/** What the API says of itself, as something that answers can be held against. */
public final class OpenApi {

    private static final ObjectMapper JSON = new ObjectMapper();

    private final JsonNode document;

    public OpenApi(String document) {
        this.document = read(document);
    }

    private static JsonNode read(String text) {
        try {
            return JSON.readTree(text);
        } catch (IOException e) {
            throw new UncheckedIOException(text, e);
        }
    }

    /** Every operation, as verb and path. */
    public Set<String> operations() {
        Set<String> operations = new TreeSet<>();
        document.get("paths").properties().forEach(path -> path.getValue()
                .fieldNames()
                .forEachRemaining(verb -> operations.add(verb + " " + path.getKey())));
        return operations;
    }

    /** The status codes that an operation may answer. */
    public Set<String> statuses(String verb, String path) {
        Set<String> statuses = new TreeSet<>();
        operation(verb, path).path("responses").fieldNames().forEachRemaining(statuses::add);
        return statuses;
    }

    private JsonNode operation(String verb, String path) {
        return document.path("paths").path(path).path(verb.toLowerCase(Locale.ROOT));
    }

    /** What does not fit of an answer: its status, its media type, its members; empty when everything does. */
    public List<String> misfits(String verb, String path, int status, String mediaType, String body) {
        JsonNode response = operation(verb, path).path("responses").path(Integer.toString(status));
        if (response.isMissingNode()) {
            return List.of(verb + " " + path + " must not answer " + status);
        }
        if (response.path("content").isMissingNode()) {
            return body.isEmpty() ? List.of() : List.of(verb + " " + path + " must have no body");
        }
        JsonNode schema = response.path("content").path(mediaType).path("schema");
        if (schema.isMissingNode()) {
            return List.of(verb + " " + path + " must not answer " + status + " as " + mediaType);
        }
        List<String> misfits = new ArrayList<>();
        if (!mediaType.endsWith("json")) {
            return misfits;
        }
        schema(schema).validate(body, InputFormat.JSON).forEach(error -> misfits.add(error.toString()));
        return misfits;
    }

    /** Nothing but what is described: OpenAPI cannot say so without forbidding later versions to add anything. */
    private Schema schema(JsonNode schema) {
        ObjectNode root = schema.deepCopy();
        root.set("components", document.get("components").deepCopy());
        close(root);
        return SchemaRegistry.withDefaultDialect(SpecificationVersion.DRAFT_2020_12)
                .getSchema(root.toString(), InputFormat.JSON);
    }

    private static void close(JsonNode node) {
        if (node instanceof ObjectNode object
                && object.get("properties") instanceof ObjectNode
                && object.has("type")
                && !object.has("additionalProperties")) {
            object.put("additionalProperties", false);
        }
        node.forEach(OpenApi::close);
    }
}
