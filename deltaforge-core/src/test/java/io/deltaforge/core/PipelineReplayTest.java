package io.deltaforge.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Settings;
import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.processor.Processor;
import io.deltaforge.api.processor.ProcessorFactory;
import io.deltaforge.core.batch.BatchLimits;
import io.deltaforge.core.deadletter.DeadLetter;
import io.deltaforge.core.deadletter.DeadLetterLimits;
import io.deltaforge.core.deadletter.LetterFilter;
import io.deltaforge.core.deadletter.LetterHistory;
import io.deltaforge.core.deadletter.OnPoison;
import io.deltaforge.core.deadletter.OverflowPolicy;
import io.deltaforge.core.envelope.Envelope;
import io.deltaforge.core.replay.ReplayRequest;
import io.deltaforge.core.replay.ReplayResult;
import io.deltaforge.core.retry.RetryPolicy;
import io.deltaforge.core.support.CountingScope;
import io.deltaforge.core.support.FakeLog;
import io.deltaforge.core.support.FakeTarget;
import io.deltaforge.core.support.Log;
import io.deltaforge.core.support.MemoryStore;
import io.deltaforge.core.support.NoSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** Keys that wait behind a dead letter, and dead letters that are delivered after all. */
final class PipelineReplayTest {

    private static final BatchLimits SMALL = new BatchLimits(3, 1L << 20, 5, true, 2, 4, 1L << 20, 1_000);
    private static final DeadLetterLimits SKIP = new DeadLetterLimits(100, 0, 1 << 20, OverflowPolicy.BLOCK);
    private static final DeadLetterLimits PARK = SKIP.with(OnPoison.PARK_KEY);

    private final FakeLog log = new FakeLog();
    private final MemoryStore store = new MemoryStore();
    private final CountingScope metrics = new CountingScope();
    private final FakeTarget picky = new FakeTarget();
    private final FakeTarget easy = new FakeTarget();
    private Pipeline pipeline;

    private void start(DeadLetterLimits limits) {
        start(builder(limits));
    }

    private void start(DeadLetterLimits limits, Brittle processor) {
        start(builder(limits).processor("brittle", processor, new NoSettings()));
    }

    private void start(Pipeline.Builder builder) {
        pipeline = builder.build();
        pipeline.start();
    }

    private Pipeline.Builder builder(DeadLetterLimits limits) {
        return Pipeline.builder("shop")
                .source("db", log, new NoSettings())
                .sink(new SinkDefinition("picky", true, picky, new NoSettings(), Envelope.NATIVE))
                .sink(new SinkDefinition("easy", false, easy, new NoSettings(), Envelope.NATIVE))
                .batch(SMALL)
                .metrics(metrics)
                .retry(new RetryPolicy(Duration.ofMillis(1), Duration.ofMillis(5), 0))
                .checkpoints(store)
                .deadLetters(limits);
    }

    @AfterEach
    void close() {
        pipeline.close();
    }

    private void awaitSaved() {
        Log.Position end = Log.end(log.size());
        await().until(() -> end.equals(store.cursor("picky")) && end.equals(store.cursor("easy")));
    }

    /** Row 7 is written by four transactions, of which the first is poison; others are in between. */
    private void commitPoison() {
        picky.refused = Set.of("tx2#0");
        log.commitRows(1);
        log.commitRows(7, 2, 7);
        log.commitRows(3, 7);
        log.commitRows(7, 4);
    }

    private List<DeadLetter> letters() {
        List<DeadLetter> letters = new ArrayList<>();
        pipeline.deadLetters().read(LetterFilter.ALL, 0, 100, letters::add);
        return letters;
    }

    /** Number, note of the row, code, state, front. */
    private List<String> told() {
        return letters().stream()
                .map(letter -> letter.id() + " " + letter.event().after().value(1) + " "
                        + letter.cause().code() + " " + letter.state().status() + " "
                        + letter.state().behind())
                .toList();
    }

    private static ReplayRequest request(boolean force, Long... ids) {
        return new ReplayRequest(ids.length == 0 ? LetterFilter.ALL : LetterFilter.ids(Set.of(ids)), force, "me");
    }

    private List<String> replay(boolean force, Long... ids) {
        CompletableFuture<List<ReplayResult>> results = pipeline.replay(request(force, ids));
        return results.orTimeout(60, TimeUnit.SECONDS).join().stream()
                .map(result -> result.letter() + (result.isReplayed() ? " replayed" : " " + result.code()))
                .toList();
    }

    private List<String> rowsOf(long key) {
        return picky.rows.stream().filter(row -> row.startsWith(key + " ")).toList();
    }

