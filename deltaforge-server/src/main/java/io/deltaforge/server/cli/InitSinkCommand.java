package io.deltaforge.server.cli;

import io.deltaforge.server.scaffold.SinkProject;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code deltaforge init sink}. */
@Command(
        name = "sink",
        description = "Makes a Maven project with a sink that works and a conformance test that passes, to begin from.")
final class InitSinkCommand extends Verb {

    @Parameters(paramLabel = "NAME", description = "the sink's type: small letters, digits and dashes")
    private String type;

    @Option(
            names = "--package",
            paramLabel = "NAME",
            description = "the package of its classes; by default one below com.example")
    private String packageName;

    @Option(names = "--dir", paramLabel = "DIR", description = "where to write it; by default ./NAME-sink")
    private Path directory;

    @Spec
    private CommandSpec spec;

    @Override
    Answer answer(Output out) throws IOException {
        try {
            SinkProject project =
                    new SinkProject(type, packageName == null ? SinkProject.defaultPackage(type) : packageName);
            Path target = directory == null ? Path.of(project.artifact()) : directory;
            List<Path> files = project.write(target);
            String summary = "Made " + target + ": a sink of type '" + type + "' and its conformance test";
            return Answer.done(summary, Map.of("directory", target, "type", type, "files", files))
                    .withText(String.join(
                            System.lineSeparator(),
                            summary + ".",
                            "",
                            "  cd " + target,
                            "  mvn package",
                            "  cp -r target/plugins/" + type + " DELTAFORGE/plugins/",
                            "  deltaforge plugins describe sink " + type));
        } catch (IllegalArgumentException e) {
            throw new ParameterException(spec.commandLine(), e.getMessage());
        }
    }
}
