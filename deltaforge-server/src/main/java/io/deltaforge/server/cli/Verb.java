package io.deltaforge.server.cli;

import java.util.concurrent.Callable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Spec;

/**
 * One verb of the command line: a class with {@code @Command(name, description)}, registered with one line in {@link Verbs}.
 * The options of every verb ({@code --json}, {@code --quiet}, {@code --no-color}, {@code --help}) are inherited; a verb that
 * declares them again, or {@code mixinStandardHelpOptions}, is refused by picocli.
 */
abstract class Verb implements Callable<Integer> {

    @Spec
    private CommandSpec spec;

    /**
     * Does what the verb is for. May block.
     *
     * @param out where to print what people are to see while it goes on; machines get the answer alone
     * @return what came out of it
     * @throws Exception whatever {@link Failures} knows to be the user's or the environment's; anything else is a defect
     */
    abstract Answer answer(Output out) throws Exception;

    @Override
    public final Integer call() throws Exception {
        Output out = Output.of(spec.commandLine());
        return out.end(answer(out));
    }
}
