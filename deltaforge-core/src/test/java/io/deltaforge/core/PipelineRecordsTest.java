package io.deltaforge.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.core.commit.CheckpointRecord;
import io.deltaforge.core.envelope.Envelope;
import io.deltaforge.core.support.CountingScope;
import io.deltaforge.core.support.FakeLog;
import io.deltaforge.core.support.FakeTarget;
import io.deltaforge.core.support.Log;
import io.deltaforge.core.support.MemoryStore;
import io.deltaforge.core.support.NoSettings;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What operators do to the positions of a pipeline that does not run, and what the next start makes of it. */
class PipelineRecordsTest {

    private final FakeLog log = new FakeLog();
    private final MemoryStore store = new MemoryStore();
    private final FakeTarget one = new FakeTarget();
    private final FakeTarget two = new FakeTarget();
    private final CountingScope metrics = new CountingScope();
    private final PipelineRecords records = new PipelineRecords(store, "shop");
    private Pipeline pipeline;

    private void start() {
        pipeline = Pipeline.builder("shop")
                .source("db", log, new NoSettings())
                .sink(new SinkDefinition("one", true, one, new NoSettings(), Envelope.NATIVE))
                .sink(new SinkDefinition("two", true, two, new NoSettings(), Envelope.NATIVE))
                .checkpoints(store)
                .metrics(metrics)
                .build();
        pipeline.start();
    }

    @AfterEach
    void close() {
        if (pipeline != null) {
            pipeline.close();
        }
    }

    private void commit(int transactions) {
        for (int i = 0; i < transactions; i++) {
            log.commit(1);
        }
    }

    private void deliver(int transactions) {
        commit(transactions);
        start();
        await().until(() -> Log.end(log.size()).equals(log.released));
        pipeline.close();
        one.events.clear();
        two.events.clear();
    }

    private void awaitState(PipelineState state) {
        await().until(() -> pipeline.status().state() == state);
    }

    private CheckpointRecord shown() {
        return records.show("db", log, new NoSettings());
    }

    @Test
    void shouldShowWhatIsStored() {
        assertThat(shown()).isEqualTo(new CheckpointRecord("shop", "", Map.of(), false));
        deliver(5);
        assertThat(shown())
                .isEqualTo(new CheckpointRecord(
                        "shop", "db-1", Map.of("one", Optional.of("5"), "two", Optional.of("5")), false));
    }

    @Test
    void shouldGoOnWhereTheSlotIsOnceThatWasAcceptedAndHaltAgainTheNextTime() {
        deliver(5);
        commit(3);
        log.slot = Log.end(7);
        start();
        awaitState(PipelineState.HELD);
        assertThat(pipeline.status().cause().orElseThrow().remedy().orElseThrow())
                .contains("deltaforge checkpoint accept-slot --config FILE shop");
        pipeline.close();

        records.acceptSlot();
        assertThat(shown().accepted()).isTrue();
        start();
        await().untilAsserted(() -> assertThat(one.events).containsExactly("tx8#0!"));
        await().untilAsserted(() -> assertThat(two.events).containsExactly("tx8#0!"));
        pipeline.close();
        assertThat(shown().accepted()).as("spent").isFalse();

        commit(2);
        log.slot = Log.end(9);
        start();
        awaitState(PipelineState.HELD);
    }

    @Test
    void shouldMakeALostSlotAnewOnlyOnceThatWasAccepted() {
        deliver(5);
        commit(2);
        log.slot = null;
        log.oldest = Log.end(6);
        start();
        awaitState(PipelineState.HELD);
        pipeline.close();
        assertThat(log.slot).isNull();

        records.acceptSlot();
        start();
        await().untilAsserted(() -> assertThat(one.events).containsExactly("tx7#0!"));
    }

    /** A sink that is ahead of the slot keeps its position: accepting loses nothing that is not lost. */
    @Test
    void shouldKeepThePositionsThatTheSlotCovers() {
        deliver(5);
        commit(1);
        log.slot = Log.end(3);
        records.acceptSlot();
        start();
        await().untilAsserted(() -> assertThat(one.events).containsExactly("tx6#0!"));
    }

    @Test
    void shouldReplayToOneSinkWhosePositionIsForgottenAndToNoOther() {
        deliver(5);
        log.slot = Log.end(2);
        assertThat(records.reset("nobody")).isFalse();
        assertThat(records.reset("two")).isTrue();
        assertThat(shown().positions()).containsEntry("two", Optional.empty()).containsEntry("one", Optional.of("5"));
        start();
        await().untilAsserted(() -> assertThat(two.events).containsExactly("tx3#0!", "tx4#0!", "tx5#0!"));
        assertThat(one.events).isEmpty();
    }

    @Test
    void shouldBeginAsOnTheFirstDayWhenEverythingIsForgotten() {
        deliver(5);
        log.identity = "db-2";
        log.slot = Log.end(4);
        start();
        awaitState(PipelineState.HELD);
        assertThat(pipeline.status().cause().orElseThrow().remedy().orElseThrow())
                .contains("deltaforge checkpoint reset --config FILE shop");
        pipeline.close();
        records.reset();
        assertThat(store.entries).isEmpty();
        start();
        await().untilAsserted(() -> assertThat(one.events).isEqualTo(List.of("tx5#0!")));
    }

    @Test
    void shouldForgetWhatCannotBeRead() {
        deliver(5);
        store.entries.put("membership", new byte[] {9});
        records.reset();
        assertThat(shown()).isEqualTo(new CheckpointRecord("shop", "", Map.of(), false));
    }

    @Test
    void shouldSayWhenItTriesAgainAndRememberTheLastErrorWhenItIsOver() {
        log.openFailure = new SourceException(ErrorKind.RETRIABLE, "CONNECTION", "refused", null);
        commit(1);
        start();
        awaitState(PipelineState.DEGRADED);
        PipelineStatus degraded = pipeline.status();
        assertThat(degraded.trouble().nextTry()).isPresent();
        assertThat(degraded.trouble().lastError().orElseThrow().reason()).isEqualTo("CONNECTION");
        log.openFailure = null;
        awaitState(PipelineState.RUNNING);
        PipelineStatus running = pipeline.status();
        assertThat(running.cause()).isEmpty();
        assertThat(running.trouble().nextTry()).isEmpty();
        assertThat(running.trouble().failures()).isPositive();
        assertThat(running.trouble().lastError().orElseThrow().message()).isEqualTo("refused");
        assertThat(metrics.counts("deltaforge_source_errors_total"))
                .isEqualTo(Map.of(
                        "deltaforge_source_errors_total{kind=connect,pipeline=shop,source=db}",
                        running.trouble().failures()));
        await().untilAsserted(() ->
                assertThat(pipeline.status().sinks().get(0).savedAt()).isPresent());
    }

    @Test
    void shouldStandByWithoutCountingThatAsAFailure() {
        log.openFailure = new SourceException(ErrorKind.STANDBY, "OWNED_BY_OTHER", "somebody else reads", null);
        start();
        awaitState(PipelineState.STANDBY);
        assertThat(pipeline.status().trouble().failures()).isZero();
        assertThat(pipeline.status().trouble().nextTry()).isPresent();
        assertThat(metrics.counts("deltaforge_source_errors_total")).isEmpty();
        log.openFailure = null;
        awaitState(PipelineState.RUNNING);
    }
}
