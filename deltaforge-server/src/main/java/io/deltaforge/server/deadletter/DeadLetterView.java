package io.deltaforge.server.deadletter;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventId;
import io.deltaforge.core.deadletter.DeadLetter;
import io.deltaforge.core.deadletter.DeadLetterLog;
import io.deltaforge.core.deadletter.Origin;
import io.deltaforge.core.deadletter.Origin.Stage;
import io.deltaforge.core.envelope.Envelope;
import io.deltaforge.core.envelope.EnvelopeEncoders;
import io.deltaforge.server.json.RawJson;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;

/** The dead letters of a pipeline as they are shown: what happened to which event, and the event itself where it is asked for. */
public final class DeadLetterView implements DeadLetterPage {

    private final String pipeline;
    private final DeadLetterLog log;

    /**
     * Shows dead letters.
     *
     * @param pipeline the pipeline's name
     * @param log what it has put aside
     */
    public DeadLetterView(String pipeline, DeadLetterLog log) {
        this.pipeline = requireNonNull(pipeline, "pipeline is null");
        this.log = requireNonNull(log, "log is null");
    }

    @Override
    public Map<String, Object> list(Optional<String> sink, long after, int limit) {
        List<Object> letters = new ArrayList<>();
        OptionalLong next = log.read(sink.map(Origin::parse), after, limit, letter -> letters.add(brief(letter)));
        Map<String, Object> page = new LinkedHashMap<>();
        page.put("pipeline", pipeline);
        page.put("dead_letters", letters);
        page.put("next", next.isPresent() ? next.getAsLong() : null);
        return page;
    }

    @Override
    public Map<String, Object> count() {
        Map<String, Long> counts = log.counts();
        Map<String, Object> page = new LinkedHashMap<>();
        page.put("pipeline", pipeline);
        page.put("count", counts.values().stream().mapToLong(Long::longValue).sum());
        page.put("sinks", counts);
        return page;
    }

    @Override
    public Optional<Map<String, Object>> show(long id) {
        return log.get(id).map(letter -> {
            Map<String, Object> page = brief(letter);
            byte[] json = EnvelopeEncoders.create(Envelope.NATIVE, pipeline).value(letter.event());
            page.put("event", new RawJson(new String(json, StandardCharsets.UTF_8)));
            return page;
        });
    }

    private Map<String, Object> brief(DeadLetter letter) {
        ChangeEvent event = letter.event();
        Origin origin = letter.origin();
        Map<String, Object> error = new LinkedHashMap<>();
        error.put("kind", letter.cause().kind().toLowerCase(Locale.ROOT));
        error.put("code", letter.cause().code());
        error.put("message", letter.cause().message());
        error.put("remedy", letter.cause().remedy());
        Map<String, Object> brief = new LinkedHashMap<>();
        brief.put("id", letter.id());
        brief.put("pipeline", pipeline);
        brief.put("sink", origin.stage() == Stage.SINK ? origin.name() : null);
        brief.put("processor", origin.stage() == Stage.PROCESSOR ? origin.name() : null);
        brief.put("event_id", EventId.of(event).toString());
        brief.put("table", event.table().qualifiedName());
        brief.put("op", event.operation().code());
        brief.put("transaction", event.transaction().id());
        brief.put("position", event.position().toString());
        brief.put("committed_at", Instant.EPOCH.plus(event.transaction().commitMicros(), ChronoUnit.MICROS));
        brief.put("error", error);
        brief.put("attempts", letter.tries().count());
        brief.put("first_at", letter.tries().first());
        brief.put("last_at", letter.tries().last());
        brief.put("truncated", letter.truncated());
        brief.put("bytes", letter.bytes());
        return brief;
    }
}
