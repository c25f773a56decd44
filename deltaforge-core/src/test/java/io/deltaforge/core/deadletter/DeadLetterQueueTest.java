package io.deltaforge.core.deadletter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.RowValues;
import io.deltaforge.core.support.CountingScope;
import io.deltaforge.core.support.Log;
import io.deltaforge.core.support.MemoryStore;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalLong;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

final class DeadLetterQueueTest {

    private static final Origin KAFKA = Origin.sink("kafka");
    private static final Origin OTHER = Origin.sink("other");

    private final MemoryStore store = new MemoryStore();
    private final CountingScope metrics = new CountingScope();
    private final DeadLetterLog log = new DeadLetterLog(store, "shop");
    private Instant now = Instant.parse("2026-01-01T00:00:00Z");

    private DeadLetterQueue queue(int maxEntries, OverflowPolicy policy) {
        return queue(new DeadLetterLimits(maxEntries, 3_600, 4_096, policy));
    }

    private DeadLetterQueue queue(DeadLetterLimits limits) {
        DeadLetterQueue queue =
                new DeadLetterQueue("shop", log, limits, metrics.with(Map.of("pipeline", "shop")), () -> now);
        queue.open(new Log.Order());
        return queue;
    }

    private static ChangeEvent event(int ordinal) {
        return Log.insert(new Log.Tx(1), ordinal);
    }

    private List<String> kept() {
        List<String> kept = new ArrayList<>();
        log.read(
                LetterFilter.ALL,
                0,
                1_000,
                letter -> kept.add(letter.id() + " " + letter.origin() + " " + Log.name(letter.event())));
        return kept;
    }

    private static DeliveryException refusal(Runnable put) {
        return catchThrowableOfType(DeliveryException.class, put::run);
    }

    private static DeliveryException put(DeadLetterQueue queue, Origin origin, int ordinal) {
        return refusal(() -> queue.of(origin).put(event(ordinal), Letters.tooLarge()));
    }

    @Test
    void shouldKeepTheSameEventOnceAndCountItsTries() {
        DeadLetterQueue queue = queue(10, OverflowPolicy.BLOCK);
        queue.of(KAFKA).put(event(0), Letters.tooLarge());
        Instant first = now;
        now = now.plusSeconds(5);
        queue.of(KAFKA).put(event(0), new DeliveryException(ErrorKind.RECORD, "TOPIC_INVALID", "no such name", null));
        queue.of(OTHER).put(event(0), Letters.tooLarge());

        assertThat(kept()).containsExactly("1 kafka tx1#0", "2 other tx1#0");
        DeadLetter letter = log.get(1).orElseThrow();
        assertThat(letter.tries()).isEqualTo(new DeadLetter.Tries(2, first, now));
        assertThat(letter.cause().code()).isEqualTo("TOPIC_INVALID");
        assertThat(log.counts()).isEqualTo(Map.of("kafka", 1L, "other", 1L));
        assertThat(queue.size()).isEqualTo(2);
        assertThat(metrics.counts("deltaforge_dlq_events_total"))
                .isEqualTo(Map.of(
                        "deltaforge_dlq_events_total{error_kind=message_too_large,pipeline=shop,sink=kafka}", 1L,
                        "deltaforge_dlq_events_total{error_kind=message_too_large,pipeline=shop,sink=other}", 1L));
        assertThat(metrics.gauge("deltaforge_dlq_entries{pipeline=shop}")).isEqualTo(2);
        assertThat(metrics.gauge("deltaforge_dlq_saturation_ratio{pipeline=shop}"))
                .isEqualTo(0.2);
    }

    @Test
    void shouldHaveAnEntryDurableBeforePutReturns() {
        DeadLetterQueue queue = queue(10, OverflowPolicy.BLOCK);
        store.failure = new CheckpointException(ErrorKind.RETRIABLE, "STORAGE_FULL", "no room", "free some", null);
        DeliveryException failure = put(queue, KAFKA, 0);
        assertThat(failure.kind()).isEqualTo(ErrorKind.RETRIABLE);
        assertThat(failure.reason()).isEqualTo("STORAGE_FULL");
        assertThat(failure).hasMessageContainingAll("tx1 #0", "MESSAGE_TOO_LARGE", "no room");
        assertThat(kept()).isEmpty();
        assertThat(metrics.counts("deltaforge_dlq_write_failures_total").values())
                .containsExactly(1L);

        store.failure = null;
        assertThat(put(queue, KAFKA, 0)).isNull();
        assertThat(kept()).containsExactly("1 kafka tx1#0");
    }

