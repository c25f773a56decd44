package io.deltaforge.api.error;

/**
 * What is to be done about a failure; decided once, by the plugin that understands it.
 *
 * @since 0.1.0
 */
public enum ErrorKind {
    /** May pass by itself: the engine backs off, keeps the order, holds the checkpoint and tries again without limit. */
    RETRIABLE,
    /** One event can never be delivered as it is: it goes to the dead letters, or the pipeline stops naming it. */
    RECORD,
    /** Another instance owns the pipeline: the engine waits for its turn without producing anything. */
    STANDBY,
    /**
     * The log position is in doubt or the environment refuses: the pipeline stops with the numbers and a remedy and
     * tries nothing until an operator has acted.
     */
    HELD,
    /** The pipeline cannot run as it is configured or built: it stops with the reason. */
    FATAL
}
