package io.deltaforge.server.scaffold;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.config.ConfigField;
import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.sink.SinkFactory;
import io.deltaforge.api.source.SourceFactory;

/**
 * A configuration to begin from, made from the specs of its plugins: what must be set, each with what it means, and nothing
 * else. What is to be filled in stands in angle brackets, which no setting takes for a value.
 *
 * @param pipeline the pipeline's name
 * @param source reads
 * @param sink delivers
 */
public record PipelineConfig(String pipeline, SourceFactory source, SinkFactory sink) {

    private static final int WIDTH = 100;

    /** Refuses missing parts. */
    public PipelineConfig {
        requireNonNull(pipeline, "pipeline is null");
        requireNonNull(source, "source is null");
        requireNonNull(sink, "sink is null");
    }

    /**
     * Returns the text.
     *
     * @return a HOCON file
     */
    public String hocon() {
        StringBuilder text = new StringBuilder();
        text.append("# 1. Fill in what stands in <angle brackets>.\n")
                .append("# 2. deltaforge validate --config FILE    says what is wrong with it,\n")
                .append("#    deltaforge doctor --config FILE      what is wrong around it, with what puts it right.\n")
                .append("# 3. deltaforge run --config FILE\n")
                .append("# Everything else has a default: deltaforge explain source.")
                .append(source.type())
                .append(", explain sink.")
                .append(sink.type())
                .append(", explain pipelines.\n\n");
        text.append("deltaforge {\n");
        comment(text, "  ", "Positions and whatever else must last. One process at a time; keep it.");
        text.append("  data_dir = \"./deltaforge-data\"\n}\n\n");
        text.append("pipelines {\n  ").append(pipeline).append(" {\n    source {\n");
        text.append("      type = ").append(source.type()).append('\n');
        required(text, "      ", source.config());
        text.append("    }\n    sinks = [\n      {\n");
        comment(text, "        ", "The position of a sink is kept under its id: do not change it later.");
        text.append("        id = ").append(sink.type()).append('\n');
        text.append("        type = ").append(sink.type()).append('\n');
        required(text, "        ", sink.config());
        text.append("      }\n    ]\n  }\n}\n");
        return text.toString();
    }

    private static void required(StringBuilder text, String indent, ConfigSpec spec) {
        for (ConfigField field : spec.fields()) {
            if (field.required()) {
                comment(text, indent, field.doc());
                field.example().ifPresent(example -> comment(text, indent, "For example: " + example));
                text.append(indent)
                        .append(field.name())
                        .append(" = \"<")
                        .append(field.name())
                        .append(">\"\n");
            }
        }
    }

    private static void comment(StringBuilder text, String indent, String words) {
        StringBuilder line = new StringBuilder(indent + "#");
        for (String word : words.split(" ", -1)) {
            if (line.length() + word.length() >= WIDTH) {
                text.append(line).append('\n');
                line = new StringBuilder(indent + "#");
            }
            line.append(' ').append(word);
        }
        text.append(line).append('\n');
    }
}
