package io.deltaforge.server.cli;

import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.server.config.ServerConfig;
import io.deltaforge.server.deadletter.DeadLetterPage;
import io.deltaforge.server.deadletter.DeadLetterView;
import io.deltaforge.server.deadletter.LetterQuery;
import io.deltaforge.server.json.JsonValue;
import io.deltaforge.server.lifecycle.Checkpoints;
import io.deltaforge.server.lifecycle.EnvironmentException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/**
 * {@code deltaforge dlq}: shows what pipelines have put aside. Reads the data directory, or asks the API of the process that
 * uses it.
 */
@Command(
        name = "dlq",
        description = "Shows events that could never be delivered as they are, and what can be done to them.",
        subcommands = {
            DlqCommand.Ls.class,
            DlqCommand.Count.class,
            DlqCommand.Show.class,
            DlqDeeds.Replay.class,
            DlqDeeds.Discard.class,
            DlqDeeds.Edit.class,
            DlqDeeds.History.class
        })
final class DlqCommand implements Runnable {

    private static final String ROW = "%-6s %-12s %-22s %-24s %-2s %5s  %-24s %-10s %s%n";

    @Spec
    private CommandSpec spec;

    @Override
    public void run() {
        throw new ParameterException(
                spec.commandLine(),
                "What is to be done with the dead letters? Name one of ls, count, show,"
                        + " replay, discard, edit, history.");
    }

    /** What asks about the dead letters of pipelines. */
    abstract static class Question extends Verb {

        @Mixin
        private ConfigOption config;

        @Option(names = "--pipeline", paramLabel = "PIPELINE", description = "the pipeline; by default all of them")
        private String pipeline;

        @Spec
        private CommandSpec spec;

        /** The pipelines that were named. */
        private List<ServerConfig.Pipeline> wanted(ServerConfig read) {
            return pipeline == null ? read.pipelines() : List.of(CheckpointCommand.find(read, pipeline, spec));
        }

        /** Asks of each pipeline that was named: its store, or the process that uses it. */
        final <T> List<T> ask(Function<DeadLetterPage, T> question) {
            ServerConfig read = config.read();
            List<ServerConfig.Pipeline> wanted = wanted(read);
            List<T> answers = new ArrayList<>();
            Optional<Checkpoints> store = store(read);
            try {
                for (ServerConfig.Pipeline each : wanted) {
                    answers.add(question.apply(
                            store.isPresent()
                                    ? new DeadLetterView(store.get().deadLetters(each))
                                    : new ApiDeadLetters(read.api(), each.name())));
                }
            } finally {
                store.ifPresent(Checkpoints::close);
            }
            return answers;
        }

        /** Takes the data directory; empty while a process uses it whose API can be asked. */
        private static Optional<Checkpoints> store(ServerConfig read) {
            try {
                return Optional.of(Checkpoints.open(read));
            } catch (EnvironmentException e) {
                if (e.getCause() instanceof CheckpointException owned
                        && owned.kind() == ErrorKind.STANDBY
                        && read.api().address().port() != 0) {
                    return Optional.empty();
                }
                throw e;
            }
        }

        /** Refuses numbers of letters that might be of any of several pipelines. */
        final void requireOne(String what) {
            if (pipeline == null && config.read().pipelines().size() > 1) {
                throw mistyped(what + " counts within a pipeline: name it with --pipeline.");
            }
        }

        final ParameterException mistyped(String message) {
            return new ParameterException(spec.commandLine(), message);
        }
    }

    /** {@code deltaforge dlq ls}. */
    @Command(name = "ls", description = "Lists dead letters in the order in which they came.")
    static final class Ls extends Question {

        @Option(names = "--code", paramLabel = "CODE", description = "only those put aside for this code")
        private String code;

        @Option(names = "--table", paramLabel = "TABLE", description = "only those of this table, as schema.table")
        private String table;

        @Option(
                names = "--sink",
                paramLabel = "SINK",
                description = "only those of this sink; processor/ID for those of a processor")
        private String sink;

        @Option(
                names = "--limit",
                paramLabel = "NUMBER",
                defaultValue = "50",
                description = "how many of a pipeline at most, up to 1000; default ${DEFAULT-VALUE}")
        private int limit;

        @Option(
                names = "--after",
                paramLabel = "ID",
                defaultValue = "0",
                description = "only those behind this one, as the end of a list says")
        private long after;

