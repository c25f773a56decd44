package io.deltaforge.server.http;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.core.deadletter.DeadLetterLog;
import io.deltaforge.server.deadletter.DeadLetterView;
import io.javalin.http.Context;
import java.util.Optional;
import java.util.function.Function;

/** What the API says about dead letters. Safe from any thread. */
public final class DeadLetterPages {

    private static final int DEFAULT_LIMIT = 50;
    private static final int MOST = 1_000;

    private final Function<String, Optional<DeadLetterLog>> logs;

    /**
     * Makes the pages.
     *
     * @param logs the dead letters of a pipeline; empty when there is no such pipeline; asked from any thread
     */
    public DeadLetterPages(Function<String, Optional<DeadLetterLog>> logs) {
        this.logs = requireNonNull(logs, "logs is null");
    }

    Object list(Context request) {
        long after = number(request, "after", 0, 0, Long.MAX_VALUE);
        int limit = (int) number(request, "limit", DEFAULT_LIMIT, 1, MOST);
        Optional<String> sink = Optional.ofNullable(request.queryParam("sink"));
        return asked(request, view -> view.list(sink, after, limit));
    }

    Object count(Context request) {
        return asked(request, DeadLetterView::count);
    }

    Object one(Context request) {
        String id = request.pathParam("id");
        long number = number("id", id, 0, Long.MAX_VALUE);
        return asked(request, view -> view.show(number)
                .orElseThrow(() -> new ProblemException(
                        404, "DEAD_LETTER_NOT_FOUND", "pipeline '" + name(request) + "' has no dead letter " + id)));
    }

    private static String name(Context request) {
        return request.pathParam("name");
    }

    private Object asked(Context request, Function<DeadLetterView, Object> question) {
        String name = name(request);
        DeadLetterLog log = logs.apply(name)
                .orElseThrow(
                        () -> new ProblemException(404, "PIPELINE_NOT_FOUND", "there is no pipeline '" + name + "'"));
        try {
            return question.apply(new DeadLetterView(name, log));
        } catch (CheckpointException e) {
            throw new ProblemException(503, e.reason(), e.getMessage());
        } catch (IllegalStateException e) {
            throw new ProblemException(
                    503,
                    "STORE_NOT_OPEN",
                    "this process does not own the data directory: it stands by, starts or stops; ask again, or ask the"
                            + " process that owns it");
        }
    }

    private static long number(Context request, String name, long absent, long least, long most) {
        String text = request.queryParam(name);
        return text == null ? absent : number(name, text, least, most);
    }

    private static long number(String name, String text, long least, long most) {
        try {
            long number = Long.parseLong(text);
            if (number >= least && number <= most) {
                return number;
            }
        } catch (NumberFormatException e) {
            // Said below.
        }
        throw new ProblemException(
                400,
                "BAD_REQUEST",
                name + " must be a number from " + least + " to " + most + ", found '" + text + "'");
    }
}
