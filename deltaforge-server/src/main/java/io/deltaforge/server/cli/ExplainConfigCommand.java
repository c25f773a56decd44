package io.deltaforge.server.cli;

import io.deltaforge.api.config.EffectiveSetting;
import io.deltaforge.api.config.EffectiveSetting.Origin;
import io.deltaforge.core.SinkDefinition;
import io.deltaforge.server.config.DryRun;
import io.deltaforge.server.config.ServerConfig;
import io.deltaforge.server.config.ServerConfig.Pipeline;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code deltaforge explain-config}. */
@Command(
        name = "explain-config",
        description =
                "Shows how the clients of the sinks of a configuration are set up, such as a Kafka producer, and where each"
                        + " value comes from. Connects to nothing; secrets are masked.")
final class ExplainConfigCommand extends Verb {

    private static final int MAX_WIDTH = 60;

    @Spec
    private CommandSpec spec;

    @Mixin
    private ConfigOption config;

    @Parameters(
            index = "0",
            arity = "0..1",
            paramLabel = "PIPELINE",
            description = "the pipeline; by default all of them")
    private String pipeline;

    @Parameters(index = "1", arity = "0..1", paramLabel = "SINK", description = "the sink's id; by default all of them")
    private String sink;

    @Option(names = "--all", description = "show the client's own defaults, too; --json always does")
    private boolean all;

    /**
     * One sink, and how its client is set up.
     *
     * @param settings empty when its plugin has nothing to say
     */
    private record Explained(String pipeline, String sink, String type, List<EffectiveSetting> settings) {}

    @Override
    Answer answer(Output out) {
        ServerConfig read = config.read();
        List<Pipeline> pipelines = pipeline == null
                ? read.pipelines()
                : List.of(NamedPart.find(spec, "pipeline", pipeline, read.pipelines(), Pipeline::name));
        List<Explained> explained = new ArrayList<>();
        for (Pipeline each : pipelines) {
            List<SinkDefinition> sinks = sink == null
                    ? each.sinks()
                    : List.of(NamedPart.find(spec, "sink", sink, each.sinks(), SinkDefinition::id));
            sinks.forEach(definition -> explained.add(explained(each, definition)));
        }
        StringBuilder text = new StringBuilder();
        explained.forEach(each -> append(each, out.style(), text));
        return Answer.done(
                        "the client settings of " + explained.size() + (explained.size() == 1 ? " sink" : " sinks"),
                        Map.of("sinks", explained))
                .withText(text.toString());
    }

    private static Explained explained(Pipeline pipeline, SinkDefinition sink) {
        DryRun.ForSink context = new DryRun.ForSink(pipeline.name(), sink.id(), sink.envelope());
        return new Explained(
                pipeline.name(),
                sink.id(),
                sink.factory().type(),
                sink.factory().explain(sink.settings(), context));
    }

    private void append(Explained sink, Style style, StringBuilder text) {
        String title = "pipeline " + sink.pipeline() + ", sink " + sink.sink() + " (" + sink.type() + ")";
        text.append(style.strong(title)).append('\n');
        List<EffectiveSetting> shown = sink.settings().stream()
                .filter(setting -> all || setting.origin() != Origin.CLIENT)
                .toList();
        int names = shown.stream()
                .mapToInt(setting -> setting.name().length())
                .max()
                .orElse(0);
        int values = shown.stream()
                .mapToInt(setting -> shortened(setting.value()).length())
                .max()
                .orElse(0);
        String row = "  %-" + Math.max(1, names) + "s = %-" + Math.max(1, values) + "s  %s%n";
        shown.forEach(
                setting -> text.append(row.formatted(setting.name(), shortened(setting.value()), reason(setting))));
        int hidden = sink.settings().size() - shown.size();
        if (sink.settings().isEmpty()) {
            text.append("  its plugin has nothing to say about its client\n");
        } else if (hidden > 0) {
            text.append("  and ").append(hidden).append(" defaults of the client, shown with --all\n");
        }
    }

    /** A certificate or a list of classes is not for a column. */
    private static String shortened(String value) {
        String line = value.replace('\n', ' ');
        return line.length() <= MAX_WIDTH ? line : line.substring(0, MAX_WIDTH - 3) + "...";
    }

    private static String reason(EffectiveSetting setting) {
        return switch (setting.origin()) {
            case USER -> "set by you";
            case TRANSLATED -> "set by you as " + setting.from();
            case DERIVED -> "follows from " + setting.from();
            case DELTAFORGE -> "default of DeltaForge";
            case CLIENT -> "default of the client";
        };
    }
}
