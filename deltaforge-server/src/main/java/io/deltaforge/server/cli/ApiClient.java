package io.deltaforge.server.cli;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.config.Secret;
import io.deltaforge.server.json.JsonText;
import io.deltaforge.server.lifecycle.EnvironmentException;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** Asks the API of a running process. Blocks for a bounded time, but for {@link #stream}. */
final class ApiClient {

    private static final Duration CONNECT = Duration.ofSeconds(10);
    /** A pause waits for sinks, which may take as long as the process gives them. */
    private static final Duration PATIENCE = Duration.ofMinutes(10);

    private final URI base;
    private final Optional<Secret> token;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(CONNECT).build();

    /** An answer that is not what was asked for. */
    static final class Refused extends Exception {

        private static final long serialVersionUID = 1L;

        private final transient int status;
        private final transient Map<?, ?> problem;

        Refused(int status, Map<?, ?> problem) {
            super(String.valueOf(problem.get("message")));
            this.status = status;
            this.problem = problem;
        }

        /** What the caller of the verb is told. */
        Answer answer() {
            String code = String.valueOf(problem.get("code"));
            List<?> findings = problem.get("findings") instanceof List<?> list ? list : List.of();
            String remedy =
                    problem.get("cause") instanceof Map<?, ?> cause && cause.get("remedy") instanceof String text
                            ? text
                            : null;
            return Answer.failed(exitCode(), new Answer.Failure(code, getMessage(), remedy, findings));
        }

        private int exitCode() {
            return switch (status) {
                case 400, 401, 403, 404, 413, 415 -> ExitCode.CONFIG;
                case 503 -> ExitCode.ENVIRONMENT;
                default -> ExitCode.RUNTIME;
            };
        }
    }

    /**
     * Prepares to ask.
     *
     * @param base where the process listens
     * @param token what it wants to be shown
     */
    ApiClient(URI base, Optional<Secret> token) {
        this.base = requireNonNull(base, "base is null");
        this.token = requireNonNull(token, "token is null");
    }

    /** A name as a part of a path. */
    static String part(String name) {
        return "/" + URLEncoder.encode(name, StandardCharsets.UTF_8).replace("+", "%20");
    }

    Object get(String path) throws Refused {
        return ask("GET", path);
    }

    Object post(String path) throws Refused {
        return ask("POST", path);
    }

    private Object ask(String verb, String path) throws Refused {
        try {
            HttpRequest request = request(path)
                    .timeout(PATIENCE)
                    .method(verb, HttpRequest.BodyPublishers.noBody())
                    .build();
            HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
            Object document = JsonText.read(answer.body());
            if (answer.statusCode() != 200) {
                throw new Refused(answer.statusCode(), (Map<?, ?>) document);
            }
            return document;
        } catch (IOException | ClassCastException e) {
            throw unreachable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvironmentException("interrupted while asking " + base, e);
        }
    }

    /** An answer that goes on; to be closed. */
    InputStream stream(String path) throws Refused {
        try {
            HttpRequest request =
                    request(path).header("Accept", "text/event-stream").build();
            HttpResponse<InputStream> answer = http.send(request, HttpResponse.BodyHandlers.ofInputStream());
            if (answer.statusCode() != 200) {
                try (InputStream body = answer.body()) {
                    Object problem = JsonText.read(new String(body.readAllBytes(), StandardCharsets.UTF_8));
                    throw new Refused(answer.statusCode(), (Map<?, ?>) problem);
                }
            }
            return answer.body();
        } catch (IOException | ClassCastException e) {
            throw unreachable(e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvironmentException("interrupted while asking " + base, e);
        }
    }

    private HttpRequest.Builder request(String path) {
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(base + path));
        token.ifPresent(word -> request.header("Authorization", "Bearer " + word.reveal()));
        return request;
    }

    private EnvironmentException unreachable(Exception cause) {
        String what = cause.getMessage() == null ? cause.getClass().getSimpleName() : cause.toString();
        return new EnvironmentException(
                "the API at " + base + " cannot be asked: " + what + "; name it with --url or --config", cause);
    }
}
