package io.deltaforge.server.http;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.core.deadletter.LetterFilter;
import io.deltaforge.server.deadletter.DeadLetterPage.Replayed;
import io.deltaforge.server.deadletter.DeadLetterView;
import io.deltaforge.server.deadletter.JournalView;
import io.deltaforge.server.deadletter.LetterAccess;
import io.deltaforge.server.deadletter.LetterQuery;
import io.javalin.http.Context;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;

/** What the API says about dead letters. Safe from any thread. */
public final class DeadLetterPages {

    private static final int DEFAULT_LIMIT = 50;
    private static final int MOST = 1_000;
    private static final String NOT_FOUND = "DEAD_LETTER_NOT_FOUND";
    /** Who does it when the request does not say. */
    private static final String SOMEBODY = "api";

    private static final Set<String> REPLAY = with("after", "force", "by");
    private static final Set<String> DISCARD = with("reason", "by");
    private static final Set<String> EDIT = Set.of("after", "by");
    private static final Set<String> ACK = Set.of("up_to_seq");

    private final Function<String, Optional<LetterAccess>> letters;

    /**
     * Makes the pages.
     *
     * @param letters the dead letters of a pipeline; empty when there is no such pipeline; asked from any thread
     */
    public DeadLetterPages(Function<String, Optional<LetterAccess>> letters) {
        this.letters = requireNonNull(letters, "letters is null");
    }

    private static Set<String> with(String... more) {
        Set<String> names = new LinkedHashSet<>(LetterQuery.NAMES);
        names.addAll(List.of(more));
        return names;
    }

    Object list(Context request) {
        long after = LetterRequests.number(request, "after", 0, 0, Long.MAX_VALUE);
        int limit = (int) LetterRequests.number(request, "limit", DEFAULT_LIMIT, 1, MOST);
        LetterQuery which = LetterRequests.query(request);
        return asked(request, access -> new DeadLetterView(access).list(which, after, limit));
    }

    Object count(Context request) {
        return asked(request, access -> new DeadLetterView(access).count());
    }

    Object one(Context request) {
        long id = id(request);
        return asked(request, access -> new DeadLetterView(access)
                .show(id)
                .orElseThrow(() -> new ProblemException(
                        404, NOT_FOUND, "pipeline '" + name(request) + "' has no dead letter " + id)));
    }

    Object history(Context request) {
        return asked(request, access -> new DeadLetterView(access).history());
    }

    Object replay(Context request) {
        Map<String, Object> body = LetterRequests.body(request, REPLAY);
        LetterQuery which = LetterRequests.query(body);
        Map<String, Object> after = LetterRequests.object(body, "after");
        boolean force = LetterRequests.flag(body, "force");
        String by = LetterRequests.text(body, "by", SOMEBODY);
        return asked(request, access -> {
            Replayed replayed = new DeadLetterView(access).replay(which, after, force, by);
            request.status(replayed.isDone() ? 200 : 202);
            return replayed.page();
        });
    }

    Object discard(Context request) {
        Map<String, Object> body = LetterRequests.body(request, DISCARD);
        LetterQuery which = LetterRequests.query(body);
        String by = LetterRequests.text(body, "by", SOMEBODY);
        String reason = LetterRequests.text(body, "reason", "");
        if (reason.isBlank()) {
            throw new ProblemException(400, "BAD_REQUEST", "say why in reason; it is kept");
        }
        return asked(request, access -> new DeadLetterView(access).discard(which, by, reason));
    }

    Object edit(Context request) {
        long id = id(request);
        Map<String, Object> body = LetterRequests.body(request, EDIT);
        Map<String, Object> after = LetterRequests.object(body, "after");
        String by = LetterRequests.text(body, "by", SOMEBODY);
        if (after.isEmpty()) {
            throw new ProblemException(400, "BAD_REQUEST", "say in after which columns get which values");
        }
        return asked(request, access -> new DeadLetterView(access).edit(id, after, by));
    }

    /** The original's list. */
    Object journal(Context request) {
        int limit = (int) LetterRequests.number(request, "limit", DEFAULT_LIMIT, 1, MOST);
        Optional<String> sink = Optional.ofNullable(request.queryParam("sink_id"));
        Optional<String> kind = Optional.ofNullable(request.queryParam("error_kind"));
        return asked(request, access -> new JournalView(access).list(sink, kind, limit));
    }

    Object journalCount(Context request) {
        return asked(
                request,
                access -> Map.of("count", new DeadLetterView(access).count().get("count")));
    }

    Object journalAck(Context request) {
        Map<String, Object> body = LetterRequests.body(request, ACK);
        long upTo = LetterRequests.number("up_to_seq", body.get("up_to_seq"), 0, Long.MAX_VALUE);
        return asked(request, access -> Map.of("acked", access.desk().acknowledge(upTo, SOMEBODY)));
    }

    Object journalPurge(Context request) {
        return asked(
                request,
                access -> Map.of(
                        "purged",
                        access.desk()
                                .discard(LetterFilter.ALL, SOMEBODY, "purged with DELETE journal/dlq")
                                .size()));
    }

    private static String name(Context request) {
        return request.pathParam("name");
    }

    private static long id(Context request) {
        return LetterRequests.number("id", request.pathParam("id"), 0, Long.MAX_VALUE);
    }

    private Object asked(Context request, Function<LetterAccess, Object> question) {
        String name = name(request);
        LetterAccess access = letters.apply(name)
                .orElseThrow(
                        () -> new ProblemException(404, "PIPELINE_NOT_FOUND", "there is no pipeline '" + name + "'"));
        try {
            return question.apply(access);
        } catch (CheckpointException e) {
            throw new ProblemException(503, e.reason(), e.getMessage());
        } catch (DeltaForgeException e) {
            throw new ProblemException(status(e), e.reason(), e.getMessage());
        } catch (IllegalArgumentException e) {
            throw new ProblemException(400, "BAD_REQUEST", e.getMessage());
        } catch (IllegalStateException e) {
            throw new ProblemException(
                    503,
                    "STORE_NOT_OPEN",
                    "this process does not own the data directory: it stands by, starts or stops; ask again, or ask the"
                            + " process that owns it");
        }
    }

    private static int status(DeltaForgeException refusal) {
        if (refusal.reason().equals(NOT_FOUND)) {
            return 404;
        }
        return refusal.reason().endsWith("_INVALID") ? 400 : 409;
    }
}
