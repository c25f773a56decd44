package io.deltaforge.core.deadletter;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.event.ChangeEvent;
import java.time.Instant;
import java.util.List;
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
 * @param state what has become of it since
 */
public record DeadLetter(
        long id,
        Origin origin,
        ChangeEvent event,
        Cause cause,
        Tries tries,
        boolean truncated,
        int bytes,
        State state) {

    /** What a letter waits for. */
    public enum Status {
        /** For somebody who replays or discards it. */
        WAITING,
        /** For another letter of its key, which is in front of it. */
        PARKED,
        /** For somebody, too; but a later event of its key has been delivered meanwhile. */
        SUPERSEDED
    }

    /**
     * What has become of a letter since it was put aside.
     *
     * @param status what it waits for
     * @param behind the letter in front of it when it was parked; 0 for none
     * @param edits what people have changed in its event, oldest first
     */
    public record State(Status status, long behind, List<Edit> edits) {
        /** Refuses missing parts. */
        public State {
            requireNonNull(status, "status is null");
            edits = List.copyOf(edits);
        }
    }

    /**
     * A change that somebody made to the event of a letter.
     *
     * @param at when
     * @param by who, as far as it was said
     * @param columns the columns of the row after that got another value
     */
    public record Edit(Instant at, String by, List<String> columns) {
        /** Refuses missing parts. */
        public Edit {
            requireNonNull(at, "at is null");
            requireNonNull(by, "by is null");
            columns = List.copyOf(columns);
        }
    }

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
        requireNonNull(state, "state is null");
    }

    /** The same letter in another state. */
    DeadLetter in(State newState) {
        return new DeadLetter(id, origin, event, cause, tries, truncated, bytes, newState);
    }
}
