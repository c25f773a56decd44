package io.deltaforge.api.error;

/**
 * A failure of the store that holds positions.
 *
 * @since 0.1.0
 */
public final class CheckpointException extends DeltaForgeException {

    private static final long serialVersionUID = 1L;

    /**
     * Makes a failure without a remedy.
     *
     * @param kind what is to be done about it
     * @param reason a stable code in capitals
     * @param message what happened, without secrets
     * @param cause what it came from, or null
     */
    public CheckpointException(ErrorKind kind, String reason, String message, Throwable cause) {
        super(kind, reason, message, cause);
    }

    /**
     * Makes a failure.
     *
     * @param kind what is to be done about it
     * @param reason a stable code in capitals
     * @param message what happened, without secrets
     * @param remedy what an operator can do, or null
     * @param cause what it came from, or null
     */
    public CheckpointException(ErrorKind kind, String reason, String message, String remedy, Throwable cause) {
        super(kind, reason, message, remedy, cause);
    }
}
