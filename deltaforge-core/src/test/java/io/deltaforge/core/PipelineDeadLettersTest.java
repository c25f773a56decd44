package io.deltaforge.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Settings;
import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.processor.Processor;
import io.deltaforge.api.processor.ProcessorFactory;
import io.deltaforge.core.batch.BatchLimits;
import io.deltaforge.core.deadletter.DeadLetter;
import io.deltaforge.core.deadletter.DeadLetterLimits;
import io.deltaforge.core.deadletter.LetterFilter;
import io.deltaforge.core.deadletter.OverflowPolicy;
import io.deltaforge.core.envelope.Envelope;
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
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Events that can never be delivered: they stop the pipeline, or are put aside and everything else goes on. */
final class PipelineDeadLettersTest {

    private static final BatchLimits SMALL = new BatchLimits(3, 1L << 20, 5, true, 2, 4, 1L << 20, 1_000);

    private final FakeLog log = new FakeLog();
    private final MemoryStore store = new MemoryStore();
    private final CountingScope metrics = new CountingScope();
    private final FakeTarget picky = new FakeTarget();
    private final FakeTarget easy = new FakeTarget();
    private Pipeline pipeline;

    /** Fails on some events. */
    private static final class Fragile implements ProcessorFactory {
        @Override
        public String type() {
            return "fragile";
        }

        @Override
        public ConfigSpec config() {
            return ConfigSpec.of("A processor that fails on some events.");
        }

        @Override
        public Processor create(Settings settings) {
            return events -> {
                for (ChangeEvent event : events) {
                    if (event.transaction().id().equals("tx3") && event.ordinal() == 1) {
                        throw new IllegalStateException("boom");
                    }
                }
                return events;
            };
        }
    }

    @BeforeEach
    void refuse() {
        picky.refused = Set.of("tx2#1", "tx4#0!");
    }

    private Pipeline.Builder builder() {
        return Pipeline.builder("shop")
                .source("db", log, new NoSettings())
                .sink(new SinkDefinition("picky", true, picky, new NoSettings(), Envelope.NATIVE))
                .sink(new SinkDefinition("easy", false, easy, new NoSettings(), Envelope.NATIVE))
                .batch(SMALL)
                .metrics(metrics)
                .retry(new RetryPolicy(Duration.ofMillis(1), Duration.ofMillis(5), 0))
                .checkpoints(store);
    }

    private void start(Pipeline.Builder builder) {
        pipeline = builder.build();
        pipeline.start();
    }

    @AfterEach
    void close() {
        pipeline.close();
    }

    private void commit() {
        for (int events : new int[] {1, 3, 2, 1, 1}) {
            log.commit(events);
        }
    }

    private static DeadLetterLimits limits(int maxEntries) {
        return new DeadLetterLimits(maxEntries, 0, 1 << 20, OverflowPolicy.BLOCK);
    }

    private List<String> letters() {
        List<DeadLetter> letters = new ArrayList<>();
        pipeline.deadLetters().read(LetterFilter.ALL, 0, 100, letters::add);
        return letters.stream()
                .map(letter -> letter.origin() + " " + Log.name(letter.event()) + " "
                        + letter.cause().code())
                .toList();
    }

    private void awaitSaved() {
        await().until(() ->
                Log.end(5).equals(store.cursor("picky")) && Log.end(5).equals(store.cursor("easy")));
    }

    @Test
    void shouldStopAtTheFirstAndNameItWhenNothingIsPutAside() throws InterruptedException {
        commit();
        start(builder());
        assertThat(pipeline.awaitEnd(Duration.ofSeconds(60))).isTrue();
        assertThat(pipeline.status().state()).isEqualTo(PipelineState.FAILED);
        assertThat(pipeline.status().cause()).hasValueSatisfying(cause -> {
            assertThat(cause.reason()).isEqualTo("MESSAGE_TOO_LARGE");
            assertThat(cause.message()).contains("tx2 #1", "sink picky");
            assertThat(cause.remedy()).get().asString().contains("journal.enabled");
        });
        assertThat(letters()).isEmpty();
        assertThat(metrics.known("deltaforge_dlq_events_total")).isEmpty();
    }

    @Test
    void shouldPutThemAsideAndDeliverEverythingElse() {
        commit();
        start(builder().deadLetters(limits(10)));
        awaitSaved();
        assertThat(letters()).containsExactly("picky tx2#1 MESSAGE_TOO_LARGE", "picky tx4#0! MESSAGE_TOO_LARGE");
        assertThat(picky.events).containsExactly("tx1#0!", "tx2#0", "tx2#2!", "tx3#0", "tx3#1!", "tx5#0!");
        assertThat(easy.events).hasSize(8);
        assertThat(pipeline.status().state()).isEqualTo(PipelineState.RUNNING);
        assertThat(pipeline.status().deadLetters()).isEqualTo(2);
    }

