package io.deltaforge.server.cli;

import io.deltaforge.server.config.ServerConfig;
import io.deltaforge.server.lifecycle.Server;
import io.deltaforge.server.lifecycle.StopSignals;
import io.deltaforge.server.logging.LogLevels;
import io.deltaforge.server.plugin.Plugins;
import io.deltaforge.server.wiring.Wiring;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code deltaforge run}. */
@Command(
        name = "run",
        description = "Runs the pipelines of a configuration until SIGTERM or Ctrl-C, then finishes what is under way;"
                + " a second signal ends it at once.")
final class RunCommand extends Verb {

    @Mixin
    private ConfigOption config;

    @Override
    Answer answer(Output out) throws InterruptedException {
        Plugins plugins = config.plugins();
        ServerConfig read = config.read(plugins);
        LogLevels.ofProcess().apply(read.logging().format(), read.logging().level());
        Server server = Wiring.server(read, plugins, ProductVersion.build());
        StopSignals.call(server::requestStop);
        server.run();
        return Answer.done("", null);
    }
}
