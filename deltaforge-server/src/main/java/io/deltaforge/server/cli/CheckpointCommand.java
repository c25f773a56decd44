package io.deltaforge.server.cli;

import io.deltaforge.core.commit.CheckpointRecord;
import io.deltaforge.server.cli.Answer.Failure;
import io.deltaforge.server.config.ServerConfig;
import io.deltaforge.server.lifecycle.Checkpoints;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code deltaforge checkpoint}: what halts name as remedies. Nothing of it works while a server uses the data directory. */
@Command(
        name = "checkpoint",
        description = "Shows and mends the positions of pipelines that do not run.",
        subcommands = {CheckpointCommand.Show.class, CheckpointCommand.Reset.class, CheckpointCommand.AcceptSlot.class})
final class CheckpointCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(), "What is to be done with the positions? Name one of show, reset, accept-slot.");
    }

    /** The pipeline of that name; a name that is mistyped is told so. */
    static ServerConfig.Pipeline find(ServerConfig config, String name, CommandSpec spec) {
        return NamedPart.find(spec, "pipeline", name, config.pipelines(), ServerConfig.Pipeline::name);
    }

    private static String text(CheckpointRecord record) {
        StringBuilder text = new StringBuilder(record.pipeline());
        if (record.source().isEmpty()) {
            return text.append(": nothing is stored; its first start will read from what the source holds then\n")
                    .toString();
        }
        text.append(": reads ").append(record.source()).append('\n');
        record.positions().forEach((sink, position) -> text.append("  ")
                .append(sink)
                .append(": ")
                .append(position.orElse("no position yet; the next start gives it the oldest that the source holds"))
                .append('\n'));
        if (record.accepted()) {
            text.append("  The next start accepts the slot as it is.\n");
        }
        return text.toString();
    }

    /** {@code deltaforge checkpoint show}. */
    @Command(name = "show", description = "Shows how far each sink has come, as stored.")
    static final class Show extends Verb {

        @Mixin
        private ConfigOption config;

        @Spec
        private CommandSpec spec;

        @Parameters(arity = "0..1", paramLabel = "PIPELINE", description = "the pipeline; by default all of them")
        private String pipeline;

        @Override
        Answer answer(Output out) {
            ServerConfig read = config.read();
            List<ServerConfig.Pipeline> wanted =
                    pipeline == null ? read.pipelines() : List.of(find(read, pipeline, spec));
            List<CheckpointRecord> records = new ArrayList<>();
            try (Checkpoints checkpoints = Checkpoints.open(read)) {
                wanted.forEach(each -> records.add(checkpoints.show(each)));
            }
            StringBuilder text = new StringBuilder();
            records.forEach(record -> text.append(text(record)));
            return Answer.done("positions of " + records.size() + " pipelines", Map.of("pipelines", records))
                    .withText(text.toString());
        }
    }

    /** What changes the positions of one pipeline: says what it would do, and does it with {@code --yes}. */
    abstract static class Change extends Verb {

        @Mixin
        private ConfigOption config;

        @Spec
        private CommandSpec spec;

        @Parameters(paramLabel = "PIPELINE", description = "the pipeline")
        private String pipeline;

        @Option(names = "--yes", description = "do it; without, only say what would be done")
        private boolean yes;

        abstract String effect(CheckpointRecord before);

        abstract void change(Checkpoints checkpoints, ServerConfig.Pipeline pipeline);

        @Override
        final Answer answer(Output out) {
            ServerConfig read = config.read();
            ServerConfig.Pipeline target = find(read, pipeline, spec);
            try (Checkpoints checkpoints = Checkpoints.open(read)) {
                Optional<CheckpointRecord> before = readable(checkpoints, target);
                before.ifPresent(record -> out.line(text(record).stripTrailing()));
                String effect = effect(before.orElse(new CheckpointRecord(pipeline, "", Map.of(), false)));
                if (!yes) {
                    return Answer.failed(
                            ExitCode.CONFIG,
                            new Failure(
                                    "NOT_CONFIRMED",
                                    "nothing was changed. " + effect,
                                    "say it again with --yes",
                                    List.of()));
                }
                change(checkpoints, target);
                return Answer.done("done. " + effect, Map.of("pipeline", pipeline, "before", before));
            }
        }

        /** What cannot be read can still be forgotten. */
        private static Optional<CheckpointRecord> readable(Checkpoints checkpoints, ServerConfig.Pipeline target) {
            try {
                return Optional.of(checkpoints.show(target));
            } catch (io.deltaforge.api.error.DeltaForgeException e) {
                return Optional.empty();
            }
        }

        final ParameterException mistyped(String message) {
            return new ParameterException(spec.commandLine(), message);
        }
    }

    /** {@code deltaforge checkpoint reset}. */
    @Command(
            name = "reset",
            description =
                    "Forgets the positions of a pipeline, or of one of its sinks: the next start reads from what the"
                            + " source still holds. Events may come again; those the source has dropped do not.")
    static final class Reset extends Change {

        @Option(names = "--sink", paramLabel = "SINK", description = "the sink; by default the whole pipeline")
        private String sink;

        @Override
        String effect(CheckpointRecord before) {
            if (sink != null && !before.positions().containsKey(sink)) {
                throw mistyped("Nothing is stored of a sink '" + sink + "'; there are "
                        + String.join(", ", before.positions().keySet()) + ".");
            }
            return (sink == null ? "Every position of pipeline " + before.pipeline() : "The position of sink " + sink)
                    + " is forgotten; the next start reads from what the source still holds, which may repeat events.";
        }

        @Override
        void change(Checkpoints checkpoints, ServerConfig.Pipeline pipeline) {
            if (sink == null) {
                checkpoints.records(pipeline).reset();
            } else {
                checkpoints.records(pipeline).reset(sink);
            }
        }
    }

    /** {@code deltaforge checkpoint accept-slot}. */
    @Command(
            name = "accept-slot",
            description =
                    "Accepts that the log is only there from where the slot holds it: at the next start sinks that are"
                            + " behind go on from there, and a slot that is gone may be made anew. What is between is"
                            + " missing.")
    static final class AcceptSlot extends Change {

        @Override
        String effect(CheckpointRecord before) {
            return "At the next start, sinks of pipeline " + before.pipeline()
                    + " that are behind what the slot holds go on from there; what is between is missing in them.";
        }

        @Override
        void change(Checkpoints checkpoints, ServerConfig.Pipeline pipeline) {
            checkpoints.records(pipeline).acceptSlot();
        }
    }
}
