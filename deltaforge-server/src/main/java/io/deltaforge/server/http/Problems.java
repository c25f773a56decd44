package io.deltaforge.server.http;

import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.server.config.InvalidConfig;
import io.deltaforge.server.config.finding.Finding;
import io.deltaforge.server.json.JsonValue;
import io.deltaforge.server.supervisor.RefusedChange;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.http.HttpStatus;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Writes refusals as problem details (RFC 9457), with the {@code code} and {@code message} that the original's callers read. */
final class Problems {

    private static final Logger LOG = LoggerFactory.getLogger(Problems.class);
    private static final String TYPE = "https://deltaforge.io/errors#";

    private Problems() {}

    /** Makes every failure of a route a problem document. */
    static void answerAll(RoutesConfig routes) {
        routes.exception(ProblemException.class, Problems::answer);
        routes.exception(InvalidConfig.class, Problems::answer);
        routes.exception(RefusedChange.class, Problems::answer);
        routes.exception(CheckpointException.class, Problems::answer);
        routes.exception(
                HttpResponseException.class,
                (failure, request) ->
                        answer(request, failure.getStatus(), code(failure.getStatus()), failure.getMessage()));
        routes.exception(Exception.class, (failure, request) -> {
            LOG.error("{} {} failed", request.method(), request.path(), failure);
            answer(request, 500, "INTERNAL_ERROR", "the request failed; the log says why");
        });
        routes.error(404, request -> {
            if (request.resultInputStream() == null || !isProblem(request)) {
                answer(request, 404, "NOT_FOUND", "there is nothing at " + request.path() + "; see /openapi.json");
            }
        });
    }

    private static boolean isProblem(Context request) {
        String type = request.res().getContentType();
        return type != null && type.startsWith("application/problem+json");
    }

    static String code(int status) {
        return switch (status) {
            case 404 -> "NOT_FOUND";
            case 405 -> "METHOD_NOT_ALLOWED";
            case 413 -> "BODY_TOO_LARGE";
            case 400 -> "BAD_REQUEST";
            default -> "HTTP_" + status;
        };
    }

    static void answer(ProblemException problem, Context request) {
        answer(request, problem.status(), problem.code(), problem.getMessage());
    }

    private static void answer(InvalidConfig invalid, Context request) {
        long errors = invalid.findings().stream().filter(Finding::isError).count();
        answer(
                request,
                400,
                "INVALID_CONFIG",
                errors == 1 ? "1 problem; nothing was changed" : errors + " problems; nothing was changed",
                Map.of("findings", invalid.findings()));
    }

    private static void answer(RefusedChange refused, Context request) {
        int status =
                switch (refused.kind()) {
                    case NOT_FOUND -> 404;
                    case CONFLICT -> 409;
                    case BAD -> 400;
                    case DID_NOT_START -> 422;
                    case TOO_MANY -> 429;
                    case UNAVAILABLE -> 503;
                };
        Map<String, Object> more = new LinkedHashMap<>();
        refused.reason().ifPresent(cause -> more.put("cause", cause));
        answer(request, status, refused.code(), refused.getMessage(), more);
    }

    private static void answer(CheckpointException failure, Context request) {
        answer(request, 503, failure.reason(), failure.getMessage());
    }

    private static void answer(Context request, int status, String code, String message) {
        answer(request, status, code, message, Map.of());
    }

    private static void answer(Context request, int status, String code, String message, Map<String, Object> more) {
        Map<String, Object> members = members(status, code, message, request.path());
        members.putAll(more);
        request.status(status).result(JsonValue.text(members) + "\n").contentType("application/problem+json");
    }

    /** A problem as a document. */
    static String document(int status, String code, String message, String instance) {
        return JsonValue.text(members(status, code, message, instance));
    }

    private static Map<String, Object> members(int status, String code, String message, String instance) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("type", TYPE + code.toLowerCase(Locale.ROOT));
        document.put("title", HttpStatus.forStatus(status).getMessage());
        document.put("status", status);
        document.put("detail", message);
        document.put("instance", instance);
        document.put("code", code);
        document.put("message", message);
        return document;
    }
}
