package io.deltaforge.core.deadletter;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.event.ChangeEvent;
import java.time.Instant;
import java.util.Optional;

/**
 * An event that was put aside.
 *
 * @param id its number, from 1; later ones have higher numbers, and none is given out twice in a pipeline
 * @param origin who could not go on with it
 * @param event the event, from which the same bytes can be encoded again
 * @param cause why, at the latest try
 * @param tries how often and when
 * @param truncated whether the event was too large and only the key columns of its rows were kept
 * @param bytes how large it is, as stored
 */
public record DeadLetter(
        long id, Origin origin, ChangeEvent event, Cause cause, Tries tries, boolean truncated, int bytes) {

    /**
     * Why an event was put aside.
     *
     * @param kind the kind of failure in capitals, {@code RECORD} as a rule
     * @param code the stable code in capitals
     * @param message what happened, for people, without secrets
     * @param remedy what can be done, if known
     */
    public record Cause(String kind, String code, String message, Optional<String> remedy) {

        static Cause of(DeltaForgeException failure) {
            return new Cause(
                    failure.kind().name(), failure.reason(), String.valueOf(failure.getMessage()), failure.remedy());
        }
    }

    /**
     * How often an event was put aside, which is more than once when it was delivered again.
     *
     * @param count how often
     * @param first when for the first time
     * @param last when for the last time
     */
    public record Tries(int count, Instant first, Instant last) {

        static Tries first(Instant now) {
            return new Tries(1, now, now);
        }

        Tries again(Instant now) {
            return new Tries(count + 1, first, now);
        }
    }

    /** Refuses missing parts. */
    public DeadLetter {
        requireNonNull(origin, "origin is null");
        requireNonNull(event, "event is null");
        requireNonNull(cause, "cause is null");
        requireNonNull(tries, "tries is null");
    }
}
