package io.deltaforge.core;

/** What a pipeline, or one of its lanes, is doing. */
public enum PipelineState {
    /** Connecting and checking. */
    STARTING,
    /** Reading and delivering. */
    RUNNING,
    /** A sink delivers what the spool has kept for it; new events come later. */
    CATCHING_UP,
    /** Something fails that may pass by itself; it is tried again and nothing is lost. */
    DEGRADED,
    /** Stopped on a doubt that an operator must settle; nothing is tried until then. */
    HELD,
    /** Another instance owns the pipeline; waiting for its turn. */
    STANDBY,
    /** Stopped reading on request; positions are kept. */
    PAUSED,
    /** Finishing what is under way. */
    STOPPING,
    /** Stopped on request. */
    STOPPED,
    /** A sink was given up because the spool was full; it gets no more events until an operator decides. */
    DETACHED,
    /** Stopped for a reason that will not pass by itself. */
    FAILED
}
