package io.deltaforge.server.cli;

import io.deltaforge.api.config.NearestName;
import io.deltaforge.server.cli.Answer.Failure;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import picocli.CommandLine;
import picocli.CommandLine.IParameterExceptionHandler;
import picocli.CommandLine.ParameterException;

/** Answers a command line that cannot be understood: what is wrong, and what may have been meant. */
final class Mistyped implements IParameterExceptionHandler {

    @Override
    public int handleParseException(ParameterException problem, String[] arguments) {
        CommandLine command = problem.getCommandLine();
        boolean json = Arrays.asList(arguments).contains("--json");
        String name = command.getCommandSpec().qualifiedName();
        return Output.ofMistyped(command, json)
                .end(Answer.failed(
                        ExitCode.CONFIG,
                        new Failure("COMMAND_LINE", message(problem), "see " + name + " --help", List.of())));
    }

    /** What is unknown comes first: with a mistyped name the right one is missing as well. */
    private static String message(ParameterException problem) {
        CommandLine command = problem.getCommandLine();
        return command.getUnmatchedArguments().stream()
                .findFirst()
                .map(unknown -> unknown(unknown, command))
                .orElseGet(problem::getMessage);
    }

    private static String unknown(String argument, CommandLine command) {
        boolean option = argument.startsWith("-");
        Set<String> known = option
                ? command.getCommandSpec().optionsMap().keySet()
                : command.getSubcommands().keySet();
        String kind = option ? "option" : known.isEmpty() ? "argument" : "command";
        return "unknown " + kind + " \"" + argument + "\""
                + NearestName.of(argument.split("=", 2)[0], known)
                        .map(near -> "; did you mean \"" + near + "\"?")
                        .orElse("");
    }
}
