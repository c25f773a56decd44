package io.deltaforge.server.http;

import io.deltaforge.server.json.JsonValue;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.HttpResponseException;
import io.javalin.http.HttpStatus;
import java.util.LinkedHashMap;
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

    private static String code(int status) {
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

    private static void answer(Context request, int status, String code, String message) {
        Map<String, Object> document = new LinkedHashMap<>();
        document.put("type", TYPE + code.toLowerCase(java.util.Locale.ROOT));
        document.put("title", HttpStatus.forStatus(status).getMessage());
        document.put("status", status);
        document.put("detail", message);
        document.put("instance", request.path());
        document.put("code", code);
        document.put("message", message);
        request.status(status).result(JsonValue.text(document) + "\n").contentType("application/problem+json");
    }
}
