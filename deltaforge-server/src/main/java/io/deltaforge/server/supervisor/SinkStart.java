package io.deltaforge.server.supervisor;

/** Where a sink begins that is added to a running pipeline. */
public enum SinkStart {
    /** With the oldest event that the spool has for some sink; else with what is read next. */
    OLDEST,
    /** With what is read next. */
    NOW
}
