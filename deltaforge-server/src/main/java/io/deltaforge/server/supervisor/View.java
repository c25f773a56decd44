package io.deltaforge.server.supervisor;

import io.deltaforge.core.PipelineStatus;
import io.deltaforge.server.config.ServerConfig;
import java.util.Optional;
import java.util.Set;

/**
 * A pipeline as it is seen at one moment.
 *
 * @param origin where it comes from
 * @param desired what it is to do
 * @param pausedSinks those of its sinks that are to rest even while it does not
 * @param status what it does
 * @param config what it is made from; empty when that cannot be used
 */
public record View(
        Origin origin,
        Desired desired,
        Set<String> pausedSinks,
        PipelineStatus status,
        Optional<ServerConfig.Pipeline> config) {

    /** Copies the set. */
    public View {
        pausedSinks = Set.copyOf(pausedSinks);
    }
}
