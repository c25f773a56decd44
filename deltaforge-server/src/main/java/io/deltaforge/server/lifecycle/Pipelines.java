package io.deltaforge.server.lifecycle;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.core.Pipeline;
import io.deltaforge.core.PipelineStatus;
import io.deltaforge.core.deadletter.DeadLetterLog;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** All pipelines of the process. They share memory, store and metrics, and stop at the same time. Safe from any thread. */
public final class Pipelines {

    private final List<Pipeline> pipelines;

    /**
     * Takes pipelines that were not started.
     *
     * @param pipelines at least one
     */
    public Pipelines(List<Pipeline> pipelines) {
        this.pipelines = List.copyOf(requireNonNull(pipelines, "pipelines is null"));
    }

    /** Shows that every pipeline waits for its turn. */
    void standBy(DeltaForgeException reason) {
        pipelines.forEach(pipeline -> pipeline.standBy(reason));
    }

    /** Starts every pipeline; returns at once. */
    void start() {
        pipelines.forEach(Pipeline::start);
    }

    /**
     * Returns what each pipeline is doing.
     *
     * @return a picture of this moment
     */
    public List<PipelineStatus> statuses() {
        return pipelines.stream().map(Pipeline::status).toList();
    }

    /**
     * Returns what a pipeline has put aside.
     *
     * @param name the pipeline
     * @return its dead letters; empty when there is no such pipeline
     */
    public Optional<DeadLetterLog> deadLetters(String name) {
        return pipelines.stream()
                .filter(pipeline -> pipeline.status().name().equals(name))
                .findFirst()
                .map(Pipeline::deadLetters);
    }

    /** Stops all pipelines at once, so that together they take no longer than the slowest. Blocks. */
    void stop(Duration drainLimit) throws InterruptedException {
        List<Thread> stoppers = new ArrayList<>();
        for (Pipeline pipeline : pipelines) {
            Thread stopper = new Thread(
                    () -> pipeline.stop(drainLimit), "df-" + pipeline.status().name() + "-stop");
            stopper.start();
            stoppers.add(stopper);
        }
        for (Thread stopper : stoppers) {
            stopper.join();
        }
    }
}
