package io.deltaforge.api.source;

/**
 * Whether a pipeline is known to have read a source's log before.
 *
 * @since 0.1.0
 */
public enum Attachment {
    /** Nothing is known of the pipeline: what holds the log may be made, or may be there from a start that was cut off. */
    NEW,
    /** The pipeline has positions in this log: what holds it must be there. */
    KNOWN
}
