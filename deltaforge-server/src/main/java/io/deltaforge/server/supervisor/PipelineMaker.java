package io.deltaforge.server.supervisor;

import io.deltaforge.core.Pipeline;
import io.deltaforge.core.PipelineRecords;
import io.deltaforge.server.config.ServerConfig;
import java.io.IOException;
import java.util.Map;

/** Makes pipelines of the engine, and mends what surrounds them. Safe from any thread. */
public interface PipelineMaker {

    /**
     * Makes a pipeline.
     *
     * @param config what it is made from
     * @return a pipeline that is not started
     */
    Pipeline make(ServerConfig.Pipeline config);

    /**
     * Returns what is stored of a pipeline.
     *
     * @param pipeline its name
     * @return its records
     */
    PipelineRecords records(String pipeline);

    /**
     * Forgets the positions and the spool of a pipeline that does not run; its dead letters stay.
     *
     * @param pipeline its name
     * @throws IOException when the spool cannot be removed
     */
    void forget(String pipeline) throws IOException;

    /**
     * Divides the memory for events.
     *
     * @param pipelines how many there are
     */
    void divideMemory(int pipelines);

    /**
     * Forgets the metrics of something that is gone.
     *
     * @param labels what all of them have
     */
    void forgetMetrics(Map<String, String> labels);

    /** Counts a pipeline that was paused. */
    void paused();

    /** Counts a paused pipeline that was resumed. */
    void resumed();

    /** Counts an error that nobody has caught, in a thread that belongs to no pipeline. */
    void panicked();
}
