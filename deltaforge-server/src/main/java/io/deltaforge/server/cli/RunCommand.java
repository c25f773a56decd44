package io.deltaforge.server.cli;

import io.deltaforge.server.lifecycle.Server;
import io.deltaforge.server.lifecycle.StopSignals;
import io.deltaforge.server.wiring.Wiring;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** {@code deltaforge run}. */
@Command(
        name = "run",
        mixinStandardHelpOptions = true,
        description = "Runs the pipelines of a configuration until SIGTERM or Ctrl-C, then finishes what is under way;"
                + " a second signal ends it at once.")
final class RunCommand implements Callable<Integer> {

    @Mixin
    private ConfigOption config;

    @Override
    public Integer call() throws InterruptedException {
        Server server = Wiring.server(config.read());
        StopSignals.call(server::requestStop);
        server.run(ProductVersion.text());
        return ExitCode.OK;
    }
}
