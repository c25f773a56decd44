package io.deltaforge.core.fanout;

import static java.util.Objects.requireNonNull;

import io.deltaforge.core.spool.SpoolLimits;
import io.deltaforge.core.spool.SpoolLog;

/**
 * The spool of a pipeline that has one.
 *
 * @param log the open spool; closed by the fan-out
 * @param limits its bounds
 * @param enabled whether sinks that fall behind are given to it; else it only serves those that it has something for from an
 *     earlier time
 */
public record SpoolSpec(SpoolLog log, SpoolLimits limits, boolean enabled) {

    /** Refuses missing parts. */
    public SpoolSpec {
        requireNonNull(log, "log is null");
        requireNonNull(limits, "limits is null");
    }
}
