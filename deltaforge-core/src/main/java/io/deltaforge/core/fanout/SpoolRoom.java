package io.deltaforge.core.fanout;

import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.core.spool.SpoolLimits;
import io.deltaforge.core.spool.SpoolLog;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/**
 * Whether the spool may become larger: its own bounds, and what its disk has left. Confined to the writer's thread, which asks
 * before each batch; so the disk itself is looked at only now and then.
 */
final class SpoolRoom {

    private static final long LOOK_NANOS = TimeUnit.SECONDS.toNanos(1);

    private final SpoolLog log;
    private final SpoolLimits limits;
    private long lookedAt;

    SpoolRoom(SpoolSpec spec) {
        this.log = spec.log();
        this.limits = spec.limits();
    }

    /**
     * Says why there is no room.
     *
     * @param look whether to look at everything, however short ago that was done
     * @return the reason; null when there is room
     * @throws IOException when it cannot be found out
     */
    DeltaForgeException lack(boolean look) throws IOException {
        long now = System.nanoTime();
        if (!look && now - lookedAt < LOOK_NANOS && log.bytes() < limits.maxBytes()) {
            return null;
        }
        lookedAt = now;
        long bytes = log.bytes();
        if (bytes >= limits.maxBytes()) {
            return full(bytes + " bytes, and spool.max_bytes is " + limits.maxBytes());
        }
        double age = log.ageSeconds();
        if (limits.maxAgeSecs() > 0 && age >= limits.maxAgeSecs()) {
            return full(
                    "a batch that is " + Math.round(age) + " s old, and spool.max_age_secs is " + limits.maxAgeSecs());
        }
        long free = log.freeDisk();
        if (free < limits.minFreeDisk()) {
            return full(free + " bytes left on its disk, and spool.min_free_disk is " + limits.minFreeDisk());
        }
        return null;
    }

    private static DeltaForgeException full(String why) {
        return new CheckpointException(
                ErrorKind.RETRIABLE,
                "SPOOL_FULL",
                "the spool is full: it has " + why,
                "bring back the sink that is behind, or give the spool more room; the source waits meanwhile, nothing is"
                        + " lost, and it goes on by itself",
                null);
    }
}
