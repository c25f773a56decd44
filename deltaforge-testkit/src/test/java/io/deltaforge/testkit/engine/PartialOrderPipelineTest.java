package io.deltaforge.testkit.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.deltaforge.api.checkpoint.CheckpointStore;
import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.core.Pipeline;
import io.deltaforge.core.PipelineState;
import io.deltaforge.core.PipelineStatus;
import io.deltaforge.core.commit.CommitPolicy;
import io.deltaforge.core.commit.PipelineCheckpoints;
import io.deltaforge.testkit.check.Rewinds;
import io.deltaforge.testkit.source.RowChange;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The engine over positions that are partially ordered, with a snapshot before the log. */
@Timeout(value = 120, unit = TimeUnit.SECONDS)
class PartialOrderPipelineTest {

    private static final int KILLS = Integer.getInteger("deltaforge.kills", 25);
    private static final List<String> TABLES = List.of("customers", "orders");
    private static final String[] SINKS = {"one", "two", "three"};

    private final long seed = Long.getLong("deltaforge.seed", new Random().nextLong());
    private final Random random = new Random(seed);
    private int notes;

    @TempDir
    private Path disk;

    private static CommitPolicy policy(String name) {
        return switch (name) {
            case "all" -> CommitPolicy.all();
            case "required" -> CommitPolicy.required();
            default -> CommitPolicy.quorum(2);
        };
    }

    private RowChange randomChange(Map<String, Boolean> exists) {
        String table = TABLES.get(random.nextInt(TABLES.size()));
        long id = random.nextInt(12);
        String row = table + id;
        String note = "note " + ++notes;
        if (!exists.getOrDefault(row, false)) {
            exists.put(row, true);
            return RowChange.create(table, id, note);
        }
        if (random.nextInt(4) == 0) {
            exists.put(row, false);
            return RowChange.delete(table, id);
        }
        return RowChange.update(table, id, note);
    }

    private void commitMany(Pipelines pipelines, Map<String, Boolean> exists, int transactions) {
        for (int i = 0; i < transactions; i++) {
            List<RowChange> changes = new ArrayList<>();
            for (int left = random.nextInt(10); left > 0; left--) {
                changes.add(randomChange(exists));
            }
            pipelines.commit(changes);
        }
    }

    private static DeliveryException targetDown() {
        return new DeliveryException(ErrorKind.RETRIABLE, "DOWN", "the target is down", null);
    }

