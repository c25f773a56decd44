package io.deltaforge.checkpoint.rocksdb;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatExceptionOfType;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.ErrorKind;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.HexFormat;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;

/** Pins the stored bytes. A change here is a new version, never an edit of these. */
final class EntryFormatTest {

    private static final HexFormat HEX = HexFormat.of();

    @Test
    void shouldKeepTheBytesOfKeys() {
        assertThat(hex(EntryKey.of("shop", "cursor/kafka"))).isEqualTo("73686f7000637572736f722f6b61666b61");
        assertThat(hex(EntryKey.of("shop", "state/größe"))).isEqualTo("73686f700073746174652f6772c3b6c39f65");
        assertThat(hex(EntryKey.prefix("shop"))).isEqualTo("73686f7000");
        assertThat(hex(EntryKey.SCHEMA)).isEqualTo("00736368656d61");
    }

    @Test
    void shouldKeepTheBytesOfValues() {
        byte[] key = EntryKey.of("shop", "cursor/kafka");
        assertThat(hex(EntryValue.encode(key, HEX.parseHex("deadbeef")))).isEqualTo("01" + "ca450710" + "deadbeef");
        assertThat(hex(EntryValue.encode(key, new byte[0]))).isEqualTo("01" + "017874a5");
        assertThat(hex(EntryValue.encode(EntryKey.SCHEMA, new byte[] {1}))).isEqualTo("01" + "e4e57a3f" + "01");
    }

    @Test
    void shouldKeepTheBytesOfTheWitness() {
        assertThat(new String(Witness.encode(801), StandardCharsets.US_ASCII))
                .isEqualTo("deltaforge-checkpoints 1\nsequence 00000000000000000801 crc32c ab67b966\n")
                .hasSize(Witness.LENGTH);
        assertThat(Witness.encode(Long.MAX_VALUE)).hasSize(Witness.LENGTH);
    }

    @Test
    void shouldReadBackWhatItWrote() {
        byte[] key = EntryKey.of("shop", "cursor/kafka");
        byte[] payload = new byte[300];
        new Random(7).nextBytes(payload);
        assertThat(EntryValue.decode(key, EntryValue.encode(key, payload), "it"))
                .isEqualTo(payload);
    }

    @Test
    void shouldNoticeEveryFlippedBit() {
        byte[] key = EntryKey.of("shop", "cursor/kafka");
        byte[] value = EntryValue.encode(key, HEX.parseHex("00ff1234"));
        for (int bit = 0; bit < value.length * 8; bit++) {
            byte[] flipped = value.clone();
            flipped[bit / 8] ^= (byte) (1 << bit % 8);
            assertThatExceptionOfType(CheckpointException.class)
                    .as("bit %d", bit)
                    .isThrownBy(() -> EntryValue.decode(key, flipped, "the checkpoint"))
                    .withMessageStartingWith("the checkpoint")
                    .matches(e -> e.kind() == ErrorKind.HELD && e.remedy().isPresent());
        }
    }

    @Test
    void shouldNoticeAValueUnderAnotherKey() {
        byte[] value = EntryValue.encode(EntryKey.of("shop", "cursor/a"), new byte[] {1});
        byte[] other = EntryKey.of("shop", "cursor/b");
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> EntryValue.decode(other, value, "the checkpoint"))
                .matches(e -> e.reason().equals("CHECKPOINTS_DAMAGED"));
    }

    @Test
    void shouldNoticeAValueThatIsTooShort() {
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> EntryValue.decode(EntryKey.SCHEMA, new byte[4], "the schema"))
                .withMessageContaining("4 bytes");
    }

    @Test
    void shouldNameBothVersionsOfANewerValue() {
        byte[] value = EntryValue.encode(EntryKey.SCHEMA, new byte[] {1});
        value[0] = 9;
        assertThatExceptionOfType(CheckpointException.class)
                .isThrownBy(() -> EntryValue.decode(EntryKey.SCHEMA, value, "the schema"))
                .withMessage("the schema has version 9, and this release knows versions up to 1")
                .matches(e -> e.kind() == ErrorKind.HELD && e.reason().equals("CHECKPOINTS_NEWER"));
    }

    @Test
    void shouldNeverGiveTwoEntriesOneKey() {
        String[] parts = {"a", "b", "ab", "a.", "ä", "\u0001", "\uD83D\uDE00", "a\u0000", "\u0000a", "\u0000"};
        Map<String, String> seen = new HashMap<>();
        for (String pipeline : parts) {
            for (String key : parts) {
                if (pipeline.indexOf('\0') < 0) {
                    String pair = pipeline + " and " + key;
                    assertThat(seen.put(hex(EntryKey.of(pipeline, key)), pair)).isNull();
                }
            }
        }
        assertThat(seen).hasSize(70);
    }

    @Test
    void shouldRefuseNamesThatCannotBeKeys() {
        assertThatIllegalArgumentException().isThrownBy(() -> EntryKey.of("", "key"));
        assertThatIllegalArgumentException().isThrownBy(() -> EntryKey.of("a\0b", "key"));
        assertThatIllegalArgumentException().isThrownBy(() -> EntryKey.of("shop", ""));
        assertThatIllegalArgumentException().isThrownBy(() -> EntryKey.of("shop", "x".repeat(201)));
        assertThatIllegalArgumentException().isThrownBy(() -> EntryKey.of("shop", "half \uD83D"));
        assertThat(EntryKey.of("shop", "x".repeat(200))).hasSize(205);
    }

    private static String hex(byte[] bytes) {
        return HEX.formatHex(bytes);
    }
}