    @Test
    void shouldParkLaterEventsOfTheKeyInOrderAndLetOthersFlow() {
        commitPoison();
        start(PARK);
        awaitSaved();
        assertThat(told())
                .containsExactly(
                        "1 tx2#0 MESSAGE_TOO_LARGE WAITING 0",
                        "2 tx2#2 PARKED_BEHIND PARKED 1",
                        "3 tx3#1 PARKED_BEHIND PARKED 2",
                        "4 tx4#0 PARKED_BEHIND PARKED 3");
        assertThat(rowsOf(7)).isEmpty();
        assertThat(picky.rows).contains("1 tx1#0", "2 tx2#1", "3 tx3#0", "4 tx4#1");
        assertThat(easy.rows).hasSize(8);
        assertThat(metrics.counts("deltaforge_dlq_parked_total"))
                .containsEntry("deltaforge_dlq_parked_total{pipeline=shop,sink=picky}", 3L);
    }

    @Test
    void shouldKeepAKeyParkedAfterARestart() {
        commitPoison();
        start(PARK);
        awaitSaved();
        pipeline.close();
        log.commitRows(7, 5);
        start(PARK);
        awaitSaved();
        assertThat(told()).hasSize(5).last().isEqualTo("5 tx5#0 PARKED_BEHIND PARKED 4");
        assertThat(rowsOf(7)).isEmpty();
        assertThat(picky.rows).contains("5 tx5#1");
    }

    @Test
    void shouldReplayAKeyInOrderAfterAnEditAndLetItFlowAgain() {
        commitPoison();
        picky.poison = event -> event.after().value(1).equals("tx2#0");
        start(PARK);
        awaitSaved();
        pipeline.letterDesk().edit(1, Map.of("note", "mended"), "alice");
        assertThat(letters().get(0).state().edits()).singleElement().satisfies(edit -> {
            assertThat(edit.by()).isEqualTo("alice");
            assertThat(edit.columns()).containsExactly("note");
        });
        assertThat(replay(false, 1L)).containsExactly("1 replayed", "2 replayed", "3 replayed", "4 replayed");
        assertThat(rowsOf(7))
                .containsExactly("7 mended in_order", "7 tx2#2 in_order", "7 tx3#1 in_order", "7 tx4#0 in_order");
        log.commitRows(7);
        awaitSaved();
        assertThat(rowsOf(7)).hasSize(5).last().isEqualTo("7 tx5#0");
        assertThat(letters()).isEmpty();
        assertThat(pipeline.status().deadLetters()).isZero();
        assertThat(pipeline.letterDesk().history())
                .extracting(deed -> deed.letter() + " " + deed.action().deed())
                .containsExactly("4 REPLAYED", "3 REPLAYED", "2 REPLAYED", "1 REPLAYED", "1 EDITED");
        assertThat(metrics.counts("deltaforge_dlq_replayed_total").values()).containsExactly(4L);
    }

    @Test
    void shouldKeepTheOrderOfAKeyWhileLiveEventsOfItGoOn() {
        commitPoison();
        start(PARK);
        awaitSaved();
        picky.refused = Set.of();
        Thread writer = new Thread(() -> {
            for (int i = 0; i < 300; i++) {
                log.commitRows(7, 8);
            }
        });
        writer.start();
        assertThat(replay(false, 1L)).startsWith("1 replayed", "2 replayed", "3 replayed", "4 replayed");
        awaitSaved();
        // The last may have been parked behind a letter that was gone before it was looked for.
        assertThat(letters()).isEmpty();
        List<String> notes =
                rowsOf(7).stream().map(row -> row.split(" ", -1)[1]).toList();
        assertThat(notes).hasSize(304).isEqualTo(inLogOrder(notes)).doesNotHaveDuplicates();
        assertThat(rowsOf(8)).hasSize(300);
    }

    private static List<String> inLogOrder(List<String> notes) {
        return notes.stream().sorted((a, b) -> Long.compare(place(a), place(b))).toList();
    }

    private static long place(String note) {
        String[] parts = note.substring(2).split("#", -1);
        return Long.parseLong(parts[0]) * 100 + Long.parseLong(parts[1]);
    }

    @Test
    void shouldStayInOrderWhenTheFirstIsRefusedAgain() {
        commitPoison();
        start(PARK);
        awaitSaved();
        assertThat(replay(false))
                .containsExactly(
                        "1 MESSAGE_TOO_LARGE", "2 DEAD_LETTER_BEHIND", "3 DEAD_LETTER_BEHIND", "4 DEAD_LETTER_BEHIND");
        assertThat(rowsOf(7)).isEmpty();
        assertThat(letters()).hasSize(4).first().satisfies(letter -> assertThat(
                        letter.tries().count())
                .isEqualTo(2));
        assertThat(replay(false, 3L)).containsExactly("3 DEAD_LETTER_BEHIND");
    }

