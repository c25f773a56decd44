package io.deltaforge.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.ConfigException;
import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.core.batch.BatchLimits;
import io.deltaforge.core.commit.CommitPolicy;
import io.deltaforge.core.envelope.Envelope;
import io.deltaforge.core.retry.RetryPolicy;
import io.deltaforge.core.support.FakeLog;
import io.deltaforge.core.support.FakeTarget;
import io.deltaforge.core.support.Log;
import io.deltaforge.core.support.MemoryStore;
import io.deltaforge.core.support.NoSettings;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class PipelineTest {

    private static final BatchLimits SMALL = new BatchLimits(3, 1L << 20, 5, true, 2, 4, 1L << 20, 1_000);

    private final FakeLog log = new FakeLog();
    private final MemoryStore store = new MemoryStore();
    private final FakeTarget one = new FakeTarget();
    private final FakeTarget two = new FakeTarget();
    private Pipeline pipeline;

    private Pipeline.Builder builder() {
        return Pipeline.builder("shop")
                .source("db", log, new NoSettings())
                .sink(new SinkDefinition("one", true, one, new NoSettings(), Envelope.NATIVE))
                .sink(new SinkDefinition("two", false, two, new NoSettings(), Envelope.NATIVE))
                .batch(SMALL)
                .retry(new RetryPolicy(Duration.ofMillis(1), Duration.ofMillis(5), 0))
                .checkpoints(store);
    }

    private void start() {
        pipeline = builder().build();
        pipeline.start();
    }

    @AfterEach
    void close() {
        if (pipeline != null) {
            pipeline.close();
        }
    }

    private List<String> expected() {
        List<String> names = new ArrayList<>();
        new Expectation(log).addTo(names);
        return names;
    }

    /** What a sink should hold once it has everything. */
    private record Expectation(FakeLog log) {
        void addTo(List<String> names) {
            for (int tx = 1; tx <= log.size(); tx++) {
                int events = EVENTS[(tx - 1) % EVENTS.length];
                for (int i = 0; i < events; i++) {
                    names.add("tx" + tx + "#" + i + (i == events - 1 ? "!" : ""));
                }
            }
        }
    }

    private static final int[] EVENTS = {1, 3, 11, 2, 1};

    private void commit(int transactions) {
        for (int i = 0; i < transactions; i++) {
            log.commit(EVENTS[log.size() % EVENTS.length]);
        }
    }

    @Test
    void shouldDeliverEverythingInOrderToEverySink() {
        commit(50);
        start();
        await().untilAsserted(() -> assertThat(one.events).isEqualTo(expected()));
        await().untilAsserted(() -> assertThat(two.events).isEqualTo(expected()));
        await().until(() -> log.released.equals(Log.end(50)));
        assertThat(pipeline.status().state()).isEqualTo(PipelineState.RUNNING);
        assertThat(pipeline.status().committed()).contains("50");
    }

    @Test
    void shouldReleaseTheLogOnlyAfterTheSave() {
        List<String> wrong = new CopyOnWriteArrayList<>();
        store.beforeSave = () -> {
            Log.Position cursor = store.cursor("one");
            if (cursor != null && log.released.transaction() > cursor.transaction()) {
                wrong.add("released " + log.released + " with " + cursor + " saved");
            }
        };
        commit(200);
        start();
        await().until(() -> log.released.equals(Log.end(200)));
        assertThat(wrong).isEmpty();
    }

    @Test
    void shouldNotReleaseWhatOneSinkStillNeeds() {
        two.stalled = true;
        commit(20);
        start();
        await().untilAsserted(() -> assertThat(one.events).isEqualTo(expected()));
        await().until(() -> Log.end(20).equals(store.cursor("one")));
        assertThat(log.released).isEqualTo(Log.end(0));
        assertThat(pipeline.status().committed()).contains("20");
    }

    @Test
    void shouldGiveEachSinkExactlyItsMissingSuffixAfterARestart() {
        two.stalled = true;
        commit(20);
        start();
        await().until(() -> Log.end(20).equals(store.cursor("one")));
        pipeline.close();
        two.stalled = false;
        commit(5);
        start();
        await().untilAsserted(() -> assertThat(two.events).isEqualTo(expected()));
        await().untilAsserted(() -> assertThat(one.events).isEqualTo(expected()));
    }

    @Test
    void shouldNeverMoveASavedPositionBackWhenTheLogIsReadAgain() {
        two.stalled = true;
        commit(20);
        start();
        await().until(() -> Log.end(20).equals(store.cursor("one")));
        pipeline.close();
        two.stalled = false;
        log.failAfterEvents.set(10);
        pipeline = builder()
                .retry(new RetryPolicy(Duration.ofHours(1), Duration.ofHours(1), 0))
                .build();
        pipeline.start();
        await().until(() -> log.failAfterEvents.get() < 0);
        pipeline.close();
        assertThat(two.events).isNotEmpty().isSubsetOf(expected());
        assertThat(store.cursor("one")).isEqualTo(Log.end(20));
    }

    @Test
    void shouldResumeInsideATransactionWhenTheConnectionBreaks() {
        commit(10);
        for (int failAt = 1; failAt < 40; failAt += 7) {
            one.events.clear();
            two.events.clear();
            store.entries.clear();
            log.slot = null;
            log.released = Log.end(0);
            log.failAfterEvents.set(failAt);
            start();
            await().untilAsserted(() -> assertThat(one.events).isEqualTo(expected()));
            pipeline.close();
        }
    }

    @Test
    void shouldResumeInsideASplitTransactionAfterARestart() {
        log.commit(50);
        one.failure = new DeliveryException(ErrorKind.RETRIABLE, "DOWN", "down", null);
        start();
        await().until(() -> two.events.size() == 50);
        await().until(() -> Log.end(1).equals(store.cursor("two")));
        pipeline.close();
        store.entries.put("cursor/one", Log.at(1, 17).toBytes());
        one.failure = null;
        start();
        await().until(() -> one.events.size() == 32);
        assertThat(one.events).startsWith("tx1#18").endsWith("tx1#49!");
        assertThat(two.events).hasSize(50);
    }

    @Test
    void shouldHealWhenTheFirstStartWasCutOffBeforeTheFirstSave() {
        commit(5);
        log.afterSlotMade = () -> {
            throw new SourceException(ErrorKind.FATAL, "CRASH", "killed after the slot was made", null);
        };
        start();
        await().until(() -> pipeline.status().state() == PipelineState.FAILED);
        pipeline.close();
        assertThat(store.entries).containsOnlyKeys("membership");
        log.afterSlotMade = () -> {};
        start();
        await().untilAsserted(() -> assertThat(one.events).isEqualTo(expected()));
    }

    private void shouldBeHeld(String reason) {
        start();
        await().until(() -> pipeline.status().state() == PipelineState.HELD);
        assertThat(pipeline.status().cause().orElseThrow().reason()).isEqualTo(reason);
        assertThat(pipeline.status().cause().orElseThrow().remedy()).isPresent();
        pipeline.close();
    }

    @Test
    void shouldHaltOnAnyDoubtAboutAPosition() {
        commit(5);
        start();
        await().until(() -> Log.end(5).equals(log.released));
        pipeline.close();
        one.events.clear();

        log.identity = "db-2";
        shouldBeHeld("SOURCE_CHANGED");
        log.identity = "db-1";
        commit(1);
        log.slot = Log.end(6);
        shouldBeHeld("LOG_AHEAD");
        byte[] membership = store.entries.get("membership");
        store.entries.put("membership", new byte[] {9});
        shouldBeHeld("MEMBERSHIP_UNREADABLE");
        store.entries.remove("membership");
        shouldBeHeld("MEMBERSHIP_MISSING");
        store.entries.put("membership", membership);
        store.entries.remove("cursor/one");
        shouldBeHeld("CHECKPOINT_MISSING");
        assertThat(one.events).isEmpty();
    }

    @Test
    void shouldHaltWhenTheSlotOfAKnownPipelineIsGone() {
        commit(1);
        start();
        await().until(() -> Log.end(1).equals(log.released));
        pipeline.close();
        log.slot = null;
        start();
        await().until(() -> pipeline.status().state() == PipelineState.HELD);
        assertThat(log.slot).isNull();
    }

    @Test
    void shouldStartANewSinkAtTheOldestPositionThatIsLeft() {
        commit(5);
        two.stalled = true;
        start();
        await().until(() -> Log.end(5).equals(store.cursor("one")));
        pipeline.close();
        FakeTarget three = new FakeTarget();
        pipeline = builder()
                .sink(new SinkDefinition("three", false, three, new NoSettings(), Envelope.NATIVE))
                .build();
        pipeline.start();
        await().untilAsserted(() -> assertThat(three.events).isEqualTo(expected()));
    }

    @Test
    void shouldFailWithARequiredSinkAndGoOnWithoutAnOptionalOne() {
        two.failure = new DeliveryException(ErrorKind.FATAL, "AUTHENTICATION", "wrong password", null);
        commit(5);
        start();
        await().until(() -> Log.end(5).equals(store.cursor("one")));
        await().until(() -> pipeline.status().state() == PipelineState.DEGRADED);
        assertThat(pipeline.status().cause().orElseThrow().message()).contains("sink two", "wrong password");
        one.failure = two.failure;
        commit(1);
        await().until(() -> pipeline.status().state() == PipelineState.FAILED);
        assertThat(pipeline.status().cause().orElseThrow().reason()).isEqualTo("AUTHENTICATION");
    }

    @Test
    void shouldKeepTheLogWhileTheStoreIsFullAndHealByItself() {
        commit(1);
        start();
        await().until(() -> Log.end(1).equals(log.released));
        store.failure = new CheckpointException(ErrorKind.RETRIABLE, "STORAGE_FULL", "no space left", null);
        commit(3);
        await().until(() -> pipeline.status().state() == PipelineState.DEGRADED);
        assertThat(pipeline.status().cause().orElseThrow().reason()).isEqualTo("STORAGE_FULL");
        assertThat(log.released).isEqualTo(Log.end(1));
        store.failure = null;
        await().until(() -> Log.end(4).equals(log.released));
        await().until(() -> pipeline.status().state() == PipelineState.RUNNING);
    }

    @Test
    void shouldHoldWithTheStoresOwnReasonWhenItIsDamaged() throws InterruptedException {
        commit(1);
        start();
        await().until(() -> Log.end(1).equals(log.released));
        store.failure = new CheckpointException(ErrorKind.HELD, "STORE_DAMAGED", "checksum", "restore a copy", null);
        commit(1);
        assertThat(pipeline.awaitEnd(Duration.ofSeconds(20))).isTrue();
        assertThat(pipeline.status().state()).isEqualTo(PipelineState.HELD);
        assertThat(pipeline.status().cause().orElseThrow().reason()).isEqualTo("STORE_DAMAGED");
        assertThat(log.released).isEqualTo(Log.end(1));
    }

    @Test
    void shouldStandByWhileAnotherInstanceOwnsThePipeline() {
        log.openFailure = new SourceException(ErrorKind.STANDBY, "SLOT_BUSY", "another instance reads", null);
        commit(1);
        start();
        await().until(() -> pipeline.status().state() == PipelineState.STANDBY);
        assertThat(one.events).isEmpty();
        log.openFailure = null;
        await().atMost(Duration.ofSeconds(20)).until(() -> one.events.size() == 1);
    }

    @Test
    void shouldFinishAndSaveWhatWasReadWhenStopped() {
        commit(20);
        start();
        await().until(() -> !one.events.isEmpty());
        pipeline.stop(Duration.ofSeconds(10));
        assertThat(pipeline.status().state()).isEqualTo(PipelineState.STOPPED);
        int delivered = one.events.size();
        start();
        await().untilAsserted(() -> assertThat(one.events).isEqualTo(expected()));
        assertThat(delivered).isPositive();
    }

    @Test
    void shouldReportAllThatIsWrongWithADescriptionAtOnce() {
        assertThatThrownBy(() -> Pipeline.builder("no spaces")
                        .sink(new SinkDefinition("a", false, one, new NoSettings(), Envelope.NATIVE))
                        .sink(new SinkDefinition("a", false, one, new NoSettings(), Envelope.NATIVE))
                        .batch(new BatchLimits(0, 1L << 20, 5, true, 2, 4, 1L << 20, 1_000))
                        .commitPolicy(CommitPolicy.required())
                        .build())
                .isInstanceOfSatisfying(ConfigException.class, failure -> assertThat(failure.problems())
                        .extracting(ConfigException.Problem::path)
                        .containsExactly("name", "source", "checkpoints", "sinks", "commit_policy", "batch"));
    }
}
