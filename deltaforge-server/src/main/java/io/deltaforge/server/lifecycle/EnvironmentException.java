package io.deltaforge.server.lifecycle;

/** What the process needs is not there: a port, a directory, a lock. The message says what, and what can be done. */
public final class EnvironmentException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /**
     * Says what is missing.
     *
     * @param message what and where, without secrets
     * @param cause what it came from, or null
     */
    public EnvironmentException(String message, Throwable cause) {
        super(message, cause);
    }
}
