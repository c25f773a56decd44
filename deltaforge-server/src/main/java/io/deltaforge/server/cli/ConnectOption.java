package io.deltaforge.server.cli;

import io.deltaforge.server.config.ServerConfig;
import io.deltaforge.server.doctor.Check.Severity;
import io.deltaforge.server.doctor.Doctor;
import java.time.Duration;
import java.util.Optional;
import picocli.CommandLine.Option;

/** The options that have a configuration tried on what it connects to, read-only and for a limited time. */
final class ConnectOption {

    @Option(
            names = "--connect",
            description = "connect to the sources and sinks and look at them, read-only; \"doctor\" says more")
    private boolean connect;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "how long to wait for answers with --connect; default ${DEFAULT-VALUE}")
    private int timeoutSecs;

    /** Returns what is wrong there; empty when nothing is, or when it was not asked for. */
    Optional<Answer> faults(ServerConfig config, Style style) throws InterruptedException {
        if (!connect) {
            return Optional.empty();
        }
        Doctor doctor = new Doctor(config, Duration.ofSeconds(timeoutSecs));
        Answer answer = DoctorCommand.answer(doctor.examineConnections(), style, Severity.WARNING);
        return answer.ok() ? Optional.empty() : Optional.of(answer);
    }
}
