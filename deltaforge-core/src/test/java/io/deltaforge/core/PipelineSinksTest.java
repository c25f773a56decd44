package io.deltaforge.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.core.support.FakeTarget;
import io.deltaforge.core.support.Log;
import java.util.List;
import org.junit.jupiter.api.Test;

/** Sinks that come, go and rest while the others go on. */
class PipelineSinksTest extends PipelineWithSpool {

    @Test
    void shouldPauseAndResumeOneSink() {
        start();
        commit(5);
        await().untilAsserted(() -> assertThat(two.events).isEqualTo(expected()));
        pipeline.pauseSink("two");
        await().until(() -> status("two").state() == PipelineState.PAUSED);
        commit(200);
        await().untilAsserted(() -> assertThat(one.events).isEqualTo(expected()));
        assertThat(two.events).hasSize(18).endsWith("tx5#0!");
        pipeline.resumeSink("two");
        await().untilAsserted(() -> assertThat(two.events).isEqualTo(expected()));
    }

    @Test
    void shouldResumeASinkThatHasFailedForGood() {
        two.failure = new DeliveryException(ErrorKind.FATAL, "BROKEN", "broken", null);
        start();
        commit(200);
        await().until(() -> status("two").state() == PipelineState.FAILED);
        await().untilAsserted(() -> assertThat(one.events).isEqualTo(expected()));
        two.failure = null;
        pipeline.resumeSink("two");
        await().untilAsserted(() -> assertThat(two.events).isEqualTo(expected()));
    }

    @Test
    void shouldAddASinkThatBeginsNow() {
        start();
        commit(20);
        await().untilAsserted(() -> assertThat(one.events).isEqualTo(expected()));
        pipeline.addSink(sink("three", false, three), false);
        commit(20);
        await().untilAsserted(() -> assertThat(three.events).isEqualTo(expected(21)));
        await().until(() -> Log.end(40).equals(store.cursor("three")));
        assertThatThrownBy(() -> pipeline.addSink(sink("three", false, three), false))
                .hasMessageContaining("already");
    }

    @Test
    void shouldAddASinkThatBeginsWithTheOldestEventOfTheSpool() {
        two.failure = down();
        start();
        commit(200);
        await().until(() -> log.released.transaction() > 150);
        pipeline.addSink(sink("three", false, three), true);
        commit(20);
        await().untilAsserted(() ->
                assertThat(three.events).endsWith(expected(log.size()).get(0)));
        List<String> all = expected();
        assertThat(all).endsWith(three.events.toArray(new String[0]));
        assertThat(three.events.size()).isGreaterThan(expected(200).size());
    }

    @Test
    void shouldFindAfterARestartWhatASinkMissesThatBeganWithTheOldestEvent() {
        two.failure = down();
        three.failure = down();
        start();
        commit(200);
        await().until(() -> log.released.transaction() > 150);
        pipeline.addSink(sink("three", false, three), true);
        long begun = store.cursor("three").transaction();
        assertThat(begun).as("further back than the log").isLessThan(log.released.transaction());
        pipeline.close();

        three.failure = null;
        start(sink("three", false, three));
        await().untilAsserted(() -> assertThat(three.events).isEqualTo(expected((int) begun + 1)));
        assertThat(pipeline.status().state()).isNotEqualTo(PipelineState.HELD);
    }

    @Test
    void shouldKeepInTheSpoolWhatASinkMissesThatHadComeFurtherBeforeItWasRemoved() throws Exception {
        FakeTarget again = new FakeTarget();
        again.failure = down();
        two.failure = down();
        start(sink("three", false, three));
        commit(200);
        await().until(() -> log.released.transaction() > 150 && Log.end(200).equals(store.cursor("three")));
        pipeline.removeSink("three");
        pipeline.addSink(sink("three", false, again), true);
        long begun = store.cursor("three").transaction();
        assertThat(begun).isLessThan(100);

        two.failure = null;
        await().until(() -> Log.end(200).equals(store.cursor("two")));
        await().until(() -> status("two").state() == PipelineState.RUNNING);
        again.failure = null;
        await().untilAsserted(() -> assertThat(again.events).isEqualTo(expected((int) begun + 1)));
    }

