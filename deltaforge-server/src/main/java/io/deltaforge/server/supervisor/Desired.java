package io.deltaforge.server.supervisor;

import io.deltaforge.core.PipelineState;

/** What an operator wants a pipeline to do; outlives the process. */
public enum Desired {
    /** Read and deliver. */
    RUNNING,
    /** Rest, and be shown as paused. */
    PAUSED,
    /** Rest, and be shown as stopped. */
    STOPPED;

    PipelineState rest() {
        return this == PAUSED ? PipelineState.PAUSED : PipelineState.STOPPED;
    }
}
