package io.deltaforge.server.cli;

import static java.util.Objects.requireNonNull;

/** Why something that was asked for is not done to dead letters, as the process that has them says it. */
final class LetterProblem extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final String code;

    LetterProblem(String code, String message) {
        super(message);
        this.code = requireNonNull(code, "code is null");
    }

    String code() {
        return code;
    }
}
