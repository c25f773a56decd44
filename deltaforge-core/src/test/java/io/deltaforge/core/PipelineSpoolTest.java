package io.deltaforge.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.deltaforge.core.spool.SpoolLimits;
import io.deltaforge.core.support.Log;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;

class PipelineSpoolTest extends PipelineWithSpool {

    @Test
    void shouldNotHoldUpASinkForTheSakeOfOneThatIsDown() {
        two.failure = down();
        start();
        commit(300);
        await().untilAsserted(() -> assertThat(one.events).isEqualTo(expected()));
        await().until(() -> log.released.transaction() > 250);
        assertThat(two.events).isEmpty();
        await().until(() -> status("two").state() == PipelineState.DEGRADED);
    }

    @Test
    void shouldNotHoldUpASinkForTheSakeOfOneThatHangs() {
        two.stalled = true;
        start();
        commit(300);
        await().untilAsserted(() -> assertThat(one.events).isEqualTo(expected()));
        await().until(() -> log.released.transaction() > 250);
    }

    @Test
    void shouldCatchUpInOrderAndComeBackToMemory() throws IOException {
        two.failure = down();
        start();
        commit(300);
        await().untilAsserted(() -> assertThat(one.events).isEqualTo(expected()));
        assertThat(spoolFiles()).isNotEmpty();
        two.failure = null;
        commit(50);
        await().untilAsserted(() -> assertThat(two.events).isEqualTo(expected()));
        await().until(() -> status("two").state() == PipelineState.RUNNING);
        await().until(() -> log.released.equals(Log.end(350)));
        await().untilAsserted(() -> assertThat(spoolFiles()).isEmpty());
        commit(50);
        await().untilAsserted(() -> assertThat(two.events).isEqualTo(expected()));
        assertThat(one.events).isEqualTo(expected());
    }

    @Test
    void shouldWriteNothingWhileEverySinkKeepsUp() throws IOException {
        start();
        for (int i = 0; i < 30; i++) {
            commit(10);
            await().untilAsserted(() -> assertThat(two.events).isEqualTo(expected()));
        }
        assertThat(spoolFiles()).isEmpty();
    }

    @Test
    void shouldServeSeveralSinksFromOneSpool() {
        two.failure = down();
        start(sink("three", false, three));
        commit(100);
        await().untilAsserted(() -> assertThat(one.events).isEqualTo(expected()));
        await().until(() -> log.released.transaction() > 50);
        three.failure = down();
        commit(100);
        await().untilAsserted(() -> assertThat(one.events).isEqualTo(expected()));
        await().until(() -> log.released.transaction() > 150);
        two.failure = null;
        await().untilAsserted(() -> assertThat(two.events).isEqualTo(expected()));
        three.failure = null;
        commit(20);
        await().untilAsserted(() -> assertThat(three.events).isEqualTo(expected()));
        await().untilAsserted(() -> assertThat(two.events).isEqualTo(expected()));
    }

    @Test
    void shouldDeliverAfterARestartWhatIsInTheSpoolAlone() {
        two.failure = down();
        start();
        commit(300);
        await().until(() -> log.released.transaction() > 250);
        pipeline.close();
        log.slot = log.released;
        two.failure = null;
        commit(30);
        start();
        await().untilAsserted(() -> assertThat(two.events).isEqualTo(expected()));
        await().untilAsserted(() ->
                assertThat(one.events).endsWith(expected(log.size()).get(0)));
        assertThat(one.events).containsAll(expected());
        await().until(() -> log.released.equals(Log.end(330)));
    }

    @Test
    void shouldSpoolOnAfterARestartWhileTheSinkIsStillDown() {
        two.failure = down();
        start();
        for (int round = 0; round < 4; round++) {
            commit(100);
            int target = log.size() - 40;
            await().until(() -> log.released.transaction() > target);
            pipeline.close();
            start();
        }
        two.failure = null;
        await().untilAsserted(() -> assertThat(two.events).isEqualTo(expected()));
    }

