package io.deltaforge.sandbox;

/** A server of the sandbox could not be prepared, started, stopped or reached; the message says what to do. */
public final class SandboxException extends RuntimeException {
    private static final long serialVersionUID = 1L;

    /** @param message what failed, with the values involved */
    public SandboxException(String message) {
        super(message);
    }

    /**
     * @param message what failed, with the values involved
     * @param cause what it failed on
     */
    public SandboxException(String message, Throwable cause) {
        super(message, cause);
    }
}
