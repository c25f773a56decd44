package io.deltaforge.testkit.fake;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.event.ChangeEvent;
import java.util.function.Predicate;

/** Cannot take some events, ever: it gives them to the dead letters and stores their neighbours. */
public final class RejectingSink extends FaultySink {

    /**
     * Makes a sink.
     *
     * @param rejected says which events cannot be stored
     */
    public RejectingSink(Predicate<ChangeEvent> rejected) {
        super("rejecting", "Cannot take some events.");
        target().reject(requireNonNull(rejected, "rejected is null"));
    }
}
