package io.deltaforge.api.error;

import static java.util.Objects.requireNonNull;

import java.util.Optional;

/**
 * One classified failure. The message names the place, the value and what was expected, and never holds a secret; the
 * remedy says what an operator can do.
 *
 * @since 0.1.0
 */
public class DeltaForgeException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    private final ErrorKind kind;
    private final String reason;
    private final String remedy;

    /**
     * Makes a failure without a remedy.
     *
     * @param kind what is to be done about it
     * @param reason a stable code in capitals for states, metrics and searches ({@code SLOT_MISSING})
     * @param message what happened, for people
     * @param cause what it came from, or null
     */
    public DeltaForgeException(ErrorKind kind, String reason, String message, Throwable cause) {
        this(kind, reason, message, null, cause);
    }

    /**
     * Makes a failure.
     *
     * @param kind what is to be done about it
     * @param reason a stable code in capitals for states, metrics and searches ({@code SLOT_MISSING})
     * @param message what happened, for people
     * @param remedy what an operator can do, or null
     * @param cause what it came from, or null
     */
    public DeltaForgeException(ErrorKind kind, String reason, String message, String remedy, Throwable cause) {
        super(message, cause);
        this.kind = requireNonNull(kind, "kind is null");
        this.reason = requireNonNull(reason, "reason is null");
        this.remedy = remedy;
    }

    /**
     * Returns what is to be done about it.
     *
     * @return the kind
     */
    public ErrorKind kind() {
        return kind;
    }

    /**
     * Returns the stable code.
     *
     * @return a word in capitals
     */
    public String reason() {
        return reason;
    }

    /**
     * Returns what an operator can do.
     *
     * @return a sentence or a command, if there is something to be done
     */
    public Optional<String> remedy() {
        return Optional.ofNullable(remedy);
    }
}
