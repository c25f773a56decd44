package io.deltaforge.testkit.fake;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;

/** Fails one delivery in the middle of a batch, of which the first events are stored, and works when it is made anew. */
public final class FailOnceSink extends FaultySink {

    /**
     * Makes a sink that fails with a fault that passes.
     *
     * @param events how many events it stores before
     */
    public FailOnceSink(int events) {
        this(events, new DeliveryException(ErrorKind.RETRIABLE, "FAILED_ONCE", "the target was away once", null));
    }

    /**
     * Makes a sink.
     *
     * @param events how many events it stores before
     * @param failure what the delivery fails with
     */
    public FailOnceSink(int events, DeliveryException failure) {
        super("fail-once", "Fails one delivery.");
        target().failOnceAfter(events, failure);
    }
}
