package io.deltaforge.server.http;

import io.deltaforge.api.config.ConfigField;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Settings;
import io.deltaforge.core.envelope.EnvelopeSettings;
import io.deltaforge.server.config.ServerConfig;
import io.deltaforge.server.config.WrittenValue;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** A pipeline as it was configured, with defaults filled in and every secret masked. */
final class SpecView {

    private static final String MASK = "***";

    private SpecView() {}

    static Map<String, Object> of(ServerConfig.Pipeline pipeline) {
        Map<String, Object> spec = new LinkedHashMap<>();
        spec.put(
                "source",
                plugin(
                        pipeline.source().id(),
                        pipeline.source().factory().type(),
                        pipeline.source().factory().config(),
                        pipeline.source().settings()));
        List<Object> processors = new ArrayList<>();
        pipeline.processors()
                .forEach(step -> processors.add(
                        plugin(step.id(), step.factory().type(), step.factory().config(), step.settings())));
        spec.put("processors", processors);
        List<Object> sinks = new ArrayList<>();
        pipeline.sinks().forEach(sink -> {
            Map<String, Object> view =
                    plugin(sink.id(), sink.factory().type(), sink.factory().config(), sink.settings());
            view.put("required", sink.required());
            view.put("envelope", envelope(sink.envelope().configName(), sink.settings()));
            sinks.add(view);
        });
        spec.put("sinks", sinks);
        spec.put("batch", pipeline.limits());
        spec.put("commit_policy", pipeline.policy().toString());
        spec.put("journal", pipeline.journal());
        spec.put("spool", pipeline.spool());
        spec.put("sink_batch_deadline_secs", pipeline.sinkDeadline().toSeconds());
        return spec;
    }

    /** The word alone where there are no options. */
    private static Object envelope(String type, Settings sink) {
        ConfigSpec spec = nested(EnvelopeSettings.envelope()).variant(type);
        return sink.section("envelope")
                .filter(group -> spec.fields().size() > 1)
                .<Object>map(group -> group(spec, group))
                .orElse(type);
    }

    private static Map<String, Object> plugin(String id, String type, ConfigSpec config, Settings settings) {
        Map<String, Object> view = new LinkedHashMap<>();
        view.put("id", id);
        view.put("type", type);
        view.putAll(group(config, settings));
        return view;
    }

    private static Map<String, Object> group(ConfigSpec config, Settings settings) {
        Map<String, Object> view = new LinkedHashMap<>();
        for (ConfigField field : config.fields()) {
            Object value = value(field, settings);
            if (value != null) {
                view.put(field.name(), value);
            }
        }
        return view;
    }

    /** What may be shown; null for nothing. Free settings are secrets until somebody knows better. */
    private static Object value(ConfigField field, Settings settings) {
        String name = field.name();
        return switch (field.type()) {
            case STRING, ENUM ->
                settings.optionalString(name)
                        .map(text -> WrittenValue.of(settings, name, text))
                        .orElse(null);
            case SECRET -> settings.secret(name).map(secret -> MASK).orElse(null);
            case INTEGER -> field.required() || field.defaultText().isPresent() ? settings.integer(name) : null;
            case BOOLEAN -> field.required() || field.defaultText().isPresent() ? settings.bool(name) : null;
            case STRING_LIST -> settings.strings(name);
            case STRING_MAP -> masked(settings.stringMap(name));
            case SECTION ->
                settings.section(name).map(group -> group(nested(field), group)).orElse(null);
            case SECTION_LIST ->
                settings.sections(name).stream()
                        .map(group -> group(nested(field), group))
                        .toList();
            case SECTION_MAP -> {
                Map<String, Object> groups = new LinkedHashMap<>();
                settings.sectionMap(name).forEach((key, group) -> groups.put(key, group(nested(field), group)));
                yield groups;
            }
        };
    }

    private static ConfigSpec nested(ConfigField field) {
        return field.nested().orElseThrow();
    }

    private static Map<String, Object> masked(Map<String, String> values) {
        Map<String, Object> masked = new LinkedHashMap<>();
        values.keySet().forEach(key -> masked.put(key, MASK));
        return masked;
    }
}
