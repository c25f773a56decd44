package io.deltaforge.source.postgres.position;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.api.event.SourcePosition;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.HexFormat;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;

final class PostgresPositionsTest {

    private static final PostgresPositions ORDER = new PostgresPositions(null);
    private static final TimelineHistory PROMOTED =
            TimelineHistory.parse(3, "1\t0/5000\tno recovery target specified\n\n2\t0/7000\tbefore 2026\n");

    private static void assertHeld(org.assertj.core.api.ThrowableAssert.ThrowingCallable call, String reason) {
        assertThatThrownBy(call).isInstanceOfSatisfying(SourceException.class, failure -> {
            assertThat(failure.kind()).isEqualTo(ErrorKind.HELD);
            assertThat(failure.reason()).isEqualTo(reason);
            assertThat(failure.remedy()).isPresent();
        });
    }

    /** The stored form must stay readable for ever: these bytes were written by version 1. */
    @Test
    void shouldReadAndWriteTheStoredForm() {
        assertStored(
                PostgresPosition.boundary(1, 0x16B3748L),
                "01000000000100000000016b3748ffffffffffffffff000000000000000040427a32");
        assertStored(
                PostgresPosition.inside(2, 0xFEDC_BA98_7654_3210L, 49_999, 0x0123_4567_89AB_CDEFL),
                "010100000002fedcba9876543210000000000000c34f0123456789abcdef9323421c");
    }

    private static void assertStored(PostgresPosition position, String hex) {
        assertThat(HexFormat.of().formatHex(position.toBytes())).isEqualTo(hex);
        PostgresPosition read = ORDER.parse(HexFormat.of().parseHex(hex));
        assertThat(read).isEqualTo(position);
        assertThat(read.digest()).isEqualTo(position.digest());
        assertThat(read.isBoundary()).isEqualTo(position.isBoundary());
    }

    @Test
    void shouldHaltOnDamagedBytes() {
        byte[] good = PostgresPosition.inside(1, 0x1000, 3, 5).toBytes();
        assertThat(ORDER.parse(good).ordinal()).isEqualTo(3);
        for (int i = 0; i < good.length; i++) {
            for (int bit = 0; bit < 8; bit++) {
                byte[] damaged = good.clone();
                damaged[i] ^= (byte) (1 << bit);
                assertHeld(() -> ORDER.parse(damaged), "POSITION_DAMAGED");
            }
        }
        for (int length = 0; length < good.length; length++) {
            byte[] cut = Arrays.copyOf(good, length);
            assertHeld(() -> ORDER.parse(cut), "POSITION_DAMAGED");
        }
    }

    @Test
    void shouldOrderPositionsOfATimeline() {
        List<PostgresPosition> inOrder = List.of(
                PostgresPosition.boundary(1, 0x1000),
                PostgresPosition.inside(1, 0x1000, 0, 1),
                PostgresPosition.inside(1, 0x1000, 1, 2),
                PostgresPosition.boundary(1, 0x1030),
                PostgresPosition.inside(1, 0x1030, 0, 3),
                PostgresPosition.boundary(1, 0x7FFF_FFFF_FFFF_FFFFL),
                PostgresPosition.boundary(1, 0x8000_0000_0000_0000L));
        for (int i = 0; i < inOrder.size(); i++) {
            for (int j = 0; j < inOrder.size(); j++) {
                assertThat(ORDER.covers(inOrder.get(i), inOrder.get(j)))
                        .as(inOrder.get(i) + " covers " + inOrder.get(j))
                        .isEqualTo(i >= j);
            }
        }
        List<SourcePosition> shuffled = new ArrayList<>(inOrder);
        long seed = Long.getLong("deltaforge.seed", System.nanoTime());
        Collections.shuffle(shuffled, new Random(seed));
        assertThat(ORDER.restart(shuffled)).as("seed " + seed).isEqualTo(inOrder.get(0));
    }

    @Test
    void shouldCompareAcrossTimelinesOnlyWhatIsOnOneBranch() {
        PostgresPosition before = PostgresPosition.boundary(1, 0x5000);
        PostgresPosition after = PostgresPosition.inside(2, 0x5000, 0, 1);
        assertThat(ORDER.covers(after, before)).isTrue();
        assertThat(ORDER.covers(before, after)).isFalse();
        PostgresPosition lost = PostgresPosition.boundary(1, 0x5008);
        assertHeld(() -> ORDER.covers(lost, after), "TIMELINE_DIVERGED");
        assertHeld(() -> ORDER.covers(after, lost), "TIMELINE_DIVERGED");
        assertHeld(() -> ORDER.restart(List.of(lost, after)), "TIMELINE_DIVERGED");
    }

    @Test
    void shouldHaltOnAPositionBehindTheSwitchPointOfANewerTimeline() {
        PostgresPositions order = new PostgresPositions(PROMOTED);
        PostgresPosition now = PostgresPosition.boundary(3, 0x9000);
        assertThat(order.covers(now, PostgresPosition.boundary(1, 0x5000))).isTrue();
        assertThat(order.covers(now, PostgresPosition.inside(2, 0x5000, 1, 1))).isTrue();
        assertThat(order.covers(now, PostgresPosition.boundary(2, 0x7000))).isTrue();
        for (PostgresPosition diverged : List.of(
                PostgresPosition.boundary(1, 0x5001),
                PostgresPosition.inside(1, 0x5000, 0, 1),
                PostgresPosition.boundary(2, 0x7008),
                PostgresPosition.boundary(2, 0x5000),
                PostgresPosition.boundary(4, 0x9000))) {
            assertHeld(() -> order.covers(now, diverged), "TIMELINE_DIVERGED");
            assertHeld(() -> order.restart(List.of(diverged)), "TIMELINE_DIVERGED");
        }
    }

    @Test
    void shouldKnowTheTimelineOfEveryByte() {
        assertThat(PROMOTED.current()).isEqualTo(3);
        assertThat(PROMOTED.timelineOf(0x4FFF)).isEqualTo(1);
        assertThat(PROMOTED.timelineOf(0x5000)).isEqualTo(2);
        assertThat(PROMOTED.timelineOf(0x7000)).isEqualTo(3);
        assertThat(PROMOTED.timelineOf(-1)).isEqualTo(3);
        assertThat(PROMOTED).hasToString("1 until 0/5000, 2 until 0/7000, now 3");
        assertThatThrownBy(() -> TimelineHistory.parse(2, "one\tzero")).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void shouldRefuseAForeignPosition() {
        SourcePosition foreign = new SourcePosition() {
            @Override
            public byte[] toBytes() {
                return new byte[0];
            }

            @Override
            public String toString() {
                return "foreign";
            }
        };
        assertHeld(() -> ORDER.covers(foreign, foreign), "POSITION_FOREIGN");
    }

    @Test
    void shouldReadWellForPeople() {
        assertThat(PostgresPosition.boundary(1, 0x16B3748L)).hasToString("0/16B3748");
        assertThat(PostgresPosition.inside(2, 0x1_0000_0010L, 12, 0)).hasToString("1/10+12 (timeline 2)");
    }
}
