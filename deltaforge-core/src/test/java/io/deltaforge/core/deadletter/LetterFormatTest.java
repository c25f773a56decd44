package io.deltaforge.core.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.deltaforge.api.encode.EventEncoder;
import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventId;
import io.deltaforge.api.event.Operation;
import io.deltaforge.api.event.TableSchema;
import io.deltaforge.core.deadletter.DeadLetter.Cause;
import io.deltaforge.core.deadletter.DeadLetter.Tries;
import io.deltaforge.core.envelope.Envelope;
import io.deltaforge.core.envelope.EnvelopeEncoders;
import io.deltaforge.core.support.Log;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What is put aside is a whole event: every envelope makes the same bytes of it later, also in a later release. */
final class LetterFormatTest {

    private static final Path FIXTURES = Path.of("src", "test", "resources", "io", "deltaforge", "core", "deadletter");
    private static final DeadLetter.Edit EDIT =
            new DeadLetter.Edit(Instant.parse("2026-01-04T00:00:00.000001Z"), "alice", List.of("c_TEXT", "c_array"));
    private static final Origin KAFKA = Origin.sink("kafka");
    private static final Tries TRIES =
            new Tries(3, Instant.parse("2026-01-02T03:04:05.000006Z"), Instant.parse("2026-01-03T00:00:00Z"));

    private static byte[] encoded(ChangeEvent event) {
        return LetterFormat.encode(KAFKA, event, Cause.of(Letters.tooLarge()), TRIES, false);
    }

    private static DeadLetter decoded(byte[] bytes) {
        return LetterFormat.decode(9, bytes, "dead letter 9 of pipeline shop");
    }

    private static ChangeEvent restored(ChangeEvent event) {
        return decoded(encoded(event)).event();
    }

    @Test
    void shouldRestoreEveryTypeSoThatTheSameBytesAreEncoded() {
        ChangeEvent event = Letters.everything();
        ChangeEvent restored = restored(event);

        EventEncoder encoder = EnvelopeEncoders.create(Envelope.NATIVE, "shop");
        EventEncoder again = EnvelopeEncoders.create(Envelope.NATIVE, "shop");
        assertThat(Letters.json(restored)).isEqualTo(Letters.json(event)).contains("\"tx_end\":true", "\"c_ENUM\"");
        assertThat(again.key(restored)).isEqualTo(encoder.key(event));
        assertThat(restored.position().toBytes()).isEqualTo(event.position().toBytes());
        assertThat(restored.position()).hasToString(event.position().toString());
        assertThat(EventId.of(restored)).isEqualTo(EventId.of(event));
        assertThat(restored.isTransactionEnd()).isTrue();
        assertThat(restored.childNumber()).isEqualTo(2);
        assertThat(restored.table().key()).extracting(column -> column.name()).containsExactly("c_UUID", "c_INTEGER");
        assertThat(restored.after().contains(restored.table().columns().size() - 2))
                .isFalse();
    }

    @Test
    void shouldHandOutTheSameAgainAfterAnotherRound() {
        ChangeEvent once = restored(Letters.everything());
        assertThat(encoded(once)).isEqualTo(encoded(Letters.everything())).isEqualTo(encoded(restored(once)));
    }

    @ParameterizedTest
    @ValueSource(strings = {"CREATE", "DELETE", "TRUNCATE", "READ"})
    void shouldRestoreEventsWithOneRowAndWithNone(String name) {
        Operation operation = Operation.valueOf(name);
        ChangeEvent insert = Log.insert(new Log.Tx(1), 0);
        ChangeEvent event = new ChangeEvent(
                operation,
                new TableSchema("db", null, "plain", insert.table().columns(), List.of()),
                operation == Operation.DELETE ? insert.after() : null,
                operation == Operation.CREATE || operation == Operation.READ ? insert.after() : null,
                insert.transaction(),
                3);
        assertThat(Letters.json(restored(event))).isEqualTo(Letters.json(event));
        assertThat(restored(event).table().schema()).isEmpty();
    }

    @Test
    void shouldRestoreWhatHappenedToTheEvent() {
        DeadLetter letter = decoded(LetterFormat.encode(
                Origin.processor("mask"),
                Log.insert(new Log.Tx(1), 0),
                new Cause("RECORD", "PROCESSOR_FAILED", "why", Optional.empty()),
                TRIES,
                true));
        assertThat(letter.id()).isEqualTo(9);
        assertThat(letter.origin()).isEqualTo(Origin.processor("mask")).hasToString("processor/mask");
        assertThat(Origin.parse("processor/mask")).isEqualTo(letter.origin());
        assertThat(letter.cause()).isEqualTo(new Cause("RECORD", "PROCESSOR_FAILED", "why", Optional.empty()));
        assertThat(letter.tries()).isEqualTo(TRIES);
        assertThat(letter.truncated()).isTrue();
        assertThat(decoded(encoded(Letters.everything())).cause().remedy()).contains("raise max.request.size");
    }

    /** Run with {@code -Dfixtures.update=true} after a new version was added; the bytes of a version never change. */
    @Test
    void shouldWriteAndReadTheBytesOfTheLatestVersion() throws IOException {
        byte[] written = LetterFormat.encode(
                KAFKA, Letters.everything(), Cause.of(Letters.tooLarge()), TRIES, false, List.of(EDIT));
        String bytes = HexFormat.of().formatHex(written);
        if (Boolean.getBoolean("fixtures.update")) {
            Files.writeString(fixture(LetterFormat.VERSION), bytes.replaceAll("(.{120})", "$1\n") + "\n");
        }
        assertThat(bytes).isEqualTo(bytes(LetterFormat.VERSION));
        assertThat(decoded(written).state().edits()).containsExactly(EDIT);
    }

    @ParameterizedTest
    @ValueSource(ints = {1, 2})
    void shouldReadTheBytesOfEveryVersion(int version) throws IOException {
        DeadLetter letter = decoded(HexFormat.of().parseHex(bytes(version)));
        assertThat(Letters.json(letter.event())).isEqualTo(Letters.json(Letters.everything()));
        assertThat(letter.tries()).isEqualTo(TRIES);
        assertThat(letter.state().edits()).hasSize(version - 1);
    }

    private static Path fixture(int version) {
        return FIXTURES.resolve("letter-" + version + ".hex");
    }

    private static String bytes(int version) throws IOException {
        return Files.readString(fixture(version)).replace("\n", "");
    }

    @Test
    void shouldHoldWhateverBitIsFlippedAndWhereverItIsCut() {
        byte[] sound = encoded(Letters.everything());
        for (int i = 0; i < sound.length; i++) {
            byte[] flipped = sound.clone();
            flipped[i] ^= (byte) (1 << i % 8);
            assertHeld(flipped, "bit flipped in byte " + i);
            assertHeld(Arrays.copyOf(sound, i), "cut at " + i);
        }
    }

    private static void assertHeld(byte[] bytes, String what) {
        CheckpointException failure = catchThrowableOfType(CheckpointException.class, () -> decoded(bytes));
        assertThat(failure).as(what).isNotNull().hasMessageContaining("dead letter 9 of pipeline shop");
        assertThat(failure.kind()).as(what).isEqualTo(ErrorKind.HELD);
        assertThat(failure.reason()).as(what).isIn("DEAD_LETTERS_DAMAGED", "DEAD_LETTERS_NEWER");
        assertThat(failure.remedy()).as(what).isPresent();
    }
}
