package io.deltaforge.server.deadletter;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.event.EventId;
import io.deltaforge.core.deadletter.DeadLetter;
import io.deltaforge.core.deadletter.LetterFilter;
import io.deltaforge.core.deadletter.Origin;
import io.deltaforge.core.envelope.Envelope;
import io.deltaforge.core.envelope.EnvelopeEncoders;
import io.deltaforge.server.json.RawJson;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;

/** Dead letters in the form that callers of the original know, whole events included. */
public final class JournalView {

    /** As much as is looked at in one go for a filter that is not one of ours. */
    private static final int PAGE = 1_000;

    private static final String ROUTING = "routing error";
    private static final String SERIALIZATION = "serialization error";
    private static final Set<String> ROUTING_CODES = Set.of("ROUTE", "TOPIC_INVALID", "TOPIC_MISSING");

    private final LetterAccess access;

    /**
     * Shows dead letters.
     *
     * @param access what a pipeline has put aside
     */
    public JournalView(LetterAccess access) {
        this.access = requireNonNull(access, "access is null");
    }

    /**
     * Lists dead letters in the order in which they came.
     *
     * @param sink whose; empty for all
     * @param kind {@code serialization error} or {@code routing error}, a code, or empty for all
     * @param limit how many at most, after the filters
     * @return the entries
     */
    public List<Object> list(Optional<String> sink, Optional<String> kind, int limit) {
        LetterFilter filter = sink.map(Origin::parse).map(LetterFilter::of).orElse(LetterFilter.ALL);
        List<Object> entries = new ArrayList<>();
        OptionalLong next = OptionalLong.of(0);
        while (next.isPresent() && entries.size() < limit) {
            next = access.log().read(filter, next.getAsLong(), kind.isEmpty() ? limit : PAGE, letter -> {
                if (entries.size() < limit && isOf(letter, kind)) {
                    entries.add(entry(letter));
                }
            });
        }
        return entries;
    }

    private static boolean isOf(DeadLetter letter, Optional<String> kind) {
        return kind.map(word -> word.equals(kind(letter))
                        || word.equalsIgnoreCase(letter.cause().code()))
                .orElse(true);
    }

    private static String kind(DeadLetter letter) {
        return ROUTING_CODES.contains(letter.cause().code()) ? ROUTING : SERIALIZATION;
    }

    private Map<String, Object> entry(DeadLetter letter) {
        byte[] json =
                EnvelopeEncoders.create(Envelope.NATIVE, access.pipeline()).value(letter.event());
        Map<String, Object> meta = new LinkedHashMap<>();
        meta.put("sink_id", letter.origin().toString());
        meta.put("error_kind", kind(letter));
        meta.put("error_message", letter.cause().message());
        meta.put("attempts", letter.tries().count());
        Map<String, Object> entry = new LinkedHashMap<>();
        entry.put("seq", letter.id());
        entry.put("timestamp", letter.tries().first().getEpochSecond());
        entry.put("pipeline", access.pipeline());
        entry.put("stream", "dlq");
        entry.put("event_id", EventId.of(letter.event()).toString());
        entry.put("source_cursor", Map.of("position", letter.event().position().toString()));
        entry.put("event", new RawJson(new String(json, StandardCharsets.UTF_8)));
        entry.put("payload_truncated", letter.truncated());
        entry.put("meta", meta);
        return entry;
    }
}
