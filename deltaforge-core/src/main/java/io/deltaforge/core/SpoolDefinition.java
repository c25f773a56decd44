package io.deltaforge.core;

import static java.util.Objects.requireNonNull;

import io.deltaforge.core.spool.SpoolLimits;
import java.nio.file.Path;

/**
 * The spool of a pipeline.
 *
 * @param directory where it is, for this pipeline alone
 * @param enabled whether sinks that fall behind are given their events from it; what it has from an earlier time is delivered in
 *     any case
 * @param limits its bounds
 */
public record SpoolDefinition(Path directory, boolean enabled, SpoolLimits limits) {

    /** Refuses missing parts. */
    public SpoolDefinition {
        requireNonNull(directory, "directory is null");
        requireNonNull(limits, "limits is null");
    }
}
