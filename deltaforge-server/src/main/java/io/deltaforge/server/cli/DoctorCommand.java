package io.deltaforge.server.cli;

import io.deltaforge.server.cli.Answer.Failure;
import io.deltaforge.server.doctor.Check;
import io.deltaforge.server.doctor.Check.Severity;
import io.deltaforge.server.doctor.Doctor;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** {@code deltaforge doctor}. */
@Command(
        name = "doctor",
        description =
                "Looks at this machine, the databases and the brokers of a configuration, and says what is wrong with"
                        + " the SQL or the command that puts it right. Changes nothing.")
final class DoctorCommand extends Verb {

    @Mixin
    private ConfigOption config;

    @Option(
            names = "--timeout",
            paramLabel = "SECONDS",
            defaultValue = "30",
            description = "how long to wait for answers; default ${DEFAULT-VALUE}")
    private int timeoutSecs;

    @Override
    Answer answer(Output out) throws InterruptedException {
        Doctor doctor = new Doctor(config.read(), Duration.ofSeconds(timeoutSecs));
        return answer(doctor.examineAll(), out.style(), Severity.OK);
    }

    /** What was found as an answer; people see what is at least so bad. */
    static Answer answer(List<Doctor.Part> parts, Style style, Severity shown) {
        List<Check> checks =
                parts.stream().flatMap(part -> part.checks().stream()).toList();
        long errors = count(checks, Severity.ERROR);
        long warnings = count(checks, Severity.WARNING);
        String summary = errors
                + (errors == 1 ? " error, " : " errors, ")
                + warnings
                + (warnings == 1 ? " warning" : " warnings");
        StringBuilder text = new StringBuilder();
        for (Doctor.Part part : parts) {
            List<Check> visible = part.checks().stream()
                    .filter(check -> check.severity().compareTo(shown) >= 0)
                    .toList();
            if (!visible.isEmpty()) {
                text.append(style.strong(part.title())).append('\n');
                visible.forEach(check -> line(text, check, style));
            }
        }
        Map<String, Object> result = Map.of("errors", errors, "warnings", warnings, "checks", checks);
        if (errors > 0) {
            return Answer.failed(ExitCode.ENVIRONMENT, new Failure("UNHEALTHY", summary))
                    .withText(text.toString())
                    .withResult(result);
        }
        return Answer.done(summary, result).withText(text + style.good(summary));
    }

    private static long count(List<Check> checks, Severity severity) {
        return checks.stream().filter(check -> check.severity() == severity).count();
    }

    private static void line(StringBuilder text, Check check, Style style) {
        String severity = check.severity().name().toLowerCase(java.util.Locale.ROOT);
        String word = "%-8s".formatted(severity);
        text.append("  ")
                .append(
                        switch (check.severity()) {
                            case OK -> style.good(word);
                            case WARNING -> style.doubtful(word);
                            case ERROR -> style.bad(word);
                        })
                .append(' ')
                .append("%-22s".formatted(check.code()))
                .append(' ')
                .append(check.message())
                .append('\n');
        if (check.fix() != null) {
            text.append("           to do: ")
                    .append(check.fix().replace("\n", "\n                  "))
                    .append('\n');
        }
    }
}
