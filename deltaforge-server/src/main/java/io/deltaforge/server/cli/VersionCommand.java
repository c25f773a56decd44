package io.deltaforge.server.cli;

import picocli.CommandLine.Command;

/** {@code deltaforge version}. */
@Command(name = "version", description = "Says which version this is.")
final class VersionCommand extends Verb {

    private record Versions(String version, String java, String vm, String os, String arch) {}

    @Override
    Answer answer(Output out) {
        Versions versions = new Versions(
                ProductVersion.text(),
                Runtime.version().toString(),
                System.getProperty("java.vm.name"),
                System.getProperty("os.name"),
                System.getProperty("os.arch"));
        return Answer.done("deltaforge " + versions.version, versions)
                .withText(String.join(System.lineSeparator(), new ProductVersion().getVersion()));
    }
}
