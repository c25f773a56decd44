package io.deltaforge.server.http;

import static java.util.Objects.requireNonNull;

/** A request that is not answered as asked, and why. */
final class ProblemException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final int status;
    private final String code;

    ProblemException(int status, String code, String message) {
        super(message);
        this.status = status;
        this.code = requireNonNull(code, "code is null");
    }

    int status() {
        return status;
    }

    String code() {
        return code;
    }
}
