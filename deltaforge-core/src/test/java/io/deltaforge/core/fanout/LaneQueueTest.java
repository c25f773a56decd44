package io.deltaforge.core.fanout;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.metrics.MetricScope;
import io.deltaforge.core.retry.RetryPolicy;
import io.deltaforge.core.support.Log;
import org.junit.jupiter.api.Test;

/** A lane's queue whose thread does not come to it: the sink is in a call that does not come back. */
final class LaneQueueTest {

    private final LaneQueue queue = new LaneQueue(
            new LaneSpec(
                    "test",
                    "a",
                    false,
                    () -> {
                        throw new IllegalStateException("nobody asks for a sink");
                    },
                    LaneStart.at(Log.end(0)),
                    new TrustingWitness(),
                    2,
                    0,
                    RetryPolicy.DEFAULT,
                    MetricScope.none()),
            true,
            new Log.Order(),
            new SilentListener(),
            () -> false);

    @Test
    void shouldShowAtOnceThatItsSinkWasGivenUpAndThatItGoesOn() {
        queue.running();
        DeliveryException full = new DeliveryException(ErrorKind.RETRIABLE, "SPOOL_FULL", "full", null);
        queue.detach(full);
        assertThat(queue.status(0).phase()).isEqualTo(LaneStatus.Phase.DETACHED);
        assertThat(queue.status(0).failure()).isSameAs(full);

        queue.attach(Log.end(7));
        assertThat(queue.status(0).phase()).isEqualTo(LaneStatus.Phase.STARTING);
        assertThat(queue.status(0).failure()).isNull();
        assertThat(queue.reached()).isEqualTo(Log.end(7));
    }
}
