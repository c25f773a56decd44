package io.deltaforge.server.cli;

import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code deltaforge plugins}: what there is to say about plugins. */
@Command(
        name = "plugins",
        description = "Says which plugins there are, and what they understand.",
        subcommands = {PluginsLsCommand.class, PluginsDescribeCommand.class})
final class PluginsCommand implements Runnable {

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(spec.commandLine(), "What about plugins? Name one of: ls, describe.");
    }
}
