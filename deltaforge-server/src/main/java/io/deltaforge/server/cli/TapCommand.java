package io.deltaforge.server.cli;

import io.deltaforge.server.json.JsonText;
import java.io.BufferedReader;
import java.io.IOException;
import java.io.InputStreamReader;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.stream.Collectors;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code deltaforge tap}. */
@Command(
        name = "tap",
        description =
                "Prints the events of a pipeline as they pass, one JSON object per line, until Ctrl-C. What is left out"
                        + " is said on standard error; the pipeline is never slowed.")
final class TapCommand extends ApiVerb {

    @Parameters(paramLabel = "NAME", description = "the pipeline")
    private String name;

    @Option(names = "--table", paramLabel = "PATTERN", description = "only events of these tables, such as public.*")
    private String table;

    @Option(names = "--op", paramLabel = "OPS", description = "only events of these operations, such as c,u,d")
    private String op;

    @Option(names = "--limit", paramLabel = "NUMBER", description = "end after so many events")
    private Long limit;

    @Option(names = "--rate", paramLabel = "NUMBER", description = "how many events a second at most; by default 100")
    private Long rate;

    @Override
    Answer ask(ApiClient process, Output out) throws Exception {
        Map<String, Object> query = new LinkedHashMap<>();
        query.put("table", table);
        query.put("op", op);
        query.put("limit", limit);
        query.put("rate", rate);
        String path = "/pipelines" + ApiClient.part(name) + "/tap?"
                + query.entrySet().stream()
                        .filter(entry -> entry.getValue() != null)
                        .map(entry -> entry.getKey() + "="
                                + URLEncoder.encode(entry.getValue().toString(), StandardCharsets.UTF_8))
                        .collect(Collectors.joining("&"));
        try (BufferedReader lines =
                new BufferedReader(new InputStreamReader(process.stream(path), StandardCharsets.UTF_8))) {
            return print(lines, out);
        } catch (IOException e) {
            return Answer.failed(
                    ExitCode.ENVIRONMENT, new Answer.Failure("ENVIRONMENT", "the running process has ended: " + e));
        }
    }

    private static Answer print(BufferedReader lines, Output out) throws IOException {
        long events = 0;
        long dropped = 0;
        String event = "";
        for (String line = lines.readLine(); line != null; line = lines.readLine()) {
            if (line.startsWith("event: ")) {
                event = line.substring("event: ".length());
            } else if (line.startsWith("data: ")) {
                String content = line.substring("data: ".length());
                if (event.isEmpty()) {
                    events++;
                    out.content(content);
                } else if (event.equals("dropped")) {
                    Map<?, ?> said = (Map<?, ?>) JsonText.read(content);
                    dropped += ((Number) said.get("events")).longValue();
                    out.remark(said.get("events") + " events left out ("
                            + ("rate".equals(said.get("reason")) ? "faster than --rate" : "faster than they were read")
                            + ")");
                }
            } else if (line.isEmpty()) {
                event = "";
            }
        }
        return Answer.done(
                events + " events shown, " + dropped + " left out", Map.of("events", events, "dropped", dropped));
    }
}
