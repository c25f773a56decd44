package io.deltaforge.server.http;

import static java.util.Objects.requireNonNull;

import io.deltaforge.server.config.PipelineSpec;
import io.deltaforge.server.config.SpecReader;
import io.deltaforge.server.json.JsonText;
import io.deltaforge.server.supervisor.Changes;
import io.deltaforge.server.supervisor.Desired;
import io.deltaforge.server.supervisor.SinkStart;
import io.javalin.http.Context;
import java.io.IOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the API does to pipelines. Safe from any thread; blocks as long as a stop or a start takes. */
public final class ChangePages {

    private static final int PATIENCE_SECONDS = 30;
    private static final int MOST_PATIENCE_SECONDS = 300;
    private static final Set<String> PATCHES = Set.of("", "application/merge-patch+json", "application/json");
    private static final Set<String> OF_A_DOCUMENT = Set.of("apiVersion", "kind", "metadata", "spec");

    private final Changes changes;
    private final SpecReader reader;

    /**
     * Makes the pages.
     *
     * @param changes makes changes
     * @param reader reads what pipelines are to be
     */
    public ChangePages(Changes changes, SpecReader reader) {
        this.changes = requireNonNull(changes, "changes is null");
        this.reader = requireNonNull(reader, "reader is null");
    }

    Object create(Context request) {
        Duration patience = patience(request);
        return answer(request, changes.create(spec(request), patience), 200);
    }

    Object put(Context request) {
        Duration patience = patience(request);
        SinkStart start = sinkStart(request);
        PipelineSpec spec = spec(request);
        String name = request.pathParam("name");
        if (!spec.name().equals(name)) {
            throw new ProblemException(
                    400,
                    "PIPELINE_NAME_MISMATCH",
                    "the body describes pipeline '" + spec.name() + "', and the address names '" + name + "'");
        }
        return answer(request, changes.put(spec, patience, start), 201);
    }

    Object patch(Context request) {
        Duration patience = patience(request);
        SinkStart start = sinkStart(request);
        if (!PATCHES.contains(RequestBody.mediaType(request))) {
            throw new ProblemException(
                    415,
                    "UNSUPPORTED_MEDIA_TYPE",
                    "expected a JSON merge patch (RFC 7396) as application/merge-patch+json");
        }
        return answer(
                request,
                changes.patch(request.pathParam("name"), patch(RequestBody.text(request)), patience, start),
                200);
    }

    /** A patch of the settings; the original puts them into {@code spec}. */
    private static Map<?, ?> patch(String body) {
        try {
            if (JsonText.read(body) instanceof Map<?, ?> patch) {
                return patch.get("spec") instanceof Map<?, ?> inner && OF_A_DOCUMENT.containsAll(patch.keySet())
                        ? inner
                        : patch;
            }
        } catch (IOException e) {
            // Said below.
        }
        throw new ProblemException(
                400,
                "MALFORMED_BODY",
                "expected a JSON object with the settings to change, such as {\"batch\": {\"max_events\": 500}};"
                        + " null removes a setting");
    }

    void delete(Context request) {
        changes.delete(request.pathParam("name"));
        request.status(204);
    }

    Object pause(Context request) {
        return answer(request, changes.rest(request.pathParam("name"), Desired.PAUSED), 200);
    }

    Object stop(Context request) {
        return answer(request, changes.rest(request.pathParam("name"), Desired.STOPPED), 200);
    }

    Object start(Context request) {
        return answer(request, changes.start(request.pathParam("name")), 200);
    }

    Object pauseSink(Context request) {
        return answer(request, changes.pauseSink(request.pathParam("name"), request.pathParam("sink")), 200);
    }

    Object resumeSink(Context request) {
        return answer(request, changes.resumeSink(request.pathParam("name"), request.pathParam("sink")), 200);
    }

    Object restartSink(Context request) {
        return answer(request, changes.restartSink(request.pathParam("name"), request.pathParam("sink")), 200);
    }

    private PipelineSpec spec(Context request) {
        String syntax = ConfigPages.syntax(RequestBody.mediaType(request));
        String text = RequestBody.text(request);
        if (text.isBlank()) {
            throw ConfigPages.bodyMissing();
        }
        return reader.read("body." + syntax, text);
    }

    private static Object answer(Context request, Changes.Outcome outcome, int statusOfNew) {
        Map<String, Object> page = PipelinePages.info(outcome.view());
        page.put("findings", outcome.spec().map(PipelineSpec::warnings).orElse(List.of()));
        request.status(outcome.made() ? statusOfNew : 200);
        return page;
    }

    /** As far back as can be, unless the caller says otherwise: too much can be left out later, and too little not. */
    private static SinkStart sinkStart(Context request) {
        String word = request.queryParam("start");
        if (word == null || word.equals("oldest")) {
            return SinkStart.OLDEST;
        }
        if (word.equals("now")) {
            return SinkStart.NOW;
        }
        throw new ProblemException(400, "BAD_REQUEST", "start must be now or oldest, found '" + word + "'");
    }

    private static Duration patience(Context request) {
        return Duration.ofSeconds(Numbers.query(request, "wait_secs", PATIENCE_SECONDS, 0, MOST_PATIENCE_SECONDS));
    }
}
