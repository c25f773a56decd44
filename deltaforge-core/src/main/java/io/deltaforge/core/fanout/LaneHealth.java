package io.deltaforge.core.fanout;

import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.core.fanout.LaneStatus.Phase;
import java.time.Instant;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** What a lane shows of itself. Written by the lane, and by whoever gives its sink up; read from any thread. */
final class LaneHealth {

    private static final Logger LOG = LoggerFactory.getLogger(Lane.class);

    private final LaneSpec spec;
    private final LaneMetrics metrics;
    private volatile Phase phase = Phase.STARTING;
    private volatile Instant since = Instant.now();
    private volatile DeltaForgeException failure;
    private volatile LaneStatus.LastFailure last;
    private volatile Instant nextTry;

    LaneHealth(LaneSpec spec, LaneMetrics metrics) {
        this.spec = spec;
        this.metrics = metrics;
    }

    Phase phase() {
        return phase;
    }

    LaneStatus status(boolean fromSpool, long waiting) {
        Phase shown = phase == Phase.RUNNING && fromSpool ? Phase.CATCHING_UP : phase;
        return new LaneStatus(shown, since, failure, last, nextTry, metrics.failures(), waiting);
    }

    void running() {
        if (phase == Phase.RETRYING) {
            LOG.info("Pipeline {}, sink {}: connected again", spec.pipeline(), spec.sink());
        }
        show(Phase.RUNNING, null, null);
    }

    void caughtUp() {
        LOG.info("Pipeline {}, sink {}: has caught up", spec.pipeline(), spec.sink());
    }

    /** Said at the 1st, 2nd, 4th, 8th try and so on: often enough to be seen, too seldom to flood. */
    void retrying(DeltaForgeException reason, int failures, long nanos) {
        failed(Phase.RETRYING, reason, Instant.now().plusNanos(nanos));
        if (Integer.bitCount(failures) == 1) {
            LOG.warn(
                    "Pipeline {}, sink {}: {}: {}; try {} in {} ms",
                    spec.pipeline(),
                    spec.sink(),
                    reason.reason(),
                    reason.getMessage(),
                    failures + 1,
                    TimeUnit.NANOSECONDS.toMillis(nanos));
        }
    }

    void failed(DeltaForgeException reason) {
        failed(Phase.FAILED, reason, null);
    }

    private void failed(Phase newPhase, DeltaForgeException reason, Instant again) {
        last = new LaneStatus.LastFailure(Instant.now(), reason);
        metrics.failed(reason);
        show(newPhase, reason, again);
    }

    /** Nothing is done for a reason that is no failure of the sink, or one that was counted already. */
    void idle(Phase newPhase, DeltaForgeException reason) {
        show(newPhase, reason, null);
    }

    private void show(Phase newPhase, DeltaForgeException reason, Instant again) {
        failure = reason;
        nextTry = again;
        if (newPhase != phase) {
            since = Instant.now();
            phase = newPhase;
        }
    }
}