        @Override
        Answer answer(Output out) {
            if (limit < 1 || limit > 1_000) {
                throw mistyped("--limit takes a number from 1 to 1000, found " + limit + ".");
            }
            if (after > 0) {
                requireOne("--after");
            }
            Map<String, Object> said = new LinkedHashMap<>();
            said.put("sink", sink);
            said.put("code", code);
            said.put("table", table);
            LetterQuery which = new LetterQuery(said);
            List<Map<String, Object>> pages = ask(page -> page.list(which, after, limit));
            StringBuilder text = new StringBuilder();
            int letters = 0;
            for (Map<String, Object> page : pages) {
                List<?> listed = (List<?>) page.get("dead_letters");
                if (!listed.isEmpty() && letters == 0) {
                    text.append(out.style()
                                    .strong(ROW.formatted(
                                                    "ID",
                                                    "PIPELINE",
                                                    "SINK",
                                                    "CODE",
                                                    "OP",
                                                    "TRIES",
                                                    "LAST",
                                                    "STATUS",
                                                    "TABLE")
                                            .strip()))
                            .append(System.lineSeparator());
                }
                letters += listed.size();
                listed.forEach(letter -> text.append(row((Map<?, ?>) letter)));
                if (page.get("next") != null) {
                    text.append("There are more: --pipeline ")
                            .append(page.get("pipeline"))
                            .append(" --after ")
                            .append(page.get("next"))
                            .append(System.lineSeparator());
                }
            }
            String summary = letters == 0 ? "no dead letters" : letters + " dead letters";
            Answer answer = Answer.done(summary, Map.of("pipelines", pages));
            return letters == 0 ? answer : answer.withText(text.toString());
        }

        private static String row(Map<?, ?> letter) {
            return ROW.formatted(
                    letter.get("id"),
                    letter.get("pipeline"),
                    origin(letter),
                    ((Map<?, ?>) letter.get("error")).get("code"),
                    letter.get("op"),
                    letter.get("attempts"),
                    letter.get("last_at").toString().replaceFirst("\\.\\d+", ""),
                    letter.get("status").toString().toLowerCase(Locale.ROOT),
                    letter.get("table"));
        }
    }

    private static Object origin(Map<?, ?> letter) {
        return letter.get("sink") != null ? letter.get("sink") : "processor/" + letter.get("processor");
    }

    /** {@code deltaforge dlq count}. */
    @Command(name = "count", description = "Counts dead letters by pipeline and sink.")
    static final class Count extends Question {

        /** The numbers as machines see them. */
        private record Counts(long count, List<Map<String, Object>> pipelines) {}

        @Override
        Answer answer(Output out) {
            List<Map<String, Object>> pages = ask(DeadLetterPage::count);
            StringBuilder text = new StringBuilder();
            long all = 0;
            for (Map<String, Object> page : pages) {
                all += ((Number) page.get("count")).longValue();
                text.append(page.get("pipeline")).append(": ").append(page.get("count"));
                ((Map<?, ?>) page.get("sinks"))
                        .forEach((sink, count) ->
                                text.append(", ").append(sink).append(' ').append(count));
                text.append(System.lineSeparator());
            }
            return Answer.done(all + " dead letters", new Counts(all, pages)).withText(text.toString());
        }
    }

    /** {@code deltaforge dlq show}. */
    @Command(name = "show", description = "Shows one dead letter with its event, as the envelope native has it.")
    static final class Show extends Question {

        @Parameters(paramLabel = "ID", description = "the number of the dead letter")
        private long id;

        @Override
        Answer answer(Output out) {
            requireOne("ID");
            Map<String, Object> letter = ask(page -> page.show(id))
                    .get(0)
                    .orElseThrow(() -> mistyped("There is no dead letter " + id + "; see dlq ls."));
            StringBuilder text = new StringBuilder();
            letter.forEach((name, value) -> {
                if (value instanceof Map<?, ?> group && name.equals("error")) {
                    group.forEach((inner, part) -> line(text, "error." + inner, part));
                } else {
                    line(text, name, value);
                }
            });
            return Answer.done("dead letter " + id, letter).withText(text.toString());
        }

        private static void line(StringBuilder text, Object name, Object value) {
            Object shown = value instanceof Optional<?> optional ? optional.orElse(null) : value;
            if (shown != null) {
                String plain = shown instanceof String word ? word : JsonValue.text(shown);
                text.append(String.format("%-14s ", name))
                        .append(plain.startsWith("\"") ? plain.substring(1, plain.length() - 1) : plain)
                        .append(System.lineSeparator());
            }
        }
    }
}
