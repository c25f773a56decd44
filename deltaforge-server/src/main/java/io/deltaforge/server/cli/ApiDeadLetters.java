package io.deltaforge.server.cli;

import static java.util.Objects.requireNonNull;

import io.deltaforge.server.config.ServerConfig;
import io.deltaforge.server.deadletter.DeadLetterPage;
import io.deltaforge.server.json.JsonText;
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
import java.util.Set;

/** The dead letters of a pipeline of a running process, asked of its API. Blocks for a bounded time. */
final class ApiDeadLetters implements DeadLetterPage {

    private static final Duration TIMEOUT = Duration.ofSeconds(30);
    private static final Set<String> ANY_ADDRESS = Set.of("0.0.0.0", "::", "[::]");

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
    public Map<String, Object> list(Optional<String> sink, long after, int limit) {
        String filter = sink.map(name -> "&sink=" + URLEncoder.encode(name, StandardCharsets.UTF_8))
                .orElse("");
        return found(path + "?after=" + after + "&limit=" + limit + filter);
    }

    @Override
    public Map<String, Object> count() {
        return found(path + "/count");
    }

    @Override
    public Optional<Map<String, Object>> show(long id) {
        return ask(path + "/" + id);
    }

    private Map<String, Object> found(String question) {
        return ask(question)
                .orElseThrow(() -> new EnvironmentException(
                        "the running process knows nothing of " + question
                                + ": it was started with another configuration",
                        null));
    }

    @SuppressWarnings("unchecked") // The members of a JSON object.
    private Optional<Map<String, Object>> ask(String question) {
        String bind = api.address().bind();
        String host = ANY_ADDRESS.contains(bind) ? "127.0.0.1" : bind.contains(":") ? "[" + bind + "]" : bind;
        URI address = URI.create("http://" + host + ":" + api.address().port() + question);
        HttpRequest.Builder request = HttpRequest.newBuilder(address).timeout(TIMEOUT);
        api.token().ifPresent(token -> request.header("Authorization", "Bearer " + token.reveal()));
        try {
            HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
            Map<String, Object> document = (Map<String, Object>) JsonText.read(answer.body());
            if (answer.statusCode() == 404) {
                return Optional.empty();
            }
            if (answer.statusCode() != 200) {
                throw new EnvironmentException(
                        "the running process answers " + address + " with " + document.get("code") + ": "
                                + document.get("message"),
                        null);
            }
            return Optional.of(document);
        } catch (IOException | ClassCastException e) {
            throw new EnvironmentException(
                    "a running process uses the data directory, and its API at " + address + " cannot be asked: " + e,
                    e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new EnvironmentException("interrupted while asking " + address, e);
        }
    }
}