    @Test
    void shouldMarkALetterThatALaterEventOfItsKeyHasPassedAndRefuseToReplayIt() {
        commitPoison();
        start(SKIP);
        awaitSaved();
        assertThat(told()).containsExactly("1 tx2#0 MESSAGE_TOO_LARGE SUPERSEDED 0");
        assertThat(rowsOf(7)).containsExactly("7 tx2#2", "7 tx3#1", "7 tx4#0");
        picky.refused = Set.of();
        assertThat(replay(false)).containsExactly("1 DEAD_LETTER_SUPERSEDED");
        assertThat(rowsOf(7)).hasSize(3);
        assertThat(replay(true)).containsExactly("1 replayed");
        assertThat(rowsOf(7)).last().isEqualTo("7 tx2#0 forced");
        assertThat(letters()).isEmpty();
    }

    @Test
    void shouldHaveTheMarkBeforeTheLaterEventIsAcknowledged() {
        picky.refused = Set.of("tx1#0!");
        log.commitRows(7);
        start(SKIP);
        awaitSaved();
        assertThat(told()).containsExactly("1 tx1#0 MESSAGE_TOO_LARGE WAITING 0");
        List<List<String>> atDelivery = new ArrayList<>();
        picky.beforeAcknowledging = () -> atDelivery.add(told());
        log.commitRows(7);
        awaitSaved();
        assertThat(atDelivery).isNotEmpty().allSatisfy(letters -> assertThat(letters)
                .containsExactly("1 tx1#0 MESSAGE_TOO_LARGE SUPERSEDED 0"));
        picky.beforeAcknowledging = () -> {};
    }

    @Test
    void shouldReplayAnEventThatNothingHasPassedWithoutForce() {
        picky.refused = Set.of("tx1#0!");
        log.commitRows(7);
        log.commitRows(2);
        start(SKIP);
        awaitSaved();
        picky.refused = Set.of();
        assertThat(replay(false)).containsExactly("1 replayed");
        assertThat(rowsOf(7)).containsExactly("7 tx1#0 in_order");
        assertThat(easy.rows).as("the other sink has it already").hasSize(2);
    }

    @Test
    void shouldKeepALetterWhenTheProcessEndsBetweenAcknowledgementAndRemoval() {
        picky.refused = Set.of("tx1#0!");
        log.commitRows(7);
        start(SKIP);
        awaitSaved();
        picky.refused = Set.of();
        store.failure = new CheckpointException(ErrorKind.RETRIABLE, "STORAGE_FULL", "no room", null);
        CompletableFuture<List<ReplayResult>> cutOff = pipeline.replay(request(false));
        await().until(cutOff::isCompletedExceptionally);
        assertThat(rowsOf(7)).containsExactly("7 tx1#0 in_order");
        pipeline.close();
        store.failure = null;

        start(SKIP);
        awaitSaved();
        assertThat(told()).containsExactly("1 tx1#0 MESSAGE_TOO_LARGE WAITING 0");
        assertThat(replay(false)).containsExactly("1 replayed");
        assertThat(rowsOf(7)).as("at least once").containsExactly("7 tx1#0 in_order", "7 tx1#0 in_order");
    }

    @Test
    void shouldWaitForASinkThatIsDownAndGoOnWhenItIsBack() {
        picky.refused = Set.of("tx1#0!");
        log.commitRows(7);
        start(SKIP);
        awaitSaved();
        picky.refused = Set.of();
        picky.failure = new DeliveryException(ErrorKind.RETRIABLE, "DOWN", "it is down", null);
        CompletableFuture<List<ReplayResult>> result = pipeline.replay(request(false));
        await().until(() -> pipeline.status().sinks().get(0).trouble().failures() > 0);
        assertThat(result).isNotDone();
        DeltaForgeException busy = catchThrowableOfType(
                DeltaForgeException.class, () -> pipeline.letterDesk().edit(1, Map.of("note", "x"), "me"));
        assertThat(busy.reason()).isEqualTo("DEAD_LETTER_UNDER_REPLAY");
        assertThat(pipeline.letterDesk().discard(LetterFilter.ALL, "me", "no")).isEmpty();
        picky.failure = null;
        assertThat(result.orTimeout(60, TimeUnit.SECONDS).join())
                .singleElement()
                .matches(ReplayResult::isReplayed);
        assertThat(rowsOf(7)).containsExactly("7 tx1#0 in_order");
    }

    @Test
    void shouldLeaveLettersThatAreUnderWayWhenThePipelineStops() {
        picky.refused = Set.of("tx1#0!");
        log.commitRows(7);
        start(SKIP);
        awaitSaved();
        picky.stalled = true;
        CompletableFuture<List<ReplayResult>> result = pipeline.replay(request(false));
        pipeline.close();
        await().until(result::isDone);
        assertThat(letters()).hasSize(1);
        DeltaForgeException ended =
                catchThrowableOfType(DeltaForgeException.class, () -> pipeline.replay(request(false)));
        assertThat(ended.reason()).isEqualTo("PIPELINE_NOT_RUNNING");
    }

