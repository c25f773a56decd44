package io.deltaforge.bench.drain;

import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * How many events DeltaForge has delivered by its own metrics. The end of a topic would not tell: it counts the markers of
 * transactions as well.
 */
final class CommittedEvents implements DeltaForgeRuns.Progress {

    private static final Pattern ADDRESS = Pattern.compile("metrics at (http://[^,\\s]+)");
    private static final Pattern EVENTS =
            Pattern.compile("^deltaforge_sink_events_total\\{[^}]*\\} (\\S+)$", Pattern.MULTILINE);

    private final HttpClient http = HttpClient.newHttpClient();
    private final HttpRequest request;

    CommittedEvents(Path log) throws IOException {
        Matcher address = ADDRESS.matcher(Files.readString(log));
        if (!address.find()) {
            throw new IOException("the log does not say where the metrics are:\n" + Files.readString(log));
        }
        this.request = HttpRequest.newBuilder(URI.create(address.group(1))).build();
    }

    @Override
    public long events() throws IOException, InterruptedException {
        Matcher events = EVENTS.matcher(
                http.send(request, HttpResponse.BodyHandlers.ofString()).body());
        return events.find() ? (long) Double.parseDouble(events.group(1)) : 0;
    }
}