    @Test
    void shouldWaitForRoomWithoutDeliveringAnythingAgain() throws InterruptedException {
        picky.refused = Set.of("tx2#1", "tx3#1!", "tx4#0!");
        commit();
        start(builder().deadLetters(limits(1)));
        await().until(() -> pipeline.status().sinks().get(0).trouble().failures() >= 5);
        assertThat(pipeline.status().state()).isEqualTo(PipelineState.DEGRADED);
        assertThat(pipeline.status().cause()).hasValueSatisfying(cause -> {
            assertThat(cause.reason()).isEqualTo("DEAD_LETTERS_FULL");
            assertThat(cause.message()).as("at whatever try").contains("tx3 #1", "max_entries");
            assertThat(cause.remedy()).isPresent();
        });
        assertThat(letters()).containsExactly("picky tx2#1 MESSAGE_TOO_LARGE");
        assertThat(picky.events)
                .as("delivered once, however often there was no room")
                .doesNotHaveDuplicates();
        assertThat(store.cursor("picky")).isNotEqualTo(Log.end(5));
        await().until(() -> Log.end(5).equals(store.cursor("easy")));

        pipeline.close();
        start(builder().deadLetters(limits(10)));
        awaitSaved();
        assertThat(letters())
                .containsExactly(
                        "picky tx2#1 MESSAGE_TOO_LARGE",
                        "picky tx3#1! MESSAGE_TOO_LARGE",
                        "picky tx4#0! MESSAGE_TOO_LARGE");
    }

    @Test
    void shouldPutAsideWhatAProcessorFailsOn() {
        picky.refused = Set.of();
        commit();
        start(builder().processor("fragile", new Fragile(), new NoSettings()).deadLetters(limits(10)));
        awaitSaved();
        assertThat(letters()).containsExactly("processor/fragile tx3#1 PROCESSOR_FAILED");
        assertThat(picky.events)
                .isEqualTo(easy.events)
                .containsExactly("tx1#0!", "tx2#0", "tx2#1", "tx2#2!", "tx3#0!", "tx4#0!", "tx5#0!");
        assertThat(pipeline.deadLetters().counts()).isEqualTo(Map.of("processor/fragile", 1L));
    }

    @Test
    void shouldEndAtWhatAProcessorFailsOnWhenNothingIsPutAside() throws InterruptedException {
        commit();
        start(builder().processor("fragile", new Fragile(), new NoSettings()));
        assertThat(pipeline.awaitEnd(Duration.ofSeconds(60))).isTrue();
        assertThat(pipeline.status().state()).isEqualTo(PipelineState.FAILED);
    }

    @Test
    void shouldHoldThePipelineOnDamage() throws InterruptedException {
        commit();
        start(builder().deadLetters(limits(10)));
        awaitSaved();
        pipeline.close();
        store.besides.replaceAll((key, value) -> key.startsWith("index/") ? new byte[] {1} : value);

        start(builder().deadLetters(limits(10)));
        assertThat(pipeline.awaitEnd(Duration.ofSeconds(60))).isTrue();
        assertThat(pipeline.status().state()).isEqualTo(PipelineState.HELD);
        assertThat(pipeline.status().cause())
                .hasValueSatisfying(cause -> assertThat(cause.reason()).isEqualTo("DEAD_LETTERS_DAMAGED"));
    }

    @Test
    void shouldDeliverAgainWhatCouldNotBePutAside() {
        commit();
        start(builder().deadLetters(limits(10)));
        awaitSaved();
        CheckpointException full = new CheckpointException(ErrorKind.RETRIABLE, "STORAGE_FULL", "no room", null);
        store.failure = full;
        picky.refused = Set.of("tx6#0!");
        log.commit(1);
        await().until(() -> pipeline.status()
                .sinks()
                .get(0)
                .cause()
                .map(cause -> cause.reason().equals("STORAGE_FULL"))
                .orElse(false));
        assertThat(letters()).hasSize(2);
        store.failure = null;
        await().until(() -> Log.end(6).equals(store.cursor("picky")));
        assertThat(letters()).hasSize(3).last().isEqualTo("picky tx6#0! MESSAGE_TOO_LARGE");
    }
}
