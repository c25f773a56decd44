package io.deltaforge.server;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The program in a process of its own, with everything that it prints. */
public final class ServerProcess implements AutoCloseable {

    private static final Pattern API = Pattern.compile("API at (http://[^/]+)/");
    private static final Pattern ADDRESS = Pattern.compile("metrics at (http://[^/]+)/metrics");
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final Process process;
    private final Path output;

    private ServerProcess(Process process, Path output) {
        this.process = process;
        this.output = output;
    }

    public static ServerProcess start(Path directory, Map<String, String> environment, String... arguments)
            throws IOException {
        Path output = Files.createTempFile(directory, "output", ".txt");
        List<String> command = new ArrayList<>(List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-Xmx128m",
                "-XX:TieredStopAtLevel=1",
                "-XX:+UseSerialGC",
                "-cp",
                System.getProperty("java.class.path"),
                Main.class.getName()));
        command.addAll(List.of(arguments));
        ProcessBuilder builder = new ProcessBuilder(command)
                .directory(directory.toFile())
                .redirectErrorStream(true)
                .redirectOutput(output.toFile());
        builder.environment().putAll(environment);
        return new ServerProcess(builder.start(), output);
    }

    /** Runs a configuration and waits until it is up. */
    public static ServerProcess run(Path directory, Map<String, String> environment, String config) throws IOException {
        Path file = Files.writeString(directory.resolve("test.conf"), config);
        ServerProcess server = start(directory, environment, "run", "--config", file.toString());
        await().atMost(PATIENCE).until(() -> {
            assertThat(server.process.isAlive()).as(server.output()).isTrue();
            return ADDRESS.matcher(server.output()).find();
        });
        return server;
    }

    public String output() throws IOException {
        return Files.readString(output);
    }

    public HttpResponse<String> get(String path, String accept) throws IOException, InterruptedException {
        Matcher address = ADDRESS.matcher(output());
        assertThat(address.find()).isTrue();
        return HttpClient.newHttpClient()
                .send(
                        HttpRequest.newBuilder(URI.create(address.group(1) + path))
                                .header("Accept", accept)
                                .build(),
                        HttpResponse.BodyHandlers.ofString());
    }

    /** Calls the API; headers are names and values in turn. */
    public HttpResponse<String> api(String method, String path, String body, String... headers)
            throws IOException, InterruptedException {
        Matcher address = API.matcher(output());
        assertThat(address.find()).isTrue();
        HttpRequest.Builder request = HttpRequest.newBuilder(URI.create(address.group(1) + path))
                .method(
                        method,
                        body == null ? HttpRequest.BodyPublishers.noBody() : HttpRequest.BodyPublishers.ofString(body));
        for (int i = 0; i < headers.length; i += 2) {
            request.header(headers[i], headers[i + 1]);
        }
        return HttpClient.newHttpClient().send(request.build(), HttpResponse.BodyHandlers.ofString());
    }

    /** Waits until the pipelines that are to run do, and changes can be made. */
    public ServerProcess awaitReady() {
        await().atMost(PATIENCE)
                .ignoreExceptions()
                .until(() -> api("GET", "/ready", null).statusCode() == 200);
        return this;
    }

    /** The address of the API. */
    public String apiAddress() throws IOException {
        Matcher address = API.matcher(output());
        assertThat(address.find()).isTrue();
        return address.group(1);
    }

    /** Sends SIGTERM. */
    public void terminate() {
        process.destroy();
    }

    /** Sends SIGKILL and waits for the end. */
    public void kill() {
        process.destroyForcibly().onExit().join();
    }

    public int awaitExit() throws InterruptedException, IOException {
        assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS))
                .as(output())
                .isTrue();
        return process.exitValue();
    }

    @Override
    public void close() {
        kill();
    }
}
