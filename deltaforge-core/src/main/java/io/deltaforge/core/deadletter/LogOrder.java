package io.deltaforge.core.deadletter;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.error.SourceException;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.source.PositionOrder;
import io.deltaforge.core.deadletter.LetterHead.Place;

/** Says which of two events comes first in the log. Safe from any thread, once the source has said how its positions relate. */
final class LogOrder {

    private volatile PositionOrder positions;

    void use(PositionOrder newPositions) {
        positions = requireNonNull(newPositions, "newPositions is null");
    }

    /** Whether an event comes behind another; where nobody can say, it is taken to. */
    boolean isLater(Place event, Place other) {
        try {
            SourcePosition position = positions.parse(event.position());
            SourcePosition reference = positions.parse(other.position());
            if (!positions.covers(reference, position)) {
                return true;
            }
            return positions.covers(position, reference) && event.child() > other.child();
        } catch (SourceException e) {
            return true;
        }
    }
}
