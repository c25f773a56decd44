package io.deltaforge.server.doctor;

import static java.util.Objects.requireNonNull;

/**
 * What came out of one look.
 *
 * @param severity how bad it is
 * @param code what was looked at, a stable word in capitals
 * @param path the part of the configuration that it is about
 * @param message what was found
 * @param fix the statement or command that puts it right; null when there is nothing to be put right
 */
public record Check(Severity severity, String code, String path, String message, String fix) {

    /** How bad it is. */
    public enum Severity {
        /** As it should be. */
        OK,
        /** It works, and may not for long or not as wished. */
        WARNING,
        /** Nothing can run with it. */
        ERROR
    }

    /** Refuses missing parts. */
    public Check {
        requireNonNull(severity, "severity is null");
        requireNonNull(code, "code is null");
        requireNonNull(path, "path is null");
        requireNonNull(message, "message is null");
    }
}
