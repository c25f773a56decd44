package io.deltaforge.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.deltaforge.e2e.oracle.SinkTopics;
import io.deltaforge.e2e.run.DeltaForge;
import io.deltaforge.e2e.run.Health;
import io.deltaforge.e2e.run.PipelineText;
import io.deltaforge.e2e.workload.BigTransaction;
import io.deltaforge.e2e.workload.WorkloadDatabase;
import io.deltaforge.sandbox.Sandbox;
import io.deltaforge.sandbox.SandboxException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.apache.kafka.common.TopicPartition;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** On any doubt about a position a pipeline halts, says why and what to do, writes nothing, and moves nothing. */
class HaltIT {

    private static final Duration TIMEOUT = Duration.ofMinutes(3);

    @TempDir
    private Path directory;

    private long nextId = 1;

    /** A pipeline with its database and topics, all of one name. */
    private record Place(String name, WorkloadDatabase database, SinkTopics topics) implements AutoCloseable {

        static Place create(String name) {
            String unique = Sandbox.uniqueName(name);
            WorkloadDatabase database = WorkloadDatabase.create(Sandbox.postgres(), unique);
            return new Place(unique, database, SinkTopics.create(Sandbox.kafka().bootstrapServers(), unique));
        }

        String text() {
            return new PipelineText(name, database.dsn())
                    .sink("kafka", Sandbox.kafka().bootstrapServers(), name)
                    .toString();
        }

        String slot() {
            return PipelineText.slot(name);
        }

        @Override
        public void close() {
            topics.close();
            database.close();
        }
    }

    private void commit(Place place, int rows) {
        try (BigTransaction transaction = BigTransaction.begin(place.database(), nextId)) {
            transaction.insert(nextId, rows);
            transaction.commit();
        }
        nextId += rows;
    }

    private void commitAndAwait(Place place) {
        commit(place, 50);
        place.topics().awaitEverythingOf(place.database());
    }

    private static Health awaitHeld(DeltaForge deltaForge, String pipeline) {
        await().atMost(TIMEOUT)
                .untilAsserted(() -> assertThat(deltaForge.health().state(pipeline))
                        .as("%s", deltaForge.health())
                        .isEqualTo("held"));
        Health health = deltaForge.health();
        assertThat(health.statusCode()).isEqualTo(503);
        assertThat(health.remedy(pipeline)).isNotEmpty();
        assertThat(deltaForge.log()).contains(health.reason(pipeline));
        return health;
    }

    private static void dropSlot(Place place) {
        await().atMost(TIMEOUT)
                .ignoreExceptionsInstanceOf(SandboxException.class)
                .untilAsserted(() -> {
                    place.database()
                            .execute(
                                    "SELECT pg_terminate_backend(active_pid) FROM pg_replication_slots WHERE slot_name"
                                            + " = '"
                                            + place.slot() + "' AND active",
                                    "SELECT pg_drop_replication_slot('" + place.slot() + "')");
                });
    }

    @Test
    void shouldHoldThePipelineWhoseSlotIsDroppedAndLeaveTheOtherOneAlone() {
        try (Place doomed = Place.create("dropped");
                Place other = Place.create("other");
                DeltaForge deltaForge = new DeltaForge(directory, doomed.text() + other.text())) {
            deltaForge.start().awaitReading(doomed.name()).awaitReading(other.name());
            commitAndAwait(doomed);
            commitAndAwait(other);
            dropSlot(doomed);
            Health health = awaitHeld(deltaForge, doomed.name());
            assertThat(health.reason(doomed.name())).isEqualTo("SLOT_MISSING");
            Map<TopicPartition, Long> ends = doomed.topics().ends();
            commit(doomed, 50);

            commitAndAwait(other);
            assertThat(deltaForge.health().state(other.name())).isEqualTo("running");
            deltaForge.kill();
            deltaForge.start().awaitReading(other.name());
            awaitHeld(deltaForge, doomed.name());
            commitAndAwait(other);
            other.topics().assertHold(other.database(), "the other pipeline");

            assertThat(doomed.topics().ends()).as("nothing is written any more").isEqualTo(ends);
            assertThat(doomed.database()
                            .number("SELECT count(*) FROM pg_replication_slots WHERE slot_name = '" + doomed.slot()
                                    + "'"))
                    .as("no new slot is made in place of the lost one")
                    .isZero();
            assertThat(deltaForge.api("/pipelines/" + doomed.name()).body())
                    .contains("\"status\":\"failed\"", "\"state\":\"held\"", "SLOT_MISSING", "accept-slot");
            accept(deltaForge, doomed);
            commitAndAwaitRecords(doomed);
            commitAndAwait(other);
            assertThat(deltaForge.health().statusCode()).isEqualTo(200);
        }
    }

    /** Does what the pipeline names as its remedy, word by word, and starts again. */
    private static void accept(DeltaForge deltaForge, Place place) {
        String remedy = deltaForge.health().remedy(place.name());
        deltaForge.terminate();
        assertThat(deltaForge.awaitEnd(TIMEOUT)).hasValue(0);
        String command = remedy.substring(remedy.indexOf("deltaforge checkpoint") + "deltaforge ".length());
        deltaForge.command(0, (command + " --yes").split(" ", -1));
        deltaForge.start().awaitReading(place.name());
    }

    private void commitAndAwaitRecords(Place place) {
        long before = place.topics().records();
        commit(place, 50);
        place.topics().awaitRecords(before + 51);
    }

