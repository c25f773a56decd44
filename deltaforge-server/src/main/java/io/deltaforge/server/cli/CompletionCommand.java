package io.deltaforge.server.cli;

import java.util.Map;
import picocli.AutoComplete;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** {@code deltaforge completion}. */
@Command(
        name = "completion",
        description = "Prints a script that completes command lines in a shell: source <(deltaforge completion bash)")
final class CompletionCommand extends Verb {

    /** The shells that are known. Both read the same script: it asks zsh to understand bash's way. */
    enum Shell {
        bash,
        zsh
    }

    @Parameters(paramLabel = "SHELL", description = "${COMPLETION-CANDIDATES}")
    private Shell shell;

    @Spec
    private CommandSpec spec;

    @Override
    Answer answer(Output out) {
        String script = AutoComplete.bash("deltaforge", spec.root().commandLine());
        return Answer.done("completion for " + shell, Map.of("shell", shell, "script", script))
                .withText(script);
    }
}
