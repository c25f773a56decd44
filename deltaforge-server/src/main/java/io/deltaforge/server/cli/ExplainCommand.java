package io.deltaforge.server.cli;

import io.deltaforge.server.cli.Answer.Failure;
import io.deltaforge.server.config.Explanation;
import io.deltaforge.server.config.Explanation.Setting;
import io.deltaforge.server.config.JsonSchema;
import io.deltaforge.server.json.JsonValue;
import io.deltaforge.server.plugin.Plugins;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** {@code deltaforge explain}. */
@Command(
        name = "explain",
        description =
                "Explains a setting, or lists those of a group: explain sink.kafka.topic, explain pipelines.batch.")
final class ExplainCommand extends Verb {

    @Parameters(
            arity = "0..1",
            defaultValue = "",
            paramLabel = "PATH",
            description = "the path of a setting or a group; nothing for the whole configuration")
    private String path;

    @Option(
            names = "--json-schema",
            description = "print a JSON Schema (2020-12) of the whole configuration, for editors and programs")
    private boolean jsonSchema;

    @Mixin
    private PluginOption pluginOption;

    @Override
    Answer answer(Output out) {
        Plugins plugins = pluginOption.find();
        if (jsonSchema) {
            Map<String, Object> schema = JsonSchema.of(plugins);
            return Answer.done("the JSON Schema of the configuration", schema).withText(JsonValue.text(schema));
        }
        Explanation.Answer answer = new Explanation(plugins).of(path);
        if (answer.settings().isEmpty()) {
            return Answer.failed(
                    ExitCode.CONFIG,
                    new Failure(
                            "UNKNOWN_SETTING",
                            "there is no setting " + path,
                            answer.suggestion()
                                    .map(near -> "deltaforge explain " + near)
                                    .orElse("deltaforge explain, for everything there is"),
                            List.of()));
        }
        StringBuilder text = new StringBuilder();
        answer.settings().forEach(setting -> append(setting, out.style(), text));
        return Answer.done(path, answer.settings()).withText(text.toString());
    }

    private static void append(Setting setting, Style style, StringBuilder text) {
        if (!text.isEmpty()) {
            text.append('\n');
        }
        if (!setting.path().isEmpty()) {
            text.append(style.strong(setting.path())).append('\n');
        }
        text.append("  ").append(setting.doc()).append('\n');
        line(text, "type", setting.type());
        line(text, "set", setting.required() ? "required" : "");
        line(text, "default", setting.defaultValue().orElse(""));
        line(text, "values", setting.values());
        line(text, "unit", setting.unit());
        line(text, "example", setting.example());
        line(text, "since", setting.since());
        int width = setting.children().keySet().stream()
                .mapToInt(String::length)
                .max()
                .orElse(0);
        setting.children().forEach((name, doc) -> text.append("    ")
                .append(style.strong(name))
                .append(" ".repeat(width - name.length() + 2))
                .append(firstSentence(doc))
                .append('\n'));
    }

    private static String firstSentence(String doc) {
        int end = doc.indexOf(". ");
        return end < 0 ? doc : doc.substring(0, end + 1);
    }

    private static void line(StringBuilder text, String name, String value) {
        if (!value.isEmpty()) {
            text.append("  ")
                    .append(name)
                    .append(" ".repeat(9 - name.length()))
                    .append(value)
                    .append('\n');
        }
    }
}