    @Test
    void shouldHoldOnAWrongPasswordMoveNothingAndGoOnOnceItIsRight() {
        try (Place place = Place.create("password");
                DeltaForge deltaForge = new DeltaForge(directory, place.text())) {
            deltaForge.start().awaitReading(place.name());
            commitAndAwait(place);
            deltaForge.terminate();
            assertThat(deltaForge.awaitEnd(TIMEOUT)).hasValue(0);
            String positions = deltaForge.command(0, "checkpoint", "show", "--json", "--config", "FILE");
            assertThat(positions).contains(place.name(), "\"positions\":{\"kafka\":\"");
            commit(place, 50);
            long confirmed = place.database().confirmedFlush(place.slot());
            Map<TopicPartition, Long> ends = place.topics().ends();

            deltaForge.configure(place.text().replaceFirst("://[^@]*@", "://postgres:wrong-canary@"));
            deltaForge.start();
            Health health = awaitHeld(deltaForge, place.name());
            assertThat(health.reason(place.name())).isEqualTo("AUTHENTICATION");
            assertThat(deltaForge.api("/health").statusCode()).isEqualTo(503);
            assertThat(deltaForge.api("/pipelines/" + place.name()).body())
                    .contains("\"status\":\"failed\"", "\"state\":\"held\"", "AUTHENTICATION", "last_error_at")
                    .doesNotContain("wrong-canary");
            assertThat(deltaForge
                            .metric("deltaforge_source_errors_total", "kind=\"auth\"")
                            .orElseThrow())
                    .isPositive();
            deltaForge.terminate();
            assertThat(deltaForge.awaitEnd(TIMEOUT)).hasValue(0);
            assertThat(deltaForge.log()).doesNotContain("wrong-canary");
            assertThat(deltaForge.command(0, "checkpoint", "show", "--json", "--config", "FILE"))
                    .isEqualTo(positions);
            assertThat(place.database().confirmedFlush(place.slot())).isEqualTo(confirmed);
            assertThat(place.topics().ends()).isEqualTo(ends);

            deltaForge.configure(place.text());
            deltaForge.start().awaitReading(place.name());
            place.topics().awaitEverythingOf(place.database());
            place.topics().assertHold(place.database(), "after the password was mended");
        }
    }

    @Test
    void shouldHoldWhenSomebodyElseHasMovedTheSlot() {
        try (Place place = Place.create("moved");
                DeltaForge deltaForge = new DeltaForge(directory, place.text())) {
            deltaForge.start().awaitReading(place.name());
            commitAndAwait(place);
            deltaForge.terminate();
            assertThat(deltaForge.awaitEnd(TIMEOUT)).hasValue(0);
            commit(place, 50);
            place.database()
                    .execute("SELECT pg_replication_slot_advance('" + place.slot() + "', pg_current_wal_lsn())");
            long moved = place.database().confirmedFlush(place.slot());
            Map<TopicPartition, Long> ends = place.topics().ends();

            for (int start = 1; start <= 2; start++) {
                deltaForge.start();
                Health health = awaitHeld(deltaForge, place.name());
                assertThat(health.reason(place.name())).isEqualTo("LOG_AHEAD");
                deltaForge.kill();
            }

            assertThat(place.topics().ends()).as("nothing is written any more").isEqualTo(ends);
            assertThat(place.database().confirmedFlush(place.slot())).isEqualTo(moved);
            deltaForge.start();
            awaitHeld(deltaForge, place.name());
            accept(deltaForge, place);
            commitAndAwaitRecords(place);
            assertThat(deltaForge.health().state(place.name())).isEqualTo("running");
            assertThat(deltaForge.log()).contains("what is between is missing, as was accepted");
        }
    }

    @Test
    void shouldRefuseToStartWhenTheCheckpointsOfAKnownDirectoryAreGone() throws IOException {
        try (Place place = Place.create("gone");
                DeltaForge deltaForge = new DeltaForge(directory, place.text())) {
            deltaForge.start().awaitReading(place.name());
            commitAndAwait(place);
            deltaForge.kill();
            commit(place, 50);
            deleteTree(deltaForge.dataDirectory().resolve("checkpoints"));
            long confirmed = place.database().confirmedFlush(place.slot());
            Map<TopicPartition, Long> ends = place.topics().ends();

            for (int start = 1; start <= 2; start++) {
                deltaForge.start();
                assertThat(deltaForge.awaitEnd(TIMEOUT)).as(deltaForge::log).hasValue(3);
                assertThat(deltaForge.log()).contains(deltaForge.dataDirectory().toString());
            }

            assertThat(place.topics().ends()).isEqualTo(ends);
            assertThat(place.database().confirmedFlush(place.slot())).isEqualTo(confirmed);
        }
    }

    /** Without a trace of earlier runs the slot is all that is known; it never was ahead of what was delivered. */
    @Test
    void shouldLoseNothingWhenTheWholeDataDirectoryIsGone() throws IOException {
        try (Place place = Place.create("empty");
                DeltaForge deltaForge = new DeltaForge(directory, place.text())) {
            deltaForge.start().awaitReading(place.name());
            commitAndAwait(place);
            commit(place, 5_000);
            deltaForge.kill();
            commit(place, 50);
            deleteTree(deltaForge.dataDirectory());
            deltaForge.start().awaitReading(place.name());
            place.topics().awaitEverythingOf(place.database());
            place.topics().assertHold(place.database(), "after the data directory was lost");
        }
    }

    private static void deleteTree(Path tree) throws IOException {
        List<Path> paths;
        try (Stream<Path> walk = Files.walk(tree)) {
            paths = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : paths) {
            Files.delete(path);
        }
    }
}
