package io.deltaforge.server.http;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.config.Secret;
import io.deltaforge.server.config.ServerConfig.Api;
import io.deltaforge.server.json.JsonValue;
import io.javalin.config.JavalinConfig;
import io.javalin.config.RoutesConfig;
import io.javalin.http.Context;
import io.javalin.http.Handler;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The REST API. {@code /openapi.json} describes it. Life cycle: made, {@linkplain #start started} once, {@linkplain #close
 * closed}; both from one thread.
 */
public final class ApiServer implements AutoCloseable {

    private static final Set<String> OPEN = Set.of("/live", "/ready", "/health");
    private static final int THREADS = 32;
    private static final String BEARER = "Bearer ";

    private final Api api;
    private final PipelinePages pipelines;
    private final ChangePages changes;
    private final TapPages taps;
    private final DeadLetterPages deadLetters;
    private final ConfigPages config;
    private final LoggerPages loggers;
    private final Listener listener;

    /**
     * Makes a server that does not listen yet.
     *
     * @param api where to listen, and who may call
     * @param pipelines what is known of the pipelines
     * @param changes what is done to them
     * @param taps shows events as they pass
     * @param deadLetters what is known of events that were put aside
     * @param config what is known of configurations and plugins
     * @param loggers what is known of the log
     */
    public ApiServer(
            Api api,
            PipelinePages pipelines,
            ChangePages changes,
            TapPages taps,
            DeadLetterPages deadLetters,
            ConfigPages config,
            LoggerPages loggers) {
        this.api = requireNonNull(api, "api is null");
        this.pipelines = requireNonNull(pipelines, "pipelines is null");
        this.changes = requireNonNull(changes, "changes is null");
        this.taps = requireNonNull(taps, "taps is null");
        this.deadLetters = requireNonNull(deadLetters, "deadLetters is null");
        this.config = requireNonNull(config, "config is null");
        this.loggers = requireNonNull(loggers, "loggers is null");
        this.listener = new Listener(api.address(), "df-api", THREADS);
    }

    /**
     * Listens.
     *
     * @return the port, which is a free one when the configured one is 0
     * @throws IOException naming the setting and the port when it cannot be listened on
     */
    public int start() throws IOException {
        return listener.start(this::route);
    }

    private void route(JavalinConfig javalin) {
        RoutesConfig routes = javalin.routes;
        routes.before(new HostCheck(api.address().bind()));
        api.token().ifPresent(token -> routes.before(request -> authorize(request, token)));
        routes.get("/live", json(request -> Map.of("status", "live")));
        routes.get("/ready", json(pipelines::ready));
        routes.get("/health", json(pipelines::health));
        routes.get("/pipelines", json(request -> pipelines.all()));
        routes.post("/pipelines", json(changes::create));
        routes.get("/pipelines/{name}", json(request -> pipelines.one(request.pathParam("name"))));
        routes.put("/pipelines/{name}", json(changes::put));
        routes.patch("/pipelines/{name}", json(changes::patch));
        routes.delete("/pipelines/{name}", changes::delete);
        routes.get("/pipelines/{name}/checkpoints", json(request -> pipelines.checkpoints(request.pathParam("name"))));
        routes.post("/pipelines/{name}/pause", json(changes::pause));
        routes.post("/pipelines/{name}/resume", json(changes::start));
        routes.post("/pipelines/{name}/stop", json(changes::stop));
        routes.post("/pipelines/{name}/start", json(changes::start));
        routes.post("/pipelines/{name}/sinks/{sink}/pause", json(changes::pauseSink));
        routes.post("/pipelines/{name}/sinks/{sink}/resume", json(changes::resumeSink));
        routes.post("/pipelines/{name}/sinks/{sink}/restart", json(changes::restartSink));
        routes.get("/pipelines/{name}/tap", taps::stream);
        routes.get("/pipelines/{name}/dead-letters", json(deadLetters::list));
        routes.get("/pipelines/{name}/dead-letters/count", json(deadLetters::count));
        routes.get("/pipelines/{name}/dead-letters/history", json(deadLetters::history));
        routes.post("/pipelines/{name}/dead-letters/replay", json(deadLetters::replay));
        routes.post("/pipelines/{name}/dead-letters/discard", json(deadLetters::discard));
        routes.get("/pipelines/{name}/dead-letters/{id}", json(deadLetters::one));
        routes.patch("/pipelines/{name}/dead-letters/{id}", json(deadLetters::edit));
        routes.get("/pipelines/{name}/journal/dlq", json(deadLetters::journal));
        routes.delete("/pipelines/{name}/journal/dlq", json(deadLetters::journalPurge));
        routes.get("/pipelines/{name}/journal/dlq/count", json(deadLetters::journalCount));
        routes.post("/pipelines/{name}/journal/dlq/ack", json(deadLetters::journalAck));
        routes.post("/validate", json(config::validate));
        routes.get("/plugins", json(request -> config.plugins()));
        routes.get("/schema/config.json", json(request -> config.schema()));
        routes.get("/openapi.json", request -> text(request, "application/json", openApi()));
        routes.get("/loggers", json(request -> loggers.all()));
        routes.get("/loggers/{name}", json(request -> loggers.one(request.pathParam("name"))));
        routes.put(
                "/loggers/{name}",
                json(request -> loggers.change(request.pathParam("name"), RequestBody.text(request))));
        routes.get("/log-level", json(request -> loggers.own()));
        Problems.answerAll(routes);
    }

    /** What a route answers: anything that {@link JsonValue} takes; the status is the request's. */
    private interface Answer {
        Object to(Context request);
    }

    private static Handler json(Answer answer) {
        return request -> text(request, "application/json", JsonValue.text(answer.to(request)));
    }

    private static void text(Context request, String contentType, String text) {
        request.contentType(contentType).result(text + "\n");
    }

    private static void authorize(Context request, Secret token) {
        if (OPEN.contains(request.path())) {
            return;
        }
        String shown = Optional.ofNullable(request.header("Authorization")).orElse("");
        boolean right = shown.regionMatches(true, 0, BEARER, 0, BEARER.length())
                && MessageDigest.isEqual(
                        shown.substring(BEARER.length()).strip().getBytes(StandardCharsets.UTF_8),
                        token.reveal().getBytes(StandardCharsets.UTF_8));
        if (!right) {
            request.header("WWW-Authenticate", "Bearer");
            throw new ProblemException(
                    401, "UNAUTHORIZED", "send the token of deltaforge.api.token as Authorization: Bearer TOKEN");
        }
    }

    static String openApi() {
        try (InputStream stream = ApiServer.class.getResourceAsStream("openapi.json")) {
            return new String(stream.readAllBytes(), StandardCharsets.UTF_8).strip();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Stops listening within a bounded time. Idempotent. */
    @Override
    public void close() {
        taps.close();
        listener.close();
    }
}