    @Test
    void shouldOverwriteNothingWhenTheStorageSavesAndFailsAllTheSame() {
        DeadLetterQueue queue = queue(10, OverflowPolicy.BLOCK);
        store.failureBehind = new CheckpointException(ErrorKind.RETRIABLE, "STORAGE", "no answer", "wait", null);
        assertThat(put(queue, KAFKA, 0)).isNotNull();
        store.failureBehind = null;

        assertThat(put(queue, KAFKA, 1)).isNull();
        assertThat(put(queue, KAFKA, 0)).isNull();
        assertThat(kept()).containsExactly("1 kafka tx1#0", "2 kafka tx1#1");
        assertThat(queue.size()).isEqualTo(2);
    }

    @Test
    void shouldGoOnAfterARestartAndNeverGiveANumberTwice() {
        DeadLetterQueue queue = queue(10, OverflowPolicy.BLOCK);
        put(queue, KAFKA, 0);
        put(queue, KAFKA, 1);
        queue.desk().discard(LetterFilter.ids(Set.of(2L)), "me", "a test");

        DeadLetterQueue again = queue(10, OverflowPolicy.BLOCK);
        assertThat(again.size()).isEqualTo(1);
        put(again, KAFKA, 0);
        put(again, KAFKA, 2);
        assertThat(kept()).containsExactly("1 kafka tx1#0", "3 kafka tx1#2");
        assertThat(log.get(1).orElseThrow().tries().count()).isEqualTo(2);
    }

    @Test
    void shouldMakeWhoeverHasAnotherWaitWhenItIsFull() {
        DeadLetterQueue queue = queue(2, OverflowPolicy.BLOCK);
        OriginDeadLetters kafka = queue.of(KAFKA);
        put(queue, KAFKA, 0);
        put(queue, KAFKA, 1);
        DeliveryException full = refusal(() -> kafka.put(event(2), Letters.tooLarge()));
        assertThat(full.kind()).isEqualTo(ErrorKind.RETRIABLE);
        assertThat(full.reason()).isEqualTo("DEAD_LETTERS_FULL");
        assertThat(full.remedy()).get().asString().contains("journal.dlq.max_entries");
        assertThat(refusal(kafka::requireRoom)).isNotNull().hasMessageContaining("2 dead letters");
        assertThat(refusal(() -> queue.of(OTHER).requireRoom()))
                .as("a sink that has none")
                .isNull();
        // One that is there already needs no room.
        assertThat(put(queue, KAFKA, 1)).isNull();
        assertThat(kept()).containsExactly("1 kafka tx1#0", "2 kafka tx1#1");

        now = now.plusSeconds(3_601);
        assertThat(refusal(kafka::requireRoom)).isNull();
        assertThat(refusal(() -> kafka.put(event(2), Letters.tooLarge()))).isNull();
        assertThat(kept()).containsExactly("3 kafka tx1#2");
        assertThat(metrics.counts("deltaforge_dlq_rejected_total")).isEmpty();
    }

    @Test
    void shouldFindTheRoomThatWasMadeAlthoughTheStorageFailed() {
        DeadLetterQueue queue = queue(1, OverflowPolicy.BLOCK);
        OriginDeadLetters kafka = queue.of(KAFKA);
        put(queue, KAFKA, 0);
        assertThat(refusal(() -> kafka.put(event(1), Letters.tooLarge()))).isNotNull();
        store.failureBehindDelete = new CheckpointException(ErrorKind.RETRIABLE, "STORAGE", "no answer", "wait", null);
        assertThatThrownBy(() -> queue.desk().discard(LetterFilter.ALL, "me", "a test"))
                .hasMessageContaining("no answer");
        store.failureBehindDelete = null;

        assertThat(refusal(kafka::requireRoom)).isNull();
        assertThat(refusal(() -> kafka.put(event(1), Letters.tooLarge()))).isNull();
        assertThat(kept()).containsExactly("2 kafka tx1#1");
    }

    @Test
    void shouldForgetTheOldestWhenToldSoAndCountIt() {
        DeadLetterQueue queue = queue(2, OverflowPolicy.DROP_OLDEST);
        for (int i = 0; i < 5; i++) {
            assertThat(put(queue, KAFKA, i)).isNull();
        }
        assertThat(kept()).containsExactly("4 kafka tx1#3", "5 kafka tx1#4");
        assertThat(queue.size()).isEqualTo(2);
        assertThat(metrics.counts("deltaforge_dlq_evicted_total").values()).containsExactly(3L);
        assertThat(store.besides)
                .as("two letters, their heads and index, the next number, the format")
                .hasSize(8);
    }