    private static void awaitArrived(Pipelines pipelines, String sink, int events) {
        await(sink + " to have " + events + " events")
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(2))
                .until(() -> pipelines.target(sink).stored().size() >= events);
    }

    private static void awaitAll(Pipelines pipelines, String sink) {
        String last = pipelines.sent().get(pipelines.sent().size() - 1);
        await(sink + " to have " + last)
                .atMost(Duration.ofSeconds(30))
                .pollInterval(Duration.ofMillis(2))
                .until(() -> {
                    List<String> arrived = pipelines.arrived(sink);
                    return !arrived.isEmpty() && arrived.get(arrived.size() - 1).equals(last);
                });
    }

    private static void awaitState(Pipeline pipeline, PipelineState state) {
        await("state " + state)
                .atMost(Duration.ofSeconds(30))
                .until(() -> pipeline.status().state() == state);
    }

    private static PipelineStatus awaitEnd(Pipeline pipeline) throws InterruptedException {
        assertThat(pipeline.awaitEnd(Duration.ofSeconds(30)))
                .as("whether the pipeline ended")
                .isTrue();
        return pipeline.status();
    }

    @ParameterizedTest(name = "policy {0}")
    @ValueSource(strings = {"all", "required", "quorum"})
    void shouldLoseAndReorderNothingHoweverOftenItIsKilled(String policy) {
        System.out.println("policy " + policy + ": -Ddeltaforge.seed=" + seed);
        Map<String, Boolean> exists = new HashMap<>();
        try (Pipelines pipelines = new Pipelines(disk, SINKS);
                CheckpointStore store = pipelines.openStore()) {
            commitMany(pipelines, exists, 10);
            pipelines.database().addServer("b");
            pipelines.snapshotIsTaken();
            Pipeline first = pipelines.start(policy(policy), store);
            awaitArrived(pipelines, "one", 1);
            first.stop(Duration.ZERO);
            boolean failedOver = false;
            for (int kill = 0; kill < KILLS; kill++) {
                int before = pipelines.target(SINKS[0]).stored().size();
                Pipeline pipeline = pipelines.start(policy(policy), store);
                commitMany(pipelines, exists, 1 + random.nextInt(6));
                disturb(pipelines);
                if (kill > KILLS / 2 && !failedOver) {
                    // Behind the snapshot, which belongs to one server.
                    pipelines.target(SINKS[0]).mend();
                    awaitAll(pipelines, SINKS[0]);
                    pipelines.database().failOver("b");
                    failedOver = true;
                    commitMany(pipelines, exists, 3);
                }
                if (random.nextInt(3) > 0) {
                    awaitArrived(pipelines, SINKS[0], before + (before == 0 ? 1 : 0));
                }
                if (random.nextBoolean()) {
                    pipelines.cutOffStorage();
                }
                pipeline.stop(Duration.ZERO);
                pipelines.restoreStorage();
            }
            commitMany(pipelines, exists, 3);
            pipelines.commit(List.of(RowChange.create("orders", 999, "the end")));
            for (String sink : SINKS) {
                pipelines.target(sink).mend();
            }
            Pipeline last = pipelines.start(policy(policy), store);
            for (String sink : SINKS) {
                awaitAll(pipelines, sink);
            }
            last.stop(Duration.ofSeconds(10));
            for (String sink : SINKS) {
                Rewinds.assertRewindsOnly("sink " + sink, pipelines.sent(), pipelines.arrived(sink));
            }
            assertThat(pipelines.database().oldest().map(SourcePosition::toString))
                    .as("released up to the end")
                    .isEqualTo(last.status().sinks().get(0).position());
        }
    }

    private void disturb(Pipelines pipelines) {
        for (String sink : SINKS) {
            switch (random.nextInt(5)) {
                case 0 -> pipelines.target(sink).failOnceAfter(random.nextInt(8), targetDown());
                case 1 -> pipelines.target(sink).stall();
                default -> pipelines.target(sink).mend();
            }
        }
        if (random.nextInt(4) == 0) {
            pipelines.database().cutConnections();
        }
    }

    @Test
    void shouldGiveEachSinkExactlyTheSuffixThatItLacks() {
        try (Pipelines pipelines = new Pipelines(disk, SINKS);
                CheckpointStore store = pipelines.openStore()) {
            Map<String, Boolean> exists = new HashMap<>();
            commitMany(pipelines, exists, 8);
            pipelines.snapshotIsTaken();
            pipelines.target("two").stall();
            Pipeline first = pipelines.start(CommitPolicy.required(), store);
            awaitArrived(pipelines, "one", pipelines.sent().size());
            commitMany(pipelines, exists, 8);
            pipelines.commit(List.of(RowChange.create("orders", 998, "half")));
            awaitAll(pipelines, "one");
            awaitAll(pipelines, "three");
            SourcePosition end = pipelines.database().endOf("a");
            await().until(() -> first.status().sinks().get(0).position().equals(Optional.of(end.toString())));
            await().until(() -> first.status().sinks().get(2).position().equals(Optional.of(end.toString())));
            assertThat(pipelines.database().oldest().map(SourcePosition::toString))
                    .as("what the stalled sink lacks is not released")
                    .hasValueSatisfying(text -> assertThat(text).startsWith("snapshot"));
            first.stop(Duration.ZERO);
            assertThat(pipelines.arrived("two")).isEmpty();
            pipelines.target("two").mend();
            Pipeline second = pipelines.start(CommitPolicy.required(), store);
            pipelines.commit(List.of(RowChange.create("orders", 999, "the end")));
            for (String sink : SINKS) {
                awaitAll(pipelines, sink);
            }
            second.stop(Duration.ofSeconds(10));
            for (String sink : SINKS) {
                assertThat(pipelines.arrived(sink))
                        .as("sink %s, nothing twice", sink)
                        .isEqualTo(pipelines.sent());
            }
        }
    }

    @ParameterizedTest(name = "policy {0}, stalled {1}")
    @CsvSource({
        "all, three, false",
        "all, one, false",
        "required, three, true",
        "required, one, false",
        "quorum, three, true",
        "quorum, one, true",
    })
    void shouldReportAsCommittedWhatThePolicySays(String policy, String stalled, boolean committed) {
        try (Pipelines pipelines = new Pipelines(disk, SINKS);
                CheckpointStore store = pipelines.openStore()) {
            pipelines.snapshotIsTaken();
            pipelines.target(stalled).stall();
            Pipeline pipeline = pipelines.start(policy(policy), store);
            awaitState(pipeline, PipelineState.RUNNING);
            pipelines.commit(List.of(RowChange.create("orders", 1, "first")));
            List<String> others = new ArrayList<>(List.of(SINKS));
            others.remove(stalled);
            String end = pipelines.database().endOf("a").toString();
            for (String sink : others) {
                await().until(() -> pipeline.status().sinks().stream()
                        .anyMatch(status -> status.id().equals(sink)
                                && status.position().filter(end::equals).isPresent()));
            }
            assertThat(pipeline.status().committed().filter(end::equals).isPresent())
                    .as("whether %s is committed", end)
                    .isEqualTo(committed);
            assertThat(pipelines.database().oldest().map(SourcePosition::toString))
                    .as("what the stalled sink lacks is not released, whatever the policy")
                    .hasValueSatisfying(text -> assertThat(text).isNotEqualTo(end));
            pipelines.target(stalled).mend();
            await().until(() ->
                    pipeline.status().committed().filter(end::equals).isPresent());
            pipeline.stop(Duration.ZERO);
        }
    }

    @Test
    void shouldHoldWhenCursorsCannotBeCompared() throws InterruptedException {
        try (Pipelines pipelines = new Pipelines(disk, "one", "two");
                CheckpointStore store = pipelines.openStore()) {
            pipelines.snapshotIsTaken();
            Pipeline first = pipelines.start(CommitPolicy.required(), store);
            awaitState(first, PipelineState.RUNNING);
            pipelines.commit(List.of(RowChange.create("orders", 1, "first")));
            awaitAll(pipelines, "one");
            first.stop(Duration.ofSeconds(10));
            pipelines.database().addServer("b");
            pipelines.database().stopReplication();
            pipelines.database().commitApart("b", List.of(RowChange.create("orders", 2, "only on b")));
            pipelines.commit(List.of(RowChange.create("orders", 3, "only on a")));
            new PipelineCheckpoints(store, Pipelines.NAME)
                    .save(
                            Map.of(
                                    "one", pipelines.database().endOf("a"),
                                    "two", pipelines.database().endOf("b")),
                            Map.of());
            Pipeline second = pipelines.start(CommitPolicy.required(), store);
            PipelineStatus status = awaitEnd(second);
            assertThat(status.state()).isEqualTo(PipelineState.HELD);
            assertThat(status.cause().orElseThrow().reason()).isEqualTo("POSITIONS_INCOMPARABLE");
            assertThat(status.cause().orElseThrow().message()).contains("a:1-2", "a:1,b:1");
            assertThat(status.cause().orElseThrow().remedy()).isPresent();
            assertThat(pipelines.arrived("two")).as("nothing was guessed").hasSize(1);
        }
    }

    @Test
    void shouldHoldAfterAFailoverToAServerThatLacksTransactions() throws InterruptedException {
        try (Pipelines pipelines = new Pipelines(disk, SINKS);
                CheckpointStore store = pipelines.openStore()) {
            pipelines.snapshotIsTaken();
            pipelines.database().addServer("b");
            Pipeline pipeline = pipelines.start(CommitPolicy.required(), store);
            awaitState(pipeline, PipelineState.RUNNING);
            pipelines.commit(List.of(RowChange.create("orders", 1, "on both")));
            awaitAll(pipelines, "one");
            pipelines.database().stopReplication();
            pipelines.commit(List.of(RowChange.create("orders", 2, "only on a")));
            awaitAll(pipelines, "one");
            pipelines.database().failOver("b");
            PipelineStatus status = awaitEnd(pipeline);
            assertThat(status.state()).isEqualTo(PipelineState.HELD);
            assertThat(status.cause().orElseThrow().reason()).isEqualTo("SERVER_BEHIND");
            assertThat(pipelines.arrived("one")).isEqualTo(pipelines.sent());
        }
    }

    @Test
    void shouldHoldWhenASinkIsAheadOnAnotherServer() throws InterruptedException {
        try (Pipelines pipelines = new Pipelines(disk, SINKS);
                CheckpointStore store = pipelines.openStore()) {
            pipelines.snapshotIsTaken();
            pipelines.target("two").stall();
            pipelines.database().addServer("b");
            Pipeline first = pipelines.start(CommitPolicy.required(), store);
            awaitState(first, PipelineState.RUNNING);
            pipelines.commit(List.of(RowChange.create("orders", 1, "on both")));
            awaitAll(pipelines, "one");
            first.stop(Duration.ZERO);
            pipelines.target("two").mend();
            pipelines.database().stopReplication();
            pipelines.commit(List.of(RowChange.create("orders", 2, "only on a")));
            SourcePosition ahead = pipelines.database().endOf("a");
            new PipelineCheckpoints(store, Pipelines.NAME).save(Map.of("one", ahead), Map.of());
            pipelines.database().commitApart("b", List.of(RowChange.create("orders", 3, "only on b")));
            pipelines.database().failOver("b");
            Pipeline second = pipelines.start(CommitPolicy.required(), store);
            PipelineStatus status = awaitEnd(second);
            assertThat(status.state()).isEqualTo(PipelineState.HELD);
            assertThat(pipelines.arrived("one")).as("nothing was guessed").hasSize(1);
        }
    }
}
