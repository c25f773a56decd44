package io.deltaforge.server.wiring;

import io.deltaforge.server.config.ConfigReader;
import io.deltaforge.server.config.JsonSchema;
import io.deltaforge.server.config.ServerConfig;
import io.deltaforge.server.config.finding.Finding;
import io.deltaforge.server.http.ConfigPages;
import io.deltaforge.server.plugin.Plugins;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;

/** Looks at configurations that come over HTTP. */
final class ConfigInspector implements ConfigPages.Inspector {

    private static final String BODY = "body";

    private final Plugins plugins;

    ConfigInspector(Plugins plugins) {
        this.plugins = plugins;
    }

    @Override
    public ConfigPages.Verdict inspect(String text, String syntax) {
        ConfigReader.Reading reading = new ConfigReader(plugins).check(BODY + "." + syntax, text);
        Map<String, Object> answer = new LinkedHashMap<>();
        answer.put("valid", reading.config().isPresent());
        reading.config().ifPresent(config -> describe(config, answer));
        if (reading.config().isEmpty()) {
            answer.put(
                    "error", reading.findings().stream().map(Finding::toString).collect(Collectors.joining("\n")));
        }
        answer.put("findings", reading.findings());
        return new ConfigPages.Verdict(reading.config().isPresent(), answer);
    }

    private static void describe(ServerConfig config, Map<String, Object> answer) {
        List<Map<String, Object>> pipelines =
                config.pipelines().stream().map(ConfigInspector::described).toList();
        pipelines.stream().findFirst().ifPresent(answer::putAll);
        answer.put("pipelines", pipelines);
    }

    private static Map<String, Object> described(ServerConfig.Pipeline pipeline) {
        Map<String, Object> described = new LinkedHashMap<>();
        described.put("pipeline", pipeline.name());
        described.put("source_type", pipeline.source().factory().type());
        described.put("sink_count", pipeline.sinks().size());
        return described;
    }

    @Override
    public Object schema() {
        return JsonSchema.of(plugins);
    }

    @Override
    public Object plugins() {
        return Map.of("plugins", plugins.found(), "problems", plugins.problems());
    }
}
