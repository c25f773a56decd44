package io.deltaforge.core;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.core.batch.BatchLimits;
import io.deltaforge.core.envelope.Envelope;
import io.deltaforge.core.retry.RetryPolicy;
import io.deltaforge.core.spool.SpoolLimits;
import io.deltaforge.core.support.FakeLog;
import io.deltaforge.core.support.FakeTarget;
import io.deltaforge.core.support.Log;
import io.deltaforge.core.support.MemoryStore;
import io.deltaforge.core.support.NoSettings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PipelineSpoolTest {

    private static final BatchLimits SMALL = new BatchLimits(3, 1L << 20, 5, true, 2, 4, 1L << 20, 40);
    private static final int[] EVENTS = {1, 3, 11, 2, 1};

    @TempDir
    private Path directory;

    private final FakeLog log = new FakeLog();
    private final MemoryStore store = new MemoryStore();
    private final FakeTarget one = new FakeTarget();
    private final FakeTarget two = new FakeTarget();
    private final FakeTarget three = new FakeTarget();
    private SpoolLimits limits = new SpoolLimits(1L << 30, 0, 0, SpoolLimits.OnFull.BLOCK);
    private boolean enabled = true;
    private Duration deadline = Duration.ZERO;
    private Pipeline pipeline;

    private static SinkDefinition sink(String id, boolean required, FakeTarget target) {
        return new SinkDefinition(id, required, target, new NoSettings(), Envelope.NATIVE);
    }

    private void start(SinkDefinition... more) {
        Pipeline.Builder builder = Pipeline.builder("shop")
                .source("db", log, new NoSettings())
                .sink(sink("one", true, one))
                .sink(sink("two", false, two))
                .batch(SMALL)
                .retry(new RetryPolicy(Duration.ofMillis(1), Duration.ofMillis(5), 0))
                .spool(new SpoolDefinition(directory.resolve("spool"), enabled, limits))
                .sinkDeadline(deadline)
                .checkpoints(store);
        for (SinkDefinition each : more) {
            builder.sink(each);
        }
        pipeline = builder.build();
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
            log.commit(EVENTS[log.size() % EVENTS.length]);
        }
    }

    private List<String> expected() {
        return expected(1);
    }

    private List<String> expected(int fromTransaction) {
        List<String> names = new ArrayList<>();
        for (int tx = fromTransaction; tx <= log.size(); tx++) {
            int events = EVENTS[(tx - 1) % EVENTS.length];
            for (int i = 0; i < events; i++) {
                names.add("tx" + tx + "#" + i + (i == events - 1 ? "!" : ""));
            }
        }
        return names;
    }

    private PipelineStatus.SinkStatus status(String sink) {
        return pipeline.status().sinks().stream()
                .filter(each -> each.id().equals(sink))
                .findFirst()
                .orElseThrow();
    }

    private static DeliveryException down() {
        return new DeliveryException(ErrorKind.RETRIABLE, "DOWN", "down", null);
    }

    private List<Path> spoolFiles() throws IOException {
        if (!Files.isDirectory(directory.resolve("spool"))) {
            return List.of();
        }
        try (Stream<Path> files = Files.list(directory.resolve("spool"))) {
            return files.toList();
        }
    }

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
