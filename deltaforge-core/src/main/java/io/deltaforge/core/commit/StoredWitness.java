package io.deltaforge.core.commit;

import io.deltaforge.api.checkpoint.CheckpointStore;
import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.source.PositionOrder;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Witnesses with one entry in the checkpoint store: where the sink was when its target began to store positions. Without the
 * entry the target may hold nothing, or something old from an earlier time; with it, the target holds at least what it has
 * acknowledged, or it has lost something.
 */
final class StoredWitness implements PositionWitness {

    private static final Logger LOG = LoggerFactory.getLogger(StoredWitness.class);

    private final CheckpointStore store;
    private final String pipeline;
    private final String sink;
    private final String key;
    private final PositionOrder order;

    StoredWitness(CheckpointStore store, String pipeline, String sink, String key, PositionOrder order) {
        this.store = store;
        this.pipeline = pipeline;
        this.sink = sink;
        this.key = key;
        this.order = order;
    }

    @Override
    public SourcePosition settle(SourcePosition held, SourcePosition remembered) {
        Optional<byte[]> since = store.load(pipeline, key);
        if (since.isEmpty()) {
            SourcePosition start = adopt(held, remembered);
            store.save(pipeline, Map.of(key, remembered.toBytes()));
            return start;
        }
        if (remembered.equals(order.parse(since.get()))) {
            // Nothing has been acknowledged since; what the target holds may be as old as it was then.
            return adopt(held, remembered);
        }
        if (held == null || !order.covers(held, remembered)) {
            throw regressed(held, remembered);
        }
        return held;
    }

    /** What the target holds is older where events were delivered meanwhile without storing positions. */
    private SourcePosition adopt(SourcePosition held, SourcePosition remembered) {
        if (held == null || order.covers(remembered, held)) {
            return remembered;
        }
        if (!order.covers(held, remembered)) {
            throw regressed(held, remembered);
        }
        LOG.info(
                "Pipeline {}: the target of sink {} holds everything up to {}, more than is known here ({}): going on from"
                        + " there",
                pipeline,
                sink,
                held,
                remembered);
        return held;
    }

    @Override
    public void withoutPositions() {
        if (store.load(pipeline, key).isPresent()) {
            store.delete(pipeline, Set.of(key));
        }
    }

    private DeliveryException regressed(SourcePosition held, SourcePosition remembered) {
        return new DeliveryException(
                ErrorKind.HELD,
                "SINK_REGRESSED",
                "the target of sink " + sink + " of pipeline " + pipeline + " holds "
                        + (held == null ? "no position" : "everything up to " + held)
                        + ", and it has acknowledged everything up to " + remembered
                        + ": it has lost events, or it is another one",
                "bring back what the target held; to go on from what it holds now, or from where the log is still there: "
                        + PipelineCheckpoints.resetCommand(pipeline) + " --sink " + sink,
                null);
    }
}
