package io.deltaforge.server.cli;

import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.server.deadletter.DeadLetterPage.Replayed;
import io.deltaforge.server.deadletter.LetterQuery;
import io.deltaforge.server.json.JsonText;
import java.io.IOException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;

/** The subcommands of {@code deltaforge dlq} that do something to dead letters. */
final class DlqDeeds {

    private DlqDeeds() {}

    /** Which dead letters are meant. */
    static final class Which {

        @Parameters(paramLabel = "ID", arity = "0..*", description = "numbers of dead letters")
        private List<Long> ids = new ArrayList<>();

        @Option(names = "--sink", paramLabel = "SINK", description = "those of this sink; processor/ID for a processor")
        private String sink;

        @Option(names = "--code", paramLabel = "CODE", description = "those put aside for this code")
        private String code;

        @Option(names = "--table", paramLabel = "TABLE", description = "those of this table, as schema.table")
        private String table;

        @Option(names = "--key", paramLabel = "KEY", description = "those of this row, as {\"id\":1}")
        private String key;

        @Option(names = "--from", paramLabel = "TIME", description = "those put aside since, as 2026-01-31T00:00:00Z")
        private String from;

        @Option(names = "--to", paramLabel = "TIME", description = "those put aside before")
        private String to;

        @Option(names = "--all", description = "all of them")
        private boolean all;

        LetterQuery query() {
            Map<String, Object> said = new LinkedHashMap<>();
            said.put("ids", ids);
            said.put("sink", sink);
            said.put("code", code);
            said.put("table", table);
            said.put("key", key);
            said.put("from", from);
            said.put("to", to);
            said.put("all", all);
            return new LetterQuery(said);
        }
    }

    /** What somebody does to letters of one pipeline. */
    abstract static class Deed extends DlqCommand.Question {

        @Option(names = "--by", paramLabel = "NAME", description = "who does it, for the history; by default the user")
        private String by = System.getProperty("user.name", "somebody");

        final String by() {
            return by;
        }

        @Override
        final Answer answer(Output out) {
            requireOne("what is done");
            try {
                return done();
            } catch (LetterProblem e) {
                return Answer.failed(ExitCode.RUNTIME, new Answer.Failure(e.code(), e.getMessage()));
            } catch (DeltaForgeException e) {
                return Answer.failed(
                        ExitCode.RUNTIME,
                        new Answer.Failure(
                                e.reason(), e.getMessage(), e.remedy().orElse(null), List.of()));
            } catch (IllegalArgumentException e) {
                throw mistyped(e.getMessage());
            }
        }

        abstract Answer done();

        final LetterQuery said(Which which) {
            LetterQuery query = which.query();
            if (!query.isSaid()) {
                throw mistyped("Say which dead letters: their numbers, --sink, --code, --table, --key, --from, --to, or"
                        + " --all.");
            }
            return query;
        }

        @SuppressWarnings("unchecked") // The members of a JSON object.
        final Map<String, Object> columns(String json) {
            try {
                if (JsonText.read(json) instanceof Map<?, ?> columns && !columns.isEmpty()) {
                    return (Map<String, Object>) columns;
                }
            } catch (IOException e) {
                // Said below.
            }
            throw mistyped("--after takes a JSON object of columns and their new values, as '{\"note\":\"short\"}'.");
        }
    }

    /** {@code deltaforge dlq replay}. */
    @Command(
            name = "replay",
            description = "Delivers dead letters after all, in the order of their keys, through the running pipeline.")
    static final class Replay extends Deed {

        @Mixin
        private Which which;

        @Option(
                names = "--after",
                paramLabel = "JSON",
                description = "new values of columns, as {\"note\":\"short\"}, of the one letter that is named")
        private String after;

        @Option(names = "--force", description = "even if an old version then comes after a newer one; it is marked")
        private boolean force;

        @Override
        Answer done() {
            LetterQuery query = said(which);
            Map<String, Object> columns = after == null ? Map.of() : columns(after);
            Replayed replayed =
                    ask(page -> page.replay(query, columns, force, by())).get(0);
            List<?> results = (List<?>) replayed.page().get("results");
            StringBuilder text = new StringBuilder();
            int stay = 0;
            for (Object each : results) {
                Map<?, ?> result = (Map<?, ?>) each;
                boolean gone = Boolean.TRUE.equals(result.get("replayed"));
                stay += gone ? 0 : 1;
                text.append(result.get("id"))
                        .append(gone ? " replayed" : " stays: " + result.get("code") + ": " + result.get("message"))
                        .append(System.lineSeparator());
            }
            if (!replayed.isDone()) {
                return Answer.done("the replay is under way; see dlq ls, and dlq history", replayed.page());
            }
            String summary = results.size() - stay + " dead letters replayed, " + stay + " stay";
            return stay == 0
                    ? Answer.done(summary, replayed.page()).withText(text + summary + System.lineSeparator())
                    : Answer.failed(ExitCode.RUNTIME, new Answer.Failure("REPLAY_INCOMPLETE", summary))
                            .withResult(replayed.page())
                            .withText(text.toString());
        }
    }

    /** {@code deltaforge dlq discard}. */
    @Command(name = "discard", description = "Gives dead letters up, for good; the reason is kept.")
    static final class Discard extends Deed {

        @Mixin
        private Which which;

        @Option(names = "--reason", paramLabel = "TEXT", required = true, description = "why")
        private String reason;

        @Override
        Answer done() {
            LetterQuery query = said(which);
            Map<String, Object> page =
                    ask(letters -> letters.discard(query, by(), reason)).get(0);
            return Answer.done(page.get("discarded") + " dead letters discarded", page);
        }
    }

    /** {@code deltaforge dlq edit}. */
    @Command(name = "edit", description = "Changes the row of a dead letter, so that it can be replayed.")
    static final class Edit extends Deed {

        @Parameters(paramLabel = "ID", description = "the number of the dead letter")
        private long id;

        @Option(
                names = "--after",
                paramLabel = "JSON",
                required = true,
                description = "new values of columns, as {\"note\":\"short\"}; others stay as they are")
        private String after;

        @Override
        Answer done() {
            Map<String, Object> columns = columns(after);
            Map<String, Object> letter =
                    ask(page -> page.edit(id, columns, by())).get(0);
            return Answer.done(
                    "dead letter " + id + " is changed: " + String.join(", ", columns.keySet())
                            + "; replay it with dlq replay " + id,
                    letter);
        }
    }

    /** {@code deltaforge dlq history}. */
    @Command(name = "history", description = "Lists what was done to dead letters, the latest first.")
    static final class History extends DlqCommand.Question {

        @Override
        Answer answer(Output out) {
            List<Map<String, Object>> pages = ask(page -> page.history());
            StringBuilder text = new StringBuilder();
            int deeds = 0;
            for (Map<String, Object> page : pages) {
                for (Object each : (List<?>) page.get("history")) {
                    Map<?, ?> deed = (Map<?, ?>) each;
                    text.append("%s %s %s %s by %s (%s, %s, %s)%s%n"
                            .formatted(
                                    deed.get("at"),
                                    page.get("pipeline"),
                                    deed.get("id"),
                                    deed.get("action").toString().toLowerCase(java.util.Locale.ROOT),
                                    deed.get("by"),
                                    deed.get("origin"),
                                    deed.get("code"),
                                    deed.get("table"),
                                    "".equals(deed.get("reason")) ? "" : ": " + deed.get("reason")));
                    deeds++;
                }
            }
            Answer answer = Answer.done(deeds + " deeds", Map.of("pipelines", pages));
            return deeds == 0 ? answer : answer.withText(text.toString());
        }
    }
}