    @Test
    void shouldRefuseTheNewOneWhenToldSoAndCountIt() {
        DeadLetterQueue queue = queue(2, OverflowPolicy.REJECT);
        for (int i = 0; i < 5; i++) {
            assertThat(put(queue, KAFKA, i)).isNull();
        }
        assertThat(kept()).containsExactly("1 kafka tx1#0", "2 kafka tx1#1");
        assertThat(metrics.counts("deltaforge_dlq_rejected_total").values()).containsExactly(3L);
        assertThat(metrics.counts("deltaforge_dlq_events_total").values()).containsExactly(2L);
    }

    @Test
    void shouldForgetWhatIsTooOldAtTheStartAndNothingWithoutALimit() {
        put(queue(9, OverflowPolicy.BLOCK), KAFKA, 0);
        now = now.plus(Duration.ofDays(4_000));
        assertThat(queue(new DeadLetterLimits(9, 0, 4_096, OverflowPolicy.BLOCK))
                        .size())
                .isEqualTo(1);
        assertThat(queue(9, OverflowPolicy.BLOCK).size()).isZero();
        assertThat(kept()).isEmpty();
        assertThat(metrics.counts("deltaforge_dlq_evicted_total").values()).containsExactly(1L);
    }

    @Test
    void shouldStopAtAnEventThatIsTooLargeToKeepWhole() {
        DeadLetterQueue queue = queue(9, OverflowPolicy.BLOCK);
        DeliveryException failure = refusal(() -> queue.of(KAFKA).put(Letters.ofSize(0, 5_000), Letters.tooLarge()));
        assertThat(failure.kind()).isEqualTo(ErrorKind.FATAL);
        assertThat(failure.reason()).isEqualTo("DEAD_LETTER_TOO_LARGE");
        assertThat(failure).hasMessageContainingAll("tx1 #0", "4096");
        assertThat(kept()).isEmpty();
    }

    @ParameterizedTest
    @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "BLOCK")
    void shouldKeepTheKeyOfAnEventThatIsTooLargeWhereLossIsAllowed(OverflowPolicy policy) {
        DeadLetterQueue queue = queue(9, policy);
        queue.of(KAFKA).put(Letters.ofSize(0, 5_000), Letters.tooLarge());
        DeadLetter letter = log.get(1).orElseThrow();
        assertThat(letter.truncated()).isTrue();
        assertThat(letter.bytes()).isLessThan(4_096);
        assertThat(RowValues.copyOf(letter.event().after()))
                .isEqualTo(RowValues.of(letter.event().table(), 1_000L, RowValues.ABSENT));
    }

    @Test
    void shouldGiveLettersInPagesBySink() {
        DeadLetterQueue queue = queue(100, OverflowPolicy.BLOCK);
        for (int i = 0; i < 20; i++) {
            put(queue, i % 2 == 0 ? KAFKA : OTHER, i);
        }
        List<Long> read = new ArrayList<>();
        OptionalLong next = OptionalLong.of(0);
        while (next.isPresent()) {
            next = log.read(LetterFilter.of(OTHER), next.getAsLong(), 4, letter -> read.add(letter.id()));
        }
        assertThat(read).containsExactly(2L, 4L, 6L, 8L, 10L, 12L, 14L, 16L, 18L, 20L);
        assertThat(log.read(LetterFilter.ALL, 0, 20, letter -> {})).isEmpty();
        assertThat(log.read(LetterFilter.ALL, 0, 19, letter -> {})).hasValue(19);
        assertThat(log.get(21)).isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {"entry/", "head/", "index/", "next"})
    void shouldHoldOnWhatIsDamagedOrGoneAndForgetNothing(String kind) {
        put(queue(9, OverflowPolicy.DROP_OLDEST), KAFKA, 0);
        String key = store.besides.keySet().stream()
                .filter(each -> each.startsWith(kind))
                .findFirst()
                .orElseThrow();
        byte[] sound = store.besides.get(key);
        store.besides.put(key, new byte[] {1, 2, 3});
        assertHeld();
        store.besides.put(key, sound);
        store.besides.remove(key);
        assertHeld();
    }

    private void assertHeld() {
        int entries = store.besides.size();
        DeadLetterQueue queue = new DeadLetterQueue(
                "shop", log, new DeadLetterLimits(9, 3_600, 4_096, OverflowPolicy.DROP_OLDEST), metrics, () -> now);
        CheckpointException failure =
                catchThrowableOfType(CheckpointException.class, () -> queue.open(new Log.Order()));
        if (failure == null) {
            DeliveryException refused = put(queue, KAFKA, 0);
            assertThat(refused).isNotNull();
            failure = (CheckpointException) refused.getCause();
        }
        assertThat(failure.kind()).isEqualTo(ErrorKind.HELD);
        assertThat(failure.reason()).isEqualTo("DEAD_LETTERS_DAMAGED");
        assertThat(failure).hasMessageContaining("pipeline shop");
        assertThat(store.besides).hasSize(entries);
    }
}
