package io.deltaforge.server.cli;

import java.time.Instant;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code deltaforge top}. */
@Command(
        name = "top",
        description =
                "Shows state, rate and lag of every pipeline and sink of a running process, again and again until Ctrl-C:"
                        + " in place on a terminal, one table below the other elsewhere.")
final class TopCommand extends ApiVerb {

    private static final String HOME_AND_CLEAR = "\u001b[H\u001b[J";

    @Option(
            names = "--interval",
            paramLabel = "SECONDS",
            defaultValue = "2",
            description = "how long to wait in between; default ${DEFAULT-VALUE}")
    private int interval;

    @Option(names = "--count", paramLabel = "NUMBER", description = "end after so many tables")
    private Integer count;

    @Spec
    private CommandSpec spec;

    @Override
    Answer ask(ApiClient process, Output out) throws Exception {
        if (interval < 1 || interval > 3_600 || (count != null && count < 1)) {
            throw new ParameterException(
                    spec.commandLine(), "--interval takes 1 to 3600 seconds, --count a number of tables from 1.");
        }
        List<Map<?, ?>> before = PipelineTable.fetch(process);
        long beforeNanos = System.nanoTime();
        for (int tables = 1; ; tables++) {
            Thread.sleep(interval * 1_000L);
            List<Map<?, ?>> now = PipelineTable.fetch(process);
            long nowNanos = System.nanoTime();
            String text = PipelineTable.text(now, before, (nowNanos - beforeNanos) / 1e9, out.style());
            if (count != null && tables >= count) {
                return Answer.done(now.size() + " pipelines", Map.of("pipelines", now))
                        .withText(text);
            }
            boolean terminal = Boolean.getBoolean("deltaforge.terminal");
            out.line((terminal ? HOME_AND_CLEAR : "") + Instant.now() + System.lineSeparator() + text);
            before = now;
            beforeNanos = nowNanos;
        }
    }
}
