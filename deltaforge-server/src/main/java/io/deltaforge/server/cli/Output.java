package io.deltaforge.server.cli;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonGenerator;
import io.deltaforge.server.config.finding.Finding;
import io.deltaforge.server.config.finding.FindingText;
import io.deltaforge.server.json.JsonValue;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine;

/**
 * Where a verb prints. For people: lines on standard output, failures on standard error. With {@code --json}: one object
 * {@code {command, ok, summary, result, error}} on standard output at the end, and nothing else there.
 */
final class Output {

    private final String command;
    private final PrintWriter out;
    private final PrintWriter err;
    private final boolean json;
    private final boolean quiet;
    private final Style style;

    private Output(CommandLine command, boolean json, boolean quiet, Style style) {
        String root = root(command).getCommandName();
        this.command = command.getCommandSpec()
                .qualifiedName()
                .substring(root.length())
                .strip();
        this.out = command.getOut();
        this.err = command.getErr();
        this.json = json;
        this.quiet = quiet;
        this.style = style;
    }

    /** The output of a command line that was understood. */
    static Output of(CommandLine command) {
        DeltaForgeCommand options = (DeltaForgeCommand) root(command).getCommand();
        return new Output(command, options.json, options.quiet, Style.of(options.noColor));
    }

    /** The output of a command line that was not. */
    static Output ofMistyped(CommandLine command, boolean json) {
        return new Output(command, json, false, Style.of(false));
    }

    private static CommandLine root(CommandLine command) {
        CommandLine root = command;
        while (root.getParent() != null) {
            root = root.getParent();
        }
        return root;
    }

    /** Prints a line for people while the verb goes on. */
    void line(String text) {
        if (!json && !quiet) {
            out.println(text);
            out.flush();
        }
    }

    /** Prints something that was asked for, for people and machines alike, while the verb goes on. */
    void content(String text) {
        out.println(text);
        out.flush();
    }

    /** Says something beside what was asked for, on standard error. */
    void remark(String text) {
        if (!quiet) {
            err.println(text);
            err.flush();
        }
    }

    /** Whether a machine reads along. */
    boolean isJson() {
        return json;
    }

    /** How words may be made to stand out. */
    Style style() {
        return style;
    }

    /** Prints what came out of the verb and returns the exit code. */
    int end(Answer answer) {
        if (json) {
            out.println(envelope(answer));
        } else {
            print(answer);
        }
        out.flush();
        err.flush();
        return answer.exitCode();
    }

    private void print(Answer answer) {
        if (answer.text() != null) {
            out.print(answer.text().endsWith("\n") ? answer.text() : answer.text() + System.lineSeparator());
            out.flush();
        } else if (answer.ok() && !quiet && !answer.summary().isEmpty()) {
            out.println(answer.summary());
        }
        Optional.ofNullable(answer.failure()).ifPresent(failure -> {
            printFindings(failure.findings());
            err.println(style.bad(failure.message()));
            if (failure.remedy() != null) {
                err.println("To do: " + failure.remedy());
            }
        });
    }

    /** Those of a configuration have a place to point at; others are a line each. */
    private void printFindings(List<?> findings) {
        FindingText places = new FindingText(style == Style.COLOURS);
        for (Object finding : findings) {
            if (finding instanceof Finding placed) {
                err.print(places.of(List.of(placed)));
            } else {
                err.println(finding);
            }
        }
    }

    private String envelope(Answer answer) {
        StringWriter text = new StringWriter();
        try (JsonGenerator generator = new JsonFactory().createGenerator(text)) {
            generator.writeStartObject();
            generator.writeStringField("command", command);
            generator.writeBooleanField("ok", answer.ok());
            generator.writeStringField("summary", answer.summary());
            generator.writeFieldName("result");
            JsonValue.write(generator, answer.result());
            generator.writeFieldName("error");
            JsonValue.write(generator, answer.failure());
            generator.writeEndObject();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return text.toString();
    }
}
