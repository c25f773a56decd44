package io.deltaforge.server.config;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.checkpoint.CheckpointStoreFactory;
import io.deltaforge.api.config.Secret;
import io.deltaforge.api.config.Settings;
import io.deltaforge.api.processor.ProcessorFactory;
import io.deltaforge.api.source.SourceFactory;
import io.deltaforge.core.SinkDefinition;
import io.deltaforge.core.batch.BatchLimits;
import io.deltaforge.core.commit.CommitPolicy;
import io.deltaforge.core.deadletter.DeadLetterLimits;
import io.deltaforge.core.spool.SpoolLimits;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;

/**
 * Everything a process is told, checked.
 *
 * @param dataDirectory where checkpoints and whatever else must last are kept
 * @param metrics where metrics and health are served
 * @param api where the REST API is served
 * @param logging what the process says, and how
 * @param checkpoint what keeps the positions
 * @param maxRetainedBytes how much memory events may keep alive; empty for a share of the heap
 * @param drainTimeout how long sinks may take to finish what they were given when the process is to end
 * @param pipelines possibly none, when they are to come over the API
 */
public record ServerConfig(
        Path dataDirectory,
        Address metrics,
        Api api,
        Logging logging,
        Plugin<CheckpointStoreFactory> checkpoint,
        OptionalLong maxRetainedBytes,
        Duration drainTimeout,
        List<Pipeline> pipelines) {

    /** Refuses missing parts. */
    public ServerConfig {
        requireNonNull(dataDirectory, "dataDirectory is null");
        requireNonNull(metrics, "metrics is null");
        requireNonNull(api, "api is null");
        requireNonNull(logging, "logging is null");
        requireNonNull(checkpoint, "checkpoint is null");
        requireNonNull(maxRetainedBytes, "maxRetainedBytes is null");
        requireNonNull(drainTimeout, "drainTimeout is null");
        pipelines = List.copyOf(pipelines);
    }

    /**
     * Where to listen.
     *
     * @param setting the path of the setting that holds the port, for messages
     * @param bind the host name or address
     * @param port the port; 0 for any free one
     */
    public record Address(String setting, String bind, int port) {}

    /**
     * The REST API.
     *
     * @param address where to listen
     * @param token what a caller must show; empty for nobody asked
     * @param references which variables and files pipelines that are made over it may ask for
     */
    public record Api(Address address, Optional<Secret> token, List<String> references) {

        /** Copies the list. */
        public Api {
            references = List.copyOf(references);
        }
    }

    /**
     * What the process says.
     *
     * @param format {@code text} or {@code json}; empty as the environment says, else text
     * @param level the level of our own lines; empty as the environment says, else INFO
     */
    public record Logging(Optional<String> format, Optional<String> level) {}

    /**
     * A plugin and what it is told.
     *
     * @param <F> what makes instances of it
     * @param id the instance's name
     * @param factory makes instances
     * @param settings checked against the factory's spec
     */
    public record Plugin<F>(String id, F factory, Settings settings) {}

    /**
     * What becomes of batches that a sink leaves behind.
     *
     * @param enabled whether they are kept on disk for it
     * @param limits how many
     */
    public record Spool(boolean enabled, SpoolLimits limits) {}

    /**
     * One pipeline.
     *
     * @param name its name
     * @param source where events come from
     * @param processors what is done to them, in order
     * @param sinks where they go
     * @param limits the bounds of batches
     * @param policy which acknowledgements count
     * @param journal the bounds of what is put aside; empty when nothing is
     * @param spool what becomes of what sinks leave behind
     * @param sinkDeadline how long a sink may take for one batch; zero for any time
     */
    public record Pipeline(
            String name,
            Plugin<SourceFactory> source,
            List<Plugin<ProcessorFactory>> processors,
            List<SinkDefinition> sinks,
            BatchLimits limits,
            CommitPolicy policy,
            Optional<DeadLetterLimits> journal,
            Spool spool,
            Duration sinkDeadline) {

        /** Copies the lists. */
        public Pipeline {
            processors = List.copyOf(processors);
            sinks = List.copyOf(sinks);
        }
    }
}
