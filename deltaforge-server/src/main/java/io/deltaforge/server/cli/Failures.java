package io.deltaforge.server.cli;

import io.deltaforge.api.error.ConfigException;
import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.server.cli.Answer.Failure;
import io.deltaforge.server.config.InvalidConfig;
import io.deltaforge.server.config.finding.Finding;
import io.deltaforge.server.lifecycle.EnvironmentException;
import io.deltaforge.server.plugin.PluginException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What exceptions mean to whoever typed the command. */
final class Failures {

    private Failures() {}

    static Answer of(Exception exception) {
        if (exception instanceof InvalidConfig invalid) {
            long count = invalid.findings().stream().filter(Finding::isError).count();
            return Answer.failed(
                    ExitCode.CONFIG,
                    new Failure(
                            "INVALID_CONFIG",
                            (count == 1 ? "1 problem" : count + " problems") + "; nothing was started",
                            null,
                            invalid.findings()));
        }
        if (exception instanceof ConfigException config) {
            return Answer.failed(
                    ExitCode.CONFIG, new Failure("INVALID_CONFIG", "invalid settings", null, config.problems()));
        }
        if (exception instanceof EnvironmentException) {
            return Answer.failed(ExitCode.ENVIRONMENT, new Failure("ENVIRONMENT", exception.getMessage()));
        }
        if (exception instanceof PluginException) {
            return Answer.failed(ExitCode.ENVIRONMENT, new Failure("PLUGIN", exception.getMessage()));
        }
        if (exception instanceof DeltaForgeException known) {
            return Answer.failed(
                    ExitCode.RUNTIME,
                    new Failure(
                            known.reason(), known.getMessage(), known.remedy().orElse(null), List.of()));
        }
        Logger log = LoggerFactory.getLogger(Failures.class);
        log.error("Unexpected failure", exception);
        return Answer.failed(ExitCode.RUNTIME, new Failure("INTERNAL", "unexpected failure: " + exception));
    }
}
