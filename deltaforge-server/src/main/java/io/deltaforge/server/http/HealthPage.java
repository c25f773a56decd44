package io.deltaforge.server.http;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.deltaforge.core.PipelineState;
import io.deltaforge.core.PipelineStatus;
import io.deltaforge.core.PipelineStatus.Cause;
import io.deltaforge.core.PipelineStatus.SinkStatus;
import io.deltaforge.core.PipelineStatus.Trouble;
import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/**
 * The answer to {@code /health}: every pipeline and sink with its state and why. Unhealthy is what needs an operator, a
 * pipeline that failed or is held; a degraded one heals by itself.
 */
record HealthPage(List<PipelineStatus> pipelines) {

    private static final JsonFactory JSON = new JsonFactory();

    boolean isHealthy() {
        return pipelines.stream().noneMatch(status -> needsAnOperator(status.state()));
    }

    static boolean needsAnOperator(PipelineState state) {
        return state == PipelineState.FAILED || state == PipelineState.HELD;
    }

    String json() {
        StringWriter text = new StringWriter();
        try (JsonGenerator json = JSON.createGenerator(text)) {
            json.writeStartObject();
            json.writeStringField("status", isHealthy() ? "healthy" : "unhealthy");
            json.writeArrayFieldStart("pipelines");
            for (PipelineStatus pipeline : pipelines) {
                write(json, pipeline);
            }
            json.writeEndArray();
            json.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.append('\n').toString();
    }

    private static void write(JsonGenerator json, PipelineStatus pipeline) throws IOException {
        json.writeStartObject();
        json.writeStringField("name", pipeline.name());
        json.writeStringField("state", name(pipeline.state()));
        json.writeStringField("since", pipeline.since().toString());
        write(json, pipeline.cause());
        write(json, pipeline.trouble());
        write(json, "committed", pipeline.committed());
        json.writeArrayFieldStart("sinks");
        for (SinkStatus sink : pipeline.sinks()) {
            json.writeStartObject();
            json.writeStringField("id", sink.id());
            json.writeBooleanField("required", sink.required());
            json.writeStringField("state", name(sink.state()));
            json.writeStringField("since", sink.since().toString());
            write(json, sink.cause());
            write(json, sink.trouble());
            write(json, "position", sink.position());
            json.writeNumberField("waiting_batches", sink.waitingBatches());
            json.writeEndObject();
        }
        json.writeEndArray();
        json.writeEndObject();
    }

    private static void write(JsonGenerator json, Trouble trouble) throws IOException {
        writeCause(json, "last_error", trouble.lastError());
        write(json, "last_error_at", trouble.lastErrorAt().map(Instant::toString));
        write(json, "next_try", trouble.nextTry().map(Instant::toString));
    }

    private static void write(JsonGenerator json, Optional<Cause> cause) throws IOException {
        writeCause(json, "cause", cause);
    }

    private static void writeCause(JsonGenerator json, String name, Optional<Cause> cause) throws IOException {
        if (cause.isPresent()) {
            json.writeObjectFieldStart(name);
            json.writeStringField("reason", cause.get().reason());
            json.writeStringField("message", cause.get().message());
            write(json, "remedy", cause.get().remedy());
            json.writeEndObject();
        }
    }

    private static void write(JsonGenerator json, String name, Optional<String> value) throws IOException {
        if (value.isPresent()) {
            json.writeStringField(name, value.get());
        }
    }

    private static String name(PipelineState state) {
        return state.name().toLowerCase(Locale.ROOT);
    }
}
