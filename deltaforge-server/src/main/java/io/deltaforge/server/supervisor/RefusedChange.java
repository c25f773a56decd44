package io.deltaforge.server.supervisor;

import static java.util.Objects.requireNonNull;

import io.deltaforge.core.PipelineStatus;
import java.util.Optional;

/** A change that was not made, and why; everything is as it was. */
public final class RefusedChange extends RuntimeException {

    private static final long serialVersionUID = 1L;

    /** What kind of refusal it is. */
    public enum Kind {
        /** There is no such pipeline or sink. */
        NOT_FOUND,
        /** It contradicts what there is, or another change is under way. */
        CONFLICT,
        /** What is asked for does not fit together. */
        BAD,
        /** The new pipeline did not start. */
        DID_NOT_START,
        /** Too many at once. */
        TOO_MANY,
        /** This process cannot change anything now. */
        UNAVAILABLE
    }

    private final Kind kind;
    private final String code;
    private final transient Optional<PipelineStatus.Cause> cause;

    RefusedChange(Kind kind, String code, String message) {
        this(kind, code, message, Optional.empty());
    }

    RefusedChange(Kind kind, String code, String message, Optional<PipelineStatus.Cause> cause) {
        super(message);
        this.kind = requireNonNull(kind, "kind is null");
        this.code = requireNonNull(code, "code is null");
        this.cause = requireNonNull(cause, "cause is null");
    }

    /**
     * Returns what kind of refusal it is.
     *
     * @return the kind
     */
    public Kind kind() {
        return kind;
    }

    /**
     * Returns the code.
     *
     * @return a stable word in capitals
     */
    public String code() {
        return code;
    }

    /**
     * Returns why the pipeline did not start.
     *
     * @return what the pipeline said last; empty when it is about something else
     */
    public Optional<PipelineStatus.Cause> reason() {
        return cause;
    }
}
