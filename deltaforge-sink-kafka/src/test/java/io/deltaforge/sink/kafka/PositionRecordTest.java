package io.deltaforge.sink.kafka;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import java.util.Arrays;
import java.util.HexFormat;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** What is stored in Kafka is read by every later release, and by nobody else. */
final class PositionRecordTest {

    private static final PositionRecord RECORD = new PositionRecord(
            3,
            70_000,
            "postgresql/7711961752283485244/shop",
            "MkU3OEVBNTcwNTJENDM2Qg",
            bytes("0001"),
            bytes("0a0b0c"),
            "0/1A2B3C4+7");

    /** Version 1 as it was first released. Never to be changed: another format is another version. */
    private static final byte[] STORED = bytes(
            "01" // version
                    + "0000000000000003" // generation
                    + "0000000000011170" // sequence
                    + "0023" + "706f737467726573716c2f373731313936313735323238333438353234342f73686f70" // source
                    + "0016" + "4d6b5533" + "4f4556424e5463774e544a45" + "4e444d32" + "5167" // cluster
                    + "00000002" + "0001" // previous position
                    + "00000003" + "0a0b0c" // position
                    + "000b" + "302f314132423343342b37" // position as text
                    + "01443c6d"); // CRC-32C

    private static byte[] bytes(String hex) {
        return HexFormat.of().parseHex(hex);
    }

    private static void assertUnreadable(ThrowingCallable parsing, String why) {
        assertThatThrownBy(parsing).as(why).isInstanceOfSatisfying(DeliveryException.class, thrown -> {
            assertThat(thrown.kind()).isEqualTo(ErrorKind.HELD);
            assertThat(thrown.reason()).isEqualTo("POSITION_UNREADABLE");
            assertThat(thrown).hasMessageContaining("positions at offset 7");
            assertThat(thrown.remedy()).isPresent();
        });
    }

    @Test
    void shouldKeepTheFormatOfVersionOne() {
        assertThat(HexFormat.of().formatHex(RECORD.toBytes()))
                .isEqualTo(HexFormat.of().formatHex(STORED));
        assertThat(PositionRecord.parse("positions at offset 7", STORED)).isEqualTo(RECORD);
    }

    @Test
    void shouldRefuseEveryRecordThatIsCutOffOrLongerOrHasOneBitChanged() {
        for (int length = 0; length < STORED.length; length++) {
            byte[] cut = Arrays.copyOf(STORED, length);
            assertUnreadable(() -> PositionRecord.parse("positions at offset 7", cut), "cut to " + length);
        }
        byte[] longer = Arrays.copyOf(STORED, STORED.length + 1);
        assertUnreadable(() -> PositionRecord.parse("positions at offset 7", longer), "one byte more");
        for (int bit = 0; bit < STORED.length * 8; bit++) {
            byte[] changed = STORED.clone();
            changed[bit / 8] ^= (byte) (1 << bit % 8);
            assertUnreadable(() -> PositionRecord.parse("positions at offset 7", changed), "bit " + bit);
        }
    }

    @Test
    void shouldChainEachRecordToTheOneBefore() {
        PositionRecord first =
                PositionRecord.none("source", "cluster").takenOver("cluster").next(bytes("01"), "one");
        PositionRecord second = first.takenOver("cluster").next(bytes("02"), "two");

        assertThat(first.previous()).isEmpty();
        assertThat(second.previous()).isEqualTo(first.position());
        assertThat(second.sequence()).isEqualTo(first.sequence() + 1);
        assertThat(second.generation()).isEqualTo(first.generation() + 1);
    }
}
