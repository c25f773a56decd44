package io.deltaforge.testkit.gtid;

import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.source.PositionOrder;
import io.deltaforge.testkit.gtid.GtidPosition.InLog;
import io.deltaforge.testkit.gtid.GtidPosition.InSnapshot;
import java.util.Collection;

/** Inclusion of sets of transactions: a partial order. Two positions each of which lacks something are incomparable. */
final class GtidOrder implements PositionOrder {

    static final GtidOrder INSTANCE = new GtidOrder();

    private GtidOrder() {}

    @Override
    public SourcePosition parse(byte[] bytes) {
        return GtidPosition.parse(bytes);
    }

    @Override
    public boolean covers(SourcePosition cursor, SourcePosition position) {
        GtidPosition one = (GtidPosition) cursor;
        GtidPosition two = (GtidPosition) position;
        if (!one.snapshot().equals(two.snapshot())) {
            throw incomparable(one, two);
        }
        boolean covers = includes(one, two);
        if (!covers && !includes(two, one)) {
            throw incomparable(one, two);
        }
        return covers;
    }

    private static boolean includes(GtidPosition one, GtidPosition two) {
        if (one instanceof InSnapshot cursor) {
            return two instanceof InSnapshot position && cursor.isAtOrBehind(position);
        }
        if (two instanceof InSnapshot) {
            return one.executed().containsAll(two.executed());
        }
        return logIncludes((InLog) one, (InLog) two);
    }

    private static boolean logIncludes(InLog cursor, InLog position) {
        if (!cursor.executed().containsAll(position.executed())) {
            return false;
        }
        Gtid current = position.current();
        return current == null
                || cursor.executed().contains(current)
                || (current.equals(cursor.current()) && cursor.ordinal() >= position.ordinal());
    }

    @Override
    public SourcePosition restart(Collection<SourcePosition> cursors) {
        SourcePosition smallest = null;
        for (SourcePosition cursor : cursors) {
            if (smallest == null || covers(smallest, cursor)) {
                smallest = cursor;
            }
        }
        if (smallest == null) {
            throw new IllegalArgumentException("no cursor was given");
        }
        // Each was compared with the smallest of those before it; a cursor that was passed over is compared again.
        for (SourcePosition cursor : cursors) {
            covers(cursor, smallest);
        }
        return smallest;
    }

    private static SourceException incomparable(GtidPosition one, GtidPosition two) {
        return new SourceException(
                ErrorKind.HELD,
                "POSITIONS_INCOMPARABLE",
                "positions " + one + " and " + two + " each hold transactions that the other lacks",
                "find out which server has all transactions, and let the pipeline read from it",
                null);
    }
}