    @Test
    void shouldHaltWhenTheSpoolThatHasTheOnlyCopyIsGone() throws IOException {
        two.failure = down();
        start();
        commit(300);
        await().until(() -> log.released.transaction() > 250);
        pipeline.close();
        for (Path file : spoolFiles()) {
            Files.delete(file);
        }
        start();
        await().until(() -> pipeline.status().state() == PipelineState.HELD);
        assertThat(pipeline.status().cause().orElseThrow().reason()).isEqualTo("SPOOL_MISSING");
        assertThat(pipeline.status().cause().orElseThrow().message()).contains("two");
    }

    @Test
    void shouldDeliverWhatIsInTheSpoolThoughItIsSwitchedOff() {
        two.failure = down();
        start();
        commit(300);
        await().until(() -> log.released.transaction() > 250);
        pipeline.close();
        enabled = false;
        two.failure = null;
        start();
        await().untilAsserted(() -> assertThat(two.events).isEqualTo(expected()));
        await().until(() -> log.released.equals(Log.end(300)));
    }

    @Test
    void shouldHaveTheSourceWaitWhenTheSpoolIsFull() {
        limits = new SpoolLimits(3_000, 0, 0, SpoolLimits.OnFull.BLOCK);
        two.failure = down();
        start();
        commit(2_000);
        await().until(() -> pipeline.status().state() == PipelineState.DEGRADED
                && pipeline.status().cause().orElseThrow().reason().equals("SPOOL_FULL"));
        assertThat(one.events.size()).isLessThan(expected().size());
        two.failure = null;
        await().untilAsserted(() -> assertThat(two.events).isEqualTo(expected()));
        await().untilAsserted(() -> assertThat(one.events).isEqualTo(expected()));
        await().until(() -> pipeline.status().state() == PipelineState.RUNNING);
    }

    @Test
    void shouldGiveUpTheSinkThatIsFurthestBehindWhenTheSpoolIsFullAndMaySo() {
        limits = new SpoolLimits(3_000, 0, 0, SpoolLimits.OnFull.DETACH);
        two.failure = down();
        start();
        commit(2_000);
        await().untilAsserted(() -> assertThat(one.events).isEqualTo(expected()));
        await().until(() -> status("two").state() == PipelineState.DETACHED);
        await().until(() -> log.released.equals(Log.end(2_000)));
        assertThat(status("two").cause().orElseThrow().reason()).isEqualTo("SPOOL_FULL");
        assertThat(status("two").position()).contains("0");
        assertThat(two.events).isEmpty();

        pipeline.close();
        two.failure = null;
        start();
        commit(10);
        await().untilAsserted(() -> assertThat(one.events).isEqualTo(expected()));
        assertThat(status("two").state()).isEqualTo(PipelineState.DETACHED);
        await().until(() -> log.released.equals(Log.end(2_010)));

        pipeline.resumeSink("two");
        commit(5);
        await().untilAsserted(() -> assertThat(two.events).isEqualTo(expected(2_011)));
        await().until(() -> pipeline.status().state() == PipelineState.RUNNING);
    }

    @Test
    void shouldInterruptASinkThatTakesTooLongAndMakeItAnew() {
        deadline = Duration.ofMillis(100);
        two.hanging = true;
        start();
        commit(5);
        await().until(() -> status("two").trouble().failures() > 1);
        assertThat(status("two").trouble().lastError().orElseThrow().reason()).isEqualTo("SINK_TIMEOUT");
        await().untilAsserted(() -> assertThat(one.events).isEqualTo(expected()));
        two.hanging = false;
        await().untilAsserted(() -> assertThat(two.events).isEqualTo(expected()));
    }

    @Test
    void shouldMakeASinkAnewThatDoesNotAcknowledgeInTime() {
        deadline = Duration.ofMillis(100);
        two.stalled = true;
        start();
        commit(5);
        await().until(() -> status("two").trouble().failures() > 1);
        two.stalled = false;
        await().untilAsserted(() -> assertThat(two.events).isEqualTo(expected()));
    }
}
