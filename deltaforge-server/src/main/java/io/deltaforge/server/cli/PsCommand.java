package io.deltaforge.server.cli;

import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;

/** {@code deltaforge ps}. */
@Command(name = "ps", description = "Lists the pipelines of a running process with their sinks.")
final class PsCommand extends ApiVerb {

    @Override
    Answer ask(ApiClient process, Output out) throws ApiClient.Refused {
        List<Map<?, ?>> pipelines = PipelineTable.fetch(process);
        Answer answer = Answer.done(
                pipelines.isEmpty() ? "no pipelines" : pipelines.size() + " pipelines", Map.of("pipelines", pipelines));
        return pipelines.isEmpty() ? answer : answer.withText(PipelineTable.text(pipelines, null, 1, out.style()));
    }
}
