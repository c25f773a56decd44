package io.deltaforge.core.spool;

import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.ErrorKind;
import java.io.IOException;

/** What can be wrong with a spool. */
final class SpoolErrors {

    private SpoolErrors() {}

    static CheckpointException held(String reason, String message, Throwable cause) {
        return new CheckpointException(
                ErrorKind.HELD,
                reason,
                message,
                "bring the spool's directory back as it was; it may hold the only copy of what its sinks still miss. To give"
                        + " that up: load it into the sink in another way, and give the sink a new position:"
                        + " deltaforge checkpoint reset --config FILE PIPELINE --sink SINK",
                cause);
    }

    /** Storage that fails now and may work again. */
    static CheckpointException storage(String what, IOException cause) {
        return new CheckpointException(
                ErrorKind.RETRIABLE,
                "SPOOL_STORAGE",
                what + ": " + cause,
                "make room on the disk, or mend it; nothing is lost meanwhile, and it goes on by itself",
                cause);
    }
}
