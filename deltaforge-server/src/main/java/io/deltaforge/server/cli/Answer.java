package io.deltaforge.server.cli;

import static java.util.Objects.requireNonNull;

import java.util.List;

/**
 * What came out of a verb. People see {@code text} if there is one, else {@code summary}; machines see everything else.
 *
 * @param exitCode one of {@link ExitCode}
 * @param summary one sentence
 * @param result what was asked for, as {@link io.deltaforge.server.json.JsonValue} takes it; null for nothing
 * @param text the result as people are to read it; null when the summary says it all
 * @param failure what went wrong; null when nothing did
 */
record Answer(int exitCode, String summary, Object result, String text, Failure failure) {

    /**
     * What went wrong.
     *
     * @param code a stable word in capitals
     * @param message what happened and what was expected, without secrets
     * @param remedy what can be done; null when the message says it
     * @param findings single problems, as {@link io.deltaforge.server.json.JsonValue} takes them and {@code toString} shows them
     */
    record Failure(String code, String message, String remedy, List<?> findings) {
        Failure {
            requireNonNull(code, "code is null");
            requireNonNull(message, "message is null");
            findings = List.copyOf(findings);
        }

        Failure(String code, String message) {
            this(code, message, null, List.of());
        }
    }

    Answer {
        requireNonNull(summary, "summary is null");
    }

    static Answer done(String summary, Object result) {
        return new Answer(ExitCode.OK, summary, result, null, null);
    }

    static Answer failed(int exitCode, Failure failure) {
        return new Answer(exitCode, failure.message(), null, null, failure);
    }

    /** The same with a form for people, which may have many lines. */
    Answer withText(String textForPeople) {
        return new Answer(exitCode, summary, result, textForPeople, failure);
    }

    /** The same with what was found out before it failed. */
    Answer withResult(Object partialResult) {
        return new Answer(exitCode, summary, partialResult, text, failure);
    }

    boolean ok() {
        return failure == null;
    }
}
