package io.deltaforge.core.fanout;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.error.ErrorKind;
import java.util.concurrent.CompletionException;
import java.util.concurrent.TimeUnit;

/** What a lane itself has to say about its sink. */
final class LaneFailures {

    private LaneFailures() {}

    static DeliveryException givenUp() {
        return new DeliveryException(
                ErrorKind.HELD,
                "DETACHED",
                "the sink was given up in an earlier run, because the spool was full, and gets no events",
                "load what it misses from its position on in another way, and resume it: it goes on with what is read next",
                null);
    }

    static DeliveryException timeout(long deadlineNanos) {
        return new DeliveryException(
                ErrorKind.RETRIABLE,
                "SINK_TIMEOUT",
                "the sink took longer than " + TimeUnit.NANOSECONDS.toMillis(deadlineNanos)
                        + " ms, as sink_batch_deadline_secs allows, and was interrupted",
                "find out what its target is waiting for, or allow more",
                null);
    }

    /** What the sink has classified stays as it is. */
    static DeltaForgeException classified(Throwable error) {
        Throwable cause = error instanceof CompletionException && error.getCause() != null ? error.getCause() : error;
        return cause instanceof DeltaForgeException known ? known : unexpected(cause);
    }

    static DeltaForgeException unexpected(Throwable error) {
        return new DeliveryException(ErrorKind.FATAL, "UNEXPECTED", "unexpected failure: " + error, error);
    }
}
