package io.deltaforge.e2e.run;

import static java.util.Objects.requireNonNull;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.deltaforge.sandbox.ChildProcess;
import io.deltaforge.sandbox.Sandbox;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.OptionalInt;
import java.util.function.Consumer;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * {@code deltaforge run --config FILE} in a process of its own, over and over on the same data directory.
 *
 * <p>Life cycle: {@link #start()}, then {@link #kill()} or {@link #terminate()}, and {@link #start()} again; at last
 * {@link #close()}. For one thread.
 */
public final class DeltaForge implements AutoCloseable {

    private static final Duration START_TIMEOUT = Duration.ofMinutes(3);
    private static final Duration HTTP_TIMEOUT = Duration.ofSeconds(60);
    private static final Pattern HTTP_PORT = Pattern.compile("http://127\\.0\\.0\\.1:(\\d+)");
    private static final Pattern API_PORT = Pattern.compile("API at http://127\\.0\\.0\\.1:(\\d+)/");
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path directory;
    private final List<String> jvmOptions;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(HTTP_TIMEOUT).build();
    private Path dataDirectory;
    private ChildProcess process;
    private Path log;
    private String pipelines;
    private String checkpointStore = "rocksdb";
    private String crashPoint = "";
    private Map<String, String> environment = Map.of();
    private int starts;

    /**
     * Prepares a DeltaForge; it does not run yet.
     *
     * @param directory an empty directory for its configuration, data and logs
     * @param pipelines the {@code pipelines { ... }} part of the configuration
     * @param jvmOptions options of its JVM
     */
    public DeltaForge(Path directory, String pipelines, String... jvmOptions) {
        this.directory = requireNonNull(directory, "directory is null");
        this.dataDirectory = directory.resolve("data");
        List<String> options = new ArrayList<>(List.of("-Xmx384m", "-XX:+ExitOnOutOfMemoryError"));
        options.addAll(List.of(jvmOptions));
        this.jvmOptions = List.copyOf(options);
        configure(pipelines);
        Sandbox.closeAtExit(this);
    }

    /** Keeps checkpoints in a store of another type; before the first start. */
    public DeltaForge checkpointStore(String type) {
        checkpointStore = requireNonNull(type, "type is null");
        configure(pipelines);
        return this;
    }

    /** Sets what the process finds in its environment besides PATH; before a start. */
    public DeltaForge environment(Map<String, String> variables) {
        environment = Map.copyOf(variables);
        return this;
    }

    /** Keeps data in the directory of another one; before the first start. */
    public DeltaForge shareDataWith(DeltaForge other) {
        dataDirectory = other.dataDirectory();
        configure(pipelines);
        return this;
    }

    /** Replaces the pipelines for the next start. */
    public void configure(String newPipelines) {
        pipelines = requireNonNull(newPipelines, "newPipelines is null");
        String configuration = """
            deltaforge {
              data_dir = "%s"
              metrics { bind = "127.0.0.1", port = 0 }
              api { port = 0 }
              checkpoint { type = %s }
            }
            pipelines {
            %s
            }
            """.formatted(dataDirectory(), checkpointStore, pipelines);
        try {
            Files.createDirectories(directory);
            Files.writeString(directory.resolve("deltaforge.conf"), configuration);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /**
     * Makes the next starts end at a crash point, as with SIGKILL.
     *
     * @param point the point's name, with a colon and how often it is to be passed; empty for none
     */
    public DeltaForge crashAt(String point) {
        crashPoint = requireNonNull(point, "point is null");
        return this;
    }

    /** Returns where it keeps checkpoints. */
    public Path dataDirectory() {
        return dataDirectory;
    }

    /** Starts the process; does not wait for its pipelines. */
    public DeltaForge start() {
        if (process != null && process.isRunning()) {
            throw new IllegalStateException("DeltaForge runs already, pid " + process.pid());
        }
        log = directory.resolve("deltaforge-" + ++starts + ".log");
        process = ChildProcess.start("deltaforge", command("run", "--config", configuration()), environment, log);
        return this;
    }

    private String configuration() {
        return directory.resolve("deltaforge.conf").toString();
    }

    /**
     * Runs a command line of DeltaForge to its end, in a process of its own.
     *
     * @param exitStatus what it is to end with
     * @param words the command; FILE stands for the configuration
     * @return all output
     */
    public String command(int exitStatus, String... words) {
        Path output = directory.resolve("command-" + ++starts + ".log");
        String[] command = List.of(words).stream()
                .map(word -> word.equals("FILE") ? configuration() : word)
                .toArray(String[]::new);
        ChildProcess tool = ChildProcess.start("deltaforge-command", command(command), environment, output);
        if (!tool.ended(START_TIMEOUT)) {
            tool.kill();
        }
        String text = read(output);
        if (tool.exitStatus() != exitStatus) {
            throw new IllegalStateException(String.join(" ", words) + " ended with " + tool.exitStatus() + ", expected "
                    + exitStatus + ":\n" + text);
        }
        return text;
    }

    private List<String> command(String... words) {
        List<String> options = new ArrayList<>(ServerArchive.jvmOptions());
        options.addAll(jvmOptions);
        if (!crashPoint.isEmpty()) {
            options.add("-Ddeltaforge.crash=" + crashPoint);
        }
        return ServerCommand.of(options, words);
    }

    /** Blocks until a pipeline reads its source for the first time since the start. */
    public DeltaForge awaitReading(String pipeline) {
        return awaitLog("Pipeline " + pipeline + ": reading ", "Pipeline " + pipeline + ": held (");
    }

    /** Blocks until the log since the last start has a text. */
    public DeltaForge awaitLog(String text) {
        process.awaitReady(START_TIMEOUT, () -> log().contains(text));
        return this;
    }

    private DeltaForge awaitLog(String text, String neverAfter) {
        process.awaitReady(START_TIMEOUT, () -> {
            String log = log();
            if (log.contains(neverAfter)) {
                throw new IllegalStateException(
                        "waited for \"" + text + "\" and found \"" + neverAfter + "\":\n" + log);
            }
            return log.contains(text);
        });
        return this;
    }

    /** Returns all output since the last start. */
    public String log() {
        return read(log);
    }

    private static String read(Path file) {
        try {
            return Files.exists(file) ? Files.readString(file) : "";
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the process id. */
    public long pid() {
        return process.pid();
    }

    /** Tells whether the process runs; a frozen one does. */
    public boolean isRunning() {
        return process.isRunning();
    }

    /** Ends the process at once (SIGKILL). */
    public void kill() {
        process.kill();
    }

    /** Asks the process to end (SIGTERM) and does not wait. */
    public void terminate() {
        process.terminate();
    }

    /** Waits for the process to end; returns its exit status. */
    public OptionalInt awaitEnd(Duration timeout) {
        return process.ended(timeout) ? OptionalInt.of(process.exitStatus()) : OptionalInt.empty();
    }

    /** Freezes the process (SIGSTOP). */
    public void pause() {
        process.pause();
    }

    /** Lets a frozen process go on. */
    public void resume() {
        process.resume();
    }

    /** Asks how the pipelines are. */
    public Health health() {
        HttpResponse<String> answer = get("/health");
        try {
            return new Health(answer.statusCode(), JSON.readTree(answer.body()));
        } catch (IOException e) {
            throw new UncheckedIOException("/health is no JSON: " + answer.body(), e);
        }
    }

    /**
     * Scrapes a metric.
     *
     * @param name its name
     * @param labels texts that must stand in its labels, such as {@code sink="a"}
     * @return the sum over all time series that fit, or empty when there is none
     */
    public OptionalDouble metric(String name, String... labels) {
        double sum = 0;
        boolean found = false;
        for (String line : get("/metrics").body().split("\n", -1)) {
            boolean fits = line.startsWith(name + "{") || line.startsWith(name + " ");
            for (String label : labels) {
                fits &= line.contains(label);
            }
            if (fits) {
                found = true;
                sum += Double.parseDouble(line.substring(line.lastIndexOf(' ') + 1));
            }
        }
        return found ? OptionalDouble.of(sum) : OptionalDouble.empty();
    }

    /** Returns everything that Prometheus would scrape. */
    public String metrics() {
        return get("/metrics").body();
    }

    /** Asks the API. */
    public HttpResponse<String> api(String path) {
        return get(API_PORT, path);
    }

    /** Asks the API for a change; an empty type means none, an empty body too. */
    public HttpResponse<String> api(String method, String path, String contentType, String body) {
        return send(API_PORT, path, request -> {
            request.method(method, HttpRequest.BodyPublishers.ofString(body));
            if (!contentType.isEmpty()) {
                request.header("Content-Type", contentType);
            }
        });
    }

    /** Has the API do something. */
    public HttpResponse<String> api(String method, String path, String body) {
        return api(method, path, "", body);
    }

    private HttpResponse<String> get(String path) {
        return get(HTTP_PORT, path);
    }

    private HttpResponse<String> get(Pattern address, String path) {
        return send(address, path, request -> {});
    }

    private HttpResponse<String> send(Pattern address, String path, Consumer<HttpRequest.Builder> what) {
        Matcher port = address.matcher(log());
        if (!port.find()) {
            awaitLog("http://127.0.0.1:");
            port = address.matcher(log());
            if (!port.find()) {
                throw new IllegalStateException("the log does not say where to ask for " + path + ":\n" + log());
            }
        }
        try {
            URI uri = URI.create("http://127.0.0.1:" + port.group(1) + path);
            HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(HTTP_TIMEOUT);
            what.accept(request);
            return http.send(request.build(), HttpResponse.BodyHandlers.ofString(StandardCharsets.UTF_8));
        } catch (IOException e) {
            throw new UncheckedIOException(path + " was not answered", e);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IllegalStateException("interrupted while asking for " + path, e);
        }
    }

    /** Kills the process if it runs. */
    @Override
    public void close() {
        if (process != null) {
            process.resume();
            process.kill();
        }
    }
}