    @Test
    void shouldMoveNoPositionWithAReplay() {
        picky.refused = Set.of("tx1#0!");
        log.commitRows(7);
        log.commitRows(8, 9);
        start(SKIP);
        awaitSaved();
        picky.refused = Set.of();
        assertThat(replay(false)).containsExactly("1 replayed");
        assertThat(store.cursor("picky")).isEqualTo(Log.end(2));
        pipeline.close();
        start(SKIP);
        log.commitRows(10);
        awaitSaved();
        assertThat(picky.rows).containsExactly("8 tx2#0", "9 tx2#1", "7 tx1#0 in_order", "10 tx3#0");
    }

    @Test
    void shouldDiscardWithAReasonThatIsKept() {
        commitPoison();
        start(PARK);
        awaitSaved();
        assertThat(pipeline.letterDesk().discard(LetterFilter.ids(Set.of(1L)), "bob", "not ours"))
                .containsExactly(1L);
        assertThat(told()).first().isEqualTo("2 tx2#2 PARKED_BEHIND WAITING 1");
        assertThat(pipeline.letterDesk().acknowledge(3, "bob")).isEqualTo(2);
        pipeline.close();
        start(PARK);
        awaitSaved();
        assertThat(told()).containsExactly("4 tx4#0 PARKED_BEHIND WAITING 3");
        assertThat(pipeline.letterDesk().history())
                .extracting(deed -> deed.action().reason())
                .containsExactly("acknowledged up to 3", "acknowledged up to 3", "not ours");
        assertThat(pipeline.letterDesk().history())
                .extracting(LetterHistory.Entry::letter)
                .last()
                .isEqualTo(1L);
        picky.refused = Set.of();
        assertThat(replay(false)).containsExactly("4 replayed");
        log.commitRows(7);
        awaitSaved();
        assertThat(rowsOf(7)).containsExactly("7 tx4#0 in_order", "7 tx5#0");
    }

    @Test
    void shouldRefuseEditsThatAreNotOfTheColumnsType() {
        picky.refused = Set.of("tx1#0!");
        log.commitRows(7);
        start(SKIP);
        awaitSaved();
        assertThat(refusedEdit(Map.of("note", 5L))).contains("column 'note' (text) takes a text, found 5");
        assertThat(refusedEdit(Map.of("id", 8L))).contains("column 'id' is part of the key");
        assertThat(refusedEdit(Map.of("nott", "x"))).contains("no column 'nott'", "did you mean 'note'?");
        assertThat(letters().get(0).state().edits()).isEmpty();
    }

    private String refusedEdit(Map<String, Object> after) {
        DeltaForgeException refusal = catchThrowableOfType(
                DeltaForgeException.class, () -> pipeline.letterDesk().edit(1, after, "me"));
        assertThat(refusal.reason()).isEqualTo("DEAD_LETTER_EDIT_INVALID");
        return refusal.getMessage();
    }

    @Test
    void shouldSendLettersOfAProcessorThroughItAgainAndToEverySink() {
        log.commitRows(7, 2);
        log.commitRows(7);
        Brittle brittle = new Brittle();
        start(PARK, brittle);
        awaitSaved();
        assertThat(told())
                .containsExactlyInAnyOrder(
                        "1 tx1#0 PROCESSOR_FAILED WAITING 0",
                        "2 tx2#0 upper PARKED_BEHIND PARKED 1",
                        "3 tx2#0 upper PARKED_BEHIND PARKED 1");
        assertThat(replay(false, 1L)).containsExactly("1 PROCESSOR_FAILED");
        brittle.poison = "";
        assertThat(replay(false, 1L)).containsExactlyInAnyOrder("1 replayed", "2 replayed", "3 replayed");
        for (FakeTarget sink : List.of(picky, easy)) {
            assertThat(sink.rows).containsExactly("2 tx1#1 upper", "7 tx1#0 upper in_order", "7 tx2#0 upper in_order");
        }
    }

    /** Changes every event, and fails on one. */
    private static final class Brittle implements ProcessorFactory {
        private volatile String poison = "tx1#0";

        @Override
        public String type() {
            return "brittle";
        }

        @Override
        public ConfigSpec config() {
            return ConfigSpec.of("A processor that fails on one event.");
        }

        @Override
        public Processor create(Settings settings) {
            return events -> events.stream().map(this::change).toList();
        }

        private ChangeEvent change(ChangeEvent event) {
            if (event.after().value(1).equals(poison)) {
                throw new IllegalStateException("boom");
            }
            return event.withRows(null, event.after().with(1, event.after().value(1) + " upper"));
        }
    }
}
