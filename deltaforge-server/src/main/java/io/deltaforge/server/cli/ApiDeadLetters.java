package io.deltaforge.server.cli;

import static java.util.Objects.requireNonNull;

import io.deltaforge.server.config.ServerConfig;
import io.deltaforge.server.deadletter.DeadLetterPage;
import io.deltaforge.server.deadletter.LetterQuery;
import io.deltaforge.server.json.JsonText;
import io.deltaforge.server.json.JsonValue;
import io.deltaforge.server.lifecycle.EnvironmentException;
import java.io.IOException;
import java.net.URI;
import java.net.URLEncoder;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;

/** The dead letters of a pipeline of a running process, asked of its API. Blocks for a bounded time. */
final class ApiDeadLetters implements DeadLetterPage {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);

    private final ServerConfig.Api api;
    private final String path;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(TIMEOUT).build();

    /**
     * Prepares to ask.
     *
     * @param api where the process listens, and what it wants to be shown
     * @param pipeline the pipeline's name
     */
    ApiDeadLetters(ServerConfig.Api api, String pipeline) {
        this.api = requireNonNull(api, "api is null");
        this.path = "/pipelines/" + pipeline + "/dead-letters";
    }

    @Override
    public Map<String, Object> list(LetterQuery which, long after, int limit) {
        StringBuilder filter = new StringBuilder();
        which.said().forEach((name, value) -> filter.append('&')
                .append(name)
                .append('=')
                .append(URLEncoder.encode(value.toString(), StandardCharsets.UTF_8)));
        return found(path + "?after=" + after + "&limit=" + limit + filter);
    }

    @Override
    public Map<String, Object> count() {
        return found(path + "/count");
    }

    @Override
    public Map<String, Object> history() {
        return found(path + "/history");
    }

    @Override
    public Optional<Map<String, Object>> show(long id) {
        HttpResponse<String> answer = send("GET", path + "/" + id, null);
        return answer.statusCode() == 404 ? Optional.empty() : Optional.of(document(answer));
    }

    @Override
    public Replayed replay(LetterQuery which, Map<String, Object> after, boolean force, String by) {
        Map<String, Object> body = which.said();
        if (!after.isEmpty()) {
            body.put("after", after);
        }
        body.put("force", force);
        body.put("by", by);
        HttpResponse<String> answer = send("POST", path + "/replay", body);
        return new Replayed(answer.statusCode() == 200, document(answer));
    }

    @Override
    public Map<String, Object> discard(LetterQuery which, String by, String reason) {
        Map<String, Object> body = which.said();
        body.put("by", by);
        body.put("reason", reason);
        return document(send("POST", path + "/discard", body));
    }

    @Override
    public Map<String, Object> edit(long id, Map<String, Object> after, String by) {
        return document(send("PATCH", path + "/" + id, Map.of("after", after, "by", by)));
    }

    private Map<String, Object> found(String question) {
        return document(send("GET", question, null));
    }

    /** What was answered; a refusal is an exception that says what the process says. */
    @SuppressWarnings("unchecked") // The members of a JSON object.
    private Map<String, Object> document(HttpResponse<String> answer) {
        Map<String, Object> document;
        try {
            document = (Map<String, Object>) JsonText.read(answer.body());
        } catch (IOException | ClassCastException e) {
            throw unreachable(answer.uri(), e);
        }
        if ("PIPELINE_NOT_FOUND".equals(document.get("code"))) {
            throw new EnvironmentException(
                    "the running process knows nothing of " + answer.uri().getPath()
                            + ": it was started with another configuration",
                    null);
        }
        if (answer.statusCode() == 400 || answer.statusCode() == 404 || answer.statusCode() == 409) {
            throw new LetterProblem(String.valueOf(document.get("code")), String.valueOf(document.get("message")));
        }
        if (answer.statusCode() >= 300) {
            throw new EnvironmentException(
                    "the running process answers " + answer.uri() + " with " + document.get("code") + ": "
                            + document.get("message"),
                    null);
        }
        return document;
    }

    private HttpResponse<String> send(String method, String question, Map<String, Object> body) {
        URI address = URI.create(ApiOption.urlOf(api) + question);
        HttpRequest.Builder request = HttpRequest.newBuilder(address)
                .timeout(TIMEOUT)
                .method(
                        method,
                        body == null
                                ? HttpRequest.BodyPublishers.noBody()
                                : HttpRequest.BodyPublishers.ofString(JsonValue.text(body)));
        api.token().ifPresent(token -> request.header("Authorization", "Bearer " + token.reveal()));
        try {
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString());
        } catch (IOException e) {
            throw unreachable(address, e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvironmentException("interrupted while asking " + address, e);
        }
    }

    private static EnvironmentException unreachable(URI address, Exception cause) {
        return new EnvironmentException(
                "a running process uses the data directory, and its API at " + address + " cannot be asked: " + cause,
                cause);
    }
}
