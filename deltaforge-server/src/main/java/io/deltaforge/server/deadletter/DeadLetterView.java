package io.deltaforge.server.deadletter;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventId;
import io.deltaforge.core.deadletter.DeadLetter;
import io.deltaforge.core.deadletter.DeadLetterLog;
import io.deltaforge.core.deadletter.LetterFilter;
import io.deltaforge.core.deadletter.LetterHistory;
import io.deltaforge.core.deadletter.Origin;
import io.deltaforge.core.deadletter.Origin.Stage;
import io.deltaforge.core.envelope.Envelope;
import io.deltaforge.core.envelope.EnvelopeEncoders;
import io.deltaforge.core.replay.ReplayRequest;
import io.deltaforge.core.replay.ReplayResult;
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
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** The dead letters of a pipeline as they are shown: what happened to which event, and the event itself where it is asked for. */
public final class DeadLetterView implements DeadLetterPage {

    /** Less than the time after which a listener gives a silent connection up. */
    private static final long PATIENCE_SECONDS = 20;

    private final String pipeline;
    private final LetterAccess access;
    private final DeadLetterLog log;

    /**
     * Shows dead letters.
     *
     * @param access what a pipeline has put aside
     */
    public DeadLetterView(LetterAccess access) {
        this.access = requireNonNull(access, "access is null");
        this.pipeline = access.pipeline();
        this.log = access.log();
    }

    @Override
    public Map<String, Object> list(LetterQuery which, long after, int limit) {
        List<Object> letters = new ArrayList<>();
        OptionalLong next = log.read(which.filter(), after, limit, letter -> letters.add(brief(letter)));
        Map<String, Object> page = page();
        page.put("dead_letters", letters);
        page.put("next", next.isPresent() ? next.getAsLong() : null);
        return page;
    }

    private Map<String, Object> page() {
        Map<String, Object> page = new LinkedHashMap<>();
        page.put("pipeline", pipeline);
        return page;
    }

    @Override
    public Replayed replay(LetterQuery which, Map<String, Object> after, boolean force, String by) {
        LetterFilter filter = which.filter();
        if (!after.isEmpty()) {
            if (filter.ids().size() != 1) {
                throw new IllegalArgumentException("after changes one letter: name it, and no other, in ids");
            }
            access.desk().edit(filter.ids().iterator().next(), after, by);
        }
        CompletableFuture<List<ReplayResult>> asked = access.replay().apply(new ReplayRequest(filter, force, by));
        List<ReplayResult> results = results(asked);
        Map<String, Object> page = page();
        page.put("pending", !asked.isDone());
        page.put("replayed", results.stream().filter(ReplayResult::isReplayed).count());
        page.put("results", results.stream().map(DeadLetterView::result).toList());
        return new Replayed(asked.isDone(), page);
    }

    private static List<ReplayResult> results(CompletableFuture<List<ReplayResult>> asked) {
        try {
            return asked.get(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (TimeoutException e) {
            return List.of();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return List.of();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof RuntimeException known) {
                throw known;
            }
            throw new IllegalStateException("the replay failed", e.getCause());
        }
    }

    private static Map<String, Object> result(ReplayResult result) {
        Map<String, Object> page = new LinkedHashMap<>();
        page.put("id", result.letter());
        page.put("replayed", result.isReplayed());
        page.put("code", result.code().isEmpty() ? null : result.code());
        page.put("message", result.message());
        return page;
    }

    @Override
    public Map<String, Object> discard(LetterQuery which, String by, String reason) {
        List<Long> gone = access.desk().discard(which.filter(), by, reason);
        Map<String, Object> page = page();
        page.put("discarded", gone.size());
        page.put("ids", gone);
        return page;
    }

    @Override
    public Map<String, Object> edit(long id, Map<String, Object> after, String by) {
        return whole(access.desk().edit(id, after, by));
    }

    @Override
    public Map<String, Object> history() {
        List<Object> deeds = new ArrayList<>();
        for (LetterHistory.Entry each : access.desk().history()) {
            Map<String, Object> deed = new LinkedHashMap<>();
            deed.put("at", each.at());
            deed.put("action", each.action().deed());
            deed.put("by", each.action().by());
            deed.put("reason", each.action().reason());
            deed.put("id", each.letter());
            deed.put("event_id", each.event().toString());
            deed.put("origin", each.what().origin());
            deed.put("code", each.what().code());
            deed.put("table", each.what().table());
            deeds.add(deed);
        }
        Map<String, Object> page = page();
        page.put("history", deeds);
        return page;
    }

    @Override
    public Map<String, Object> count() {
        Map<String, Long> counts = log.counts();
        Map<String, Object> page = page();
        page.put("count", counts.values().stream().mapToLong(Long::longValue).sum());
        page.put("sinks", counts);
        return page;
    }

    @Override
    public Optional<Map<String, Object>> show(long id) {
        return log.get(id).map(this::whole);
    }

    private Map<String, Object> whole(DeadLetter letter) {
        Map<String, Object> page = brief(letter);
        byte[] json = EnvelopeEncoders.create(Envelope.NATIVE, pipeline).value(letter.event());
        page.put("event", new RawJson(new String(json, StandardCharsets.UTF_8)));
        return page;
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
        brief.put("status", letter.state().status());
        brief.put("behind", letter.state().behind() == 0 ? null : letter.state().behind());
        brief.put("edits", letter.state().edits());
        return brief;
    }
}
