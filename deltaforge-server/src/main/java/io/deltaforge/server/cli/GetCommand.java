package io.deltaforge.server.cli;

import io.deltaforge.server.config.PipelineSpec;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code deltaforge get}. */
@Command(name = "get", description = "Shows everything that a running process knows of a pipeline, secrets masked.")
final class GetCommand extends ApiVerb {

    @Parameters(paramLabel = "NAME", description = "the pipeline")
    private String name;

    @Override
    Answer ask(ApiClient process, Output out) throws ApiClient.Refused {
        Object pipeline = process.get("/pipelines" + ApiClient.part(name));
        return Answer.done("pipeline " + name, pipeline).withText(PipelineSpec.text(pipeline));
    }
}
