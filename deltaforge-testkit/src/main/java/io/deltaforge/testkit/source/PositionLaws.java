package io.deltaforge.testkit.source;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.api.source.PositionOrder;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;

/** What positions of one log must obey. */
final class PositionLaws {

    private PositionLaws() {}

    /**
     * Positions in log order: a later one covers an earlier one, and not the other way round unless they are equal. That is
     * reflexive, antisymmetric and transitive in one.
     */
    static void assertChain(PositionOrder order, List<SourcePosition> chain) {
        for (int i = 0; i < chain.size(); i++) {
            for (int j = i; j < chain.size(); j++) {
                SourcePosition earlier = chain.get(i);
                SourcePosition later = chain.get(j);
                assertThat(order.covers(later, earlier))
                        .as("whether %s covers the earlier %s", later, earlier)
                        .isTrue();
                assertThat(order.covers(earlier, later))
                        .as("whether %s covers the later %s", earlier, later)
                        .isEqualTo(earlier.equals(later));
            }
        }
    }

    /** A restart is covered by every cursor, and is the smallest of them where they are a chain. */
    static void assertRestart(PositionOrder order, List<SourcePosition> chain, Random random) {
        for (int round = 0; round < 50; round++) {
            List<SourcePosition> cursors = new ArrayList<>();
            int smallest = chain.size();
            for (int left = 1 + random.nextInt(4); left > 0; left--) {
                int place = random.nextInt(chain.size());
                smallest = Math.min(smallest, place);
                cursors.add(chain.get(place));
            }
            Collections.shuffle(cursors, random);
            SourcePosition restart = order.restart(cursors);
            assertThat(cursors)
                    .as("cursors, restarted at %s", restart)
                    .allMatch(cursor -> order.covers(cursor, restart));
            assertThat(order.covers(restart, chain.get(smallest)))
                    .as("whether the restart %s goes back no further than %s", restart, chain.get(smallest))
                    .isTrue();
        }
    }

    /** Neither covers the other: every question about the two is answered with a halt, never with a guess. */
    static void assertIncomparable(PositionOrder order, List<SourcePosition> pair) {
        assertThat(pair).as("incomparable positions").hasSize(2);
        SourcePosition one = pair.get(0);
        SourcePosition two = pair.get(1);
        assertThat(order.covers(one, one))
                .as("whether a position covers itself")
                .isTrue();
        assertThat(order.covers(two, two))
                .as("whether a position covers itself")
                .isTrue();
        assertHeld("covers", () -> order.covers(one, two));
        assertHeld("covers, the other way round", () -> order.covers(two, one));
        assertHeld("restart", () -> order.restart(pair));
    }

    static void assertNotAPosition(PositionOrder order, byte[] bytes) {
        assertHeld("parse of " + bytes.length + " bytes", () -> order.parse(bytes));
    }

    private static void assertHeld(String what, Runnable question) {
        assertThatThrownBy(question::run).as(what).isInstanceOfSatisfying(SourceException.class, failure -> assertThat(
                        failure.kind())
                .as(what)
                .isEqualTo(ErrorKind.HELD));
    }
}