    @Test
    void shouldGoOnWhileARequiredSinkOnTrialFailsAndEndWithItOnceItIsKept() {
        three.failure = new DeliveryException(ErrorKind.FATAL, "BROKEN", "broken", null);
        start();
        commit(20);
        await().untilAsserted(() -> assertThat(one.events).isEqualTo(expected()));
        pipeline.addSink(sink("three", true, three), false);
        commit(20);
        await().until(() -> status("three").state() == PipelineState.FAILED);
        commit(20);
        await().untilAsserted(() -> assertThat(one.events).isEqualTo(expected()));
        assertThat(pipeline.status().state()).isEqualTo(PipelineState.DEGRADED);
        pipeline.keepSink("three");
        await().until(() -> pipeline.status().state() == PipelineState.FAILED);
        assertThat(pipeline.status().cause().orElseThrow().reason()).isEqualTo("BROKEN");
        assertThatThrownBy(() -> pipeline.addSink(sink("four", false, two), false))
                .hasMessageContaining("does not run");
    }

    @Test
    void shouldEndWithARequiredSinkThatFailsAfterItWasKept() {
        start();
        commit(20);
        await().untilAsserted(() -> assertThat(one.events).isEqualTo(expected()));
        pipeline.addSink(sink("three", true, three), false);
        pipeline.keepSink("three");
        three.failure = new DeliveryException(ErrorKind.FATAL, "BROKEN", "broken", null);
        commit(20);
        await().until(() -> pipeline.status().state() == PipelineState.FAILED);
    }

    @Test
    void shouldNotEvenOpenASinkThatIsToRestFromTheBeginning() {
        make();
        pipeline.pauseSink("two");
        assertThatThrownBy(() -> pipeline.pauseSink("four")).hasMessageContaining("no sink 'four'");
        pipeline.start();
        commit(20);
        await().untilAsserted(() -> assertThat(one.events).isEqualTo(expected()));
        await().until(() -> status("two").state() == PipelineState.PAUSED);
        assertThat(two.made.get()).isZero();
        pipeline.resumeSink("two");
        await().untilAsserted(() -> assertThat(two.events).isEqualTo(expected()));
    }

    @Test
    void shouldForgetThatASinkIsToRestWhenItIsToldToGoOnBeforeTheStart() {
        make();
        pipeline.pauseSink("two");
        pipeline.resumeSink("two");
        assertThatThrownBy(() -> pipeline.resumeSink("two")).hasMessageContaining("does not run");
        pipeline.start();
        commit(20);
        await().untilAsserted(() -> assertThat(two.events).isEqualTo(expected()));
    }

    @Test
    void shouldAddNothingWhenThePositionCannotBeSaved() {
        start();
        commit(20);
        await().until(() ->
                Log.end(20).equals(store.cursor("one")) && Log.end(20).equals(store.cursor("two")));
        store.failure = new CheckpointException(ErrorKind.RETRIABLE, "DISK", "full", null);
        assertThatThrownBy(() -> pipeline.addSink(sink("three", false, three), false))
                .hasMessageContaining("full");
        store.failure = null;
        FakeTarget four = new FakeTarget();
        pipeline.addSink(sink("four", false, four), false);
        commit(20);
        await().untilAsserted(() -> assertThat(four.events).isEqualTo(expected(21)));
        assertThat(three.made.get()).isZero();
        pipeline.close();

        start(sink("three", false, three), sink("four", false, four));
        await().until(() -> pipeline.status().state() == PipelineState.RUNNING);
        assertThat(status("three").state()).isEqualTo(PipelineState.RUNNING);
    }

    @Test
    void shouldRemoveASinkAndForgetWhatOnlyItNeeded() throws Exception {
        two.failure = down();
        start();
        commit(200);
        await().until(() -> log.released.transaction() > 150);
        assertThat(spoolFiles()).isNotEmpty();
        pipeline.removeSink("two");
        await().untilAsserted(() -> assertThat(spoolFiles()).isEmpty());
        await().until(() -> log.released.equals(Log.end(200)));
        assertThat(pipeline.status().sinks()).hasSize(1);
        assertThat(store.cursor("two")).isNull();
        assertThatThrownBy(() -> pipeline.removeSink("one")).hasMessageContaining("at least one sink");
    }
}
