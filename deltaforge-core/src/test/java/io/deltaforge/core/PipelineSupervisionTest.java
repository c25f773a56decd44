package io.deltaforge.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.deltaforge.core.envelope.Envelope;
import io.deltaforge.core.support.FakeLog;
import io.deltaforge.core.support.FakeTarget;
import io.deltaforge.core.support.Log;
import io.deltaforge.core.support.MemoryStore;
import io.deltaforge.core.support.NoSettings;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What a supervisor does to a pipeline: has it rest, fail, be looked at, and puts back what a change has made it forget. */
class PipelineSupervisionTest {

    private static final Duration PATIENCE = Duration.ofSeconds(10);

    private final FakeLog log = new FakeLog();
    private final MemoryStore store = new MemoryStore();
    private final FakeTarget one = new FakeTarget();
    private final FakeTarget two = new FakeTarget();
    private final PipelineRecords records = new PipelineRecords(store, "shop");
    private Pipeline pipeline;

    private Pipeline make(boolean both) {
        Pipeline.Builder builder = Pipeline.builder("shop")
                .source("db", log, new NoSettings())
                .sink(new SinkDefinition("one", true, one, new NoSettings(), Envelope.NATIVE))
                .checkpoints(store);
        if (both) {
            builder.sink(new SinkDefinition("two", false, two, new NoSettings(), Envelope.NATIVE));
        }
        pipeline = builder.build();
        return pipeline;
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

    @Test
    void shouldRestAndGoOnWithoutLossOrDuplicates() {
        commit(20);
        make(true).start();
        await().until(() -> Log.end(20).equals(log.released));
        pipeline.rest(PipelineState.PAUSED, PATIENCE);
        assertThat(pipeline.status().state()).isEqualTo(PipelineState.PAUSED);
        commit(20);
        assertThat(one.events).hasSize(20);
        make(true).start();
        await().until(() -> Log.end(40).equals(log.released));
        assertThat(one.events).hasSize(40).doesNotHaveDuplicates();
        assertThat(two.events).isEqualTo(one.events);
    }

    @Test
    void shouldOnlyBeShownAsRestingWhenNothingRuns() {
        make(true).rest(PipelineState.PAUSED, PATIENCE);
        assertThat(pipeline.status().state()).isEqualTo(PipelineState.PAUSED);
        pipeline.rest(PipelineState.STOPPED, PATIENCE);
        assertThat(pipeline.status().state()).isEqualTo(PipelineState.STOPPED);
        assertThatThrownBy(() -> pipeline.rest(PipelineState.RUNNING, PATIENCE)).hasMessageContaining("not RUNNING");
    }

    @Test
    void shouldFailVisiblyForAnErrorThatNobodyCaught() throws InterruptedException {
        commit(5);
        make(true).start();
        await().until(() -> Log.end(5).equals(log.released));
        pipeline.fail(new StackOverflowError("too deep"));
        assertThat(pipeline.awaitEnd(PATIENCE)).isTrue();
        assertThat(pipeline.status().state()).isEqualTo(PipelineState.FAILED);
        assertThat(pipeline.status().cause().orElseThrow().reason()).isEqualTo("UNEXPECTED");
        assertThat(pipeline.status().cause().orElseThrow().message()).contains("too deep");
        commit(5);
        make(true).start();
        await().until(() -> Log.end(10).equals(log.released));

        Pipeline ended = pipeline;
        ended.rest(PipelineState.STOPPED, PATIENCE);
        ended.fail(new StackOverflowError("later"));
        assertThat(ended.status().state()).isEqualTo(PipelineState.FAILED);
    }

    @Test
    void shouldShowEveryBatchToWhoeverLooksOn() {
        AtomicLong shown = new AtomicLong();
        commit(30);
        make(false).tap(batch -> shown.addAndGet(batch.size()));
        pipeline.start();
        await().until(() -> Log.end(30).equals(log.released));
        assertThat(shown).hasValue(30);
        pipeline.tap(null);
        commit(5);
        await().until(() -> Log.end(35).equals(log.released));
        assertThat(shown).hasValue(30);
    }

    @Test
    void shouldGiveForgottenSinksTheirPositionsBack() {
        commit(10);
        make(true).start();
        await().until(() -> Log.end(10).equals(log.released));
        pipeline.close();
        PipelineRecords.Kept kept = records.keep();
        assertThat(kept.isEmpty()).isFalse();
        commit(10);
        make(false).start();
        await().until(() -> Log.end(20).equals(log.released));
        pipeline.close();
        assertThat(store.cursor("two")).isNull();

        kept.restore();
        assertThat(store.cursor("two")).isEqualTo(Log.end(10));
        assertThat(store.cursor("one"))
                .as("a sink that was not forgotten keeps what it has")
                .isEqualTo(Log.end(20));
        make(true).start();
        await().until(() -> List.of(PipelineState.HELD, PipelineState.RUNNING)
                .contains(pipeline.status().state()));
        assertThat(pipeline.status().cause().map(PipelineStatus.Cause::reason))
                .as("the log between was released: that is said, not passed over")
                .contains("LOG_AHEAD");
        records.reset();
        assertThat(records.keep().isEmpty()).isTrue();
    }
}
