package io.deltaforge.server.cli;

import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** What pipelines and sinks of a running process can be told: {@code pause}, {@code resume}, {@code stop}, {@code start}. */
final class ToldCommands {

    private ToldCommands() {}

    /** Tells a pipeline, or one sink of it. */
    abstract static class Told extends ApiVerb {

        @Parameters(paramLabel = "NAME", description = "the pipeline")
        private String name;

        @Option(names = "--sink", paramLabel = "SINK", description = "one sink of it, while the others go on")
        private String sink;

        private final String word;
        private final String wordForSinks;

        Told(String word, String wordForSinks) {
            this.word = word;
            this.wordForSinks = wordForSinks;
        }

        @Override
        Answer ask(ApiClient process, Output out) throws ApiClient.Refused {
            String path = "/pipelines" + ApiClient.part(name)
                    + (sink == null ? "/" + word : "/sinks" + ApiClient.part(sink) + "/" + wordForSinks);
            Map<?, ?> pipeline = (Map<?, ?>) process.post(path);
            return Answer.done(
                    "pipeline " + name
                            + (sink == null ? "" : ", sink " + sink + ": " + wordForSinks + "d; the pipeline") + " is "
                            + pipeline.get("state"),
                    pipeline);
        }
    }

    /** {@code deltaforge pause}. */
    @Command(
            name = "pause",
            description =
                    "Has a pipeline rest, now and after restarts of the process; its positions are kept. With --sink one"
                            + " sink, while the others go on.")
    static final class Pause extends Told {
        Pause() {
            super("pause", "pause");
        }
    }

    /** {@code deltaforge resume}. */
    @Command(
            name = "resume",
            description =
                    "Has a paused pipeline go on where it was; with --sink one sink that is paused, failed or detached.")
    static final class Resume extends Told {
        Resume() {
            super("resume", "resume");
        }
    }

    /** {@code deltaforge stop}. */
    @Command(
            name = "stop",
            description =
                    "Stops a pipeline, now and after restarts of the process; its positions are kept. With --sink the same"
                            + " as pause.")
    static final class Stop extends Told {
        Stop() {
            super("stop", "pause");
        }
    }

    /** {@code deltaforge start}. */
    @Command(
            name = "start",
            description =
                    "Starts a pipeline that was stopped or paused, has failed or is held; with --sink the same as resume.")
    static final class Start extends Told {
        Start() {
            super("start", "resume");
        }
    }
}
