package io.deltaforge.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;

import io.deltaforge.e2e.oracle.SinkTopics;
import io.deltaforge.e2e.run.DeltaForge;
import io.deltaforge.e2e.run.PipelineText;
import io.deltaforge.e2e.run.Seeds;
import io.deltaforge.e2e.workload.Workload;
import io.deltaforge.e2e.workload.WorkloadDatabase;
import io.deltaforge.sandbox.KafkaBroker;
import io.deltaforge.sandbox.Sandbox;
import io.deltaforge.sandbox.SmallDisk;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A sink is down for long while two others and the source go on: nobody waits, memory stays as it is, and the sink gets
 * everything, in order, once it is back; also when DeltaForge is killed while the spool has the only copy of what the sink
 * misses, and when the spool's disk is full.
 *
 * <p>Scaled down by default: {@code -Ddeltaforge.outage=12000000 -Ddeltaforge.rate=20000} is ten minutes of 20,000 changes a
 * second; then only one of the two outages, {@code -Ddeltaforge.phases=plain} or {@code kill}.
 */
class SpoolIT {

    private static final Logger LOG = LoggerFactory.getLogger(SpoolIT.class);
    private static final Duration TIMEOUT = Duration.ofMinutes(3);
    /** How many changes go past each time while the sink is down. */
    private static final long OUTAGE = Long.getLong("deltaforge.outage", 6_000);

    private static final boolean IS_LONG = OUTAGE >= 100_000;
    private static final long CHANGES_PER_SECOND = Long.getLong("deltaforge.rate", 1_000);
    private static final List<String> PHASES =
            List.of(System.getProperty("deltaforge.phases", "plain,kill").split(",", -1));
    /** So that few changes are enough to fall out of it; with many the defaults are what is to be shown. */
    private static final String[] SMALL_WINDOW = {"max_events = 500", "split_events = 300", "window_events = 10000"};

    private static final int DISK_MEGABYTES = 8;

    private static KafkaBroker dies;

    private final long seed = Seeds.seed();
    private final String run = Seeds.describe(seed);
    private final String name = Sandbox.uniqueName("spool");

    @TempDir
    private Path directory;

    private WorkloadDatabase database;
    private SinkTopics left;
    private SinkTopics right;
    private SinkTopics down;
    private DeltaForge deltaForge;
    private OutageWatch watch;
    private SmallDisk disk;

    @BeforeAll
    static void startBroker() {
        dies = KafkaBroker.builder().start();
    }

    @AfterAll
    static void closeBroker() {
        dies.close();
    }

    @BeforeEach
    void createDatabaseAndTopics() {
        database = WorkloadDatabase.create(Sandbox.postgres(), name);
        String stays = Sandbox.kafka().bootstrapServers();
        left = SinkTopics.createForMillions(stays, name + "_left");
        right = SinkTopics.createForMillions(stays, name + "_right");
        down = SinkTopics.createForMillions(dies.bootstrapServers(), name + "_down");
    }

    @AfterEach
    void close() {
        Stream.of(deltaForge, left, right, down, database, disk)
                .filter(Objects::nonNull)
                .forEach(SpoolIT::close);
        if (!dies.isRunning()) {
            dies.restart();
        }
    }

    private static void close(AutoCloseable each) {
        try {
            each.close();
        } catch (Exception e) {
            throw new IllegalStateException(e);
        }
    }

    private void start(String... spool) {
        String stays = Sandbox.kafka().bootstrapServers();
        String text = new PipelineText(name, database.dsn())
                .sink("left", stays, name + "_left")
                .sink("right", stays, name + "_right")
                .optionalSink("down", dies.bootstrapServers(), name + "_down", "message.timeout.ms = 8000")
                .batch(IS_LONG ? new String[0] : SMALL_WINDOW)
                .spool(spool)
                .toString();
        deltaForge = new DeltaForge(directory, text, "-Xmx512m");
        watch = new OutageWatch(database, deltaForge, name);
        deltaForge.start().awaitReading(name);
    }

    private void restartAfterAKill() {
        deltaForge.kill();
        deltaForge.start().awaitReading(name);
    }

    @Test
    void shouldHoldUpNobodyForASinkThatIsDownAndLoseNothingThroughAKill() {
        start();
        try (Workload load = Workload.start(database, seed, CHANGES_PER_SECOND)) {
            down.awaitRecords(500);
            for (String phase : PHASES) {
                LOG.info("{}: outage \"{}\" begins at {} changes", name, phase, load.changes());
                dies.kill();
                left.awaitRecords(left.records() + 500);
                watch.awaitReleased();
                if (phase.equals("kill")) {
                    watch.awaitPast(OUTAGE / 2, left, right);
                    restartAfterAKill();
                    watch.awaitReleased();
                    watch.awaitPast(OUTAGE / 2, left, right);
                } else {
                    watch.awaitPast(OUTAGE, left, right);
                }
                LOG.info("{}: {} changes, {} per second", name, load.changes(), Math.round(load.rate()));
                long pid = deltaForge.pid();
                if (IS_LONG) {
                    // What is to be seen is that everything comes, not how long a small machine takes beside all else.
                    load.stop();
                }
                dies.restart();
                watch.awaitRunning(down);
                assertThat(deltaForge.pid()).as("the process that caught up").isEqualTo(pid);
                watch.assertNobodyHasWaited();
                LOG.info("{}: caught up at {} changes", name, load.changes());
            }
            if (!IS_LONG) {
                load.stop();
            }
        }
        assertEverySinkHoldsEverything();
    }

    private void assertEverySinkHoldsEverything() {
        for (SinkTopics sink : List.of(left, right, down)) {
            sink.awaitEverythingOf(database);
            sink.assertHold(database, run);
        }
        watch.awaitEmptySpool();
    }

    /** Mounts a disk where the spool comes to be. */
    private void mountSpoolDisk() throws IOException {
        Optional<SmallDisk> mounted = SmallDisk.mount(DISK_MEGABYTES);
        assumeThat(mounted).as("mounting a tmpfs needs root").isPresent();
        disk = mounted.orElseThrow();
        Path data = Files.createDirectories(directory.resolve("data"));
        Files.createSymbolicLink(data.resolve("spool"), disk.path());
    }

    @Test
    void shouldLoseNothingWhenTheSpoolsDiskIsFullAndSinksAreNotGivenUp() throws IOException {
        mountSpoolDisk();
        start("min_free_disk = 0", "on_full = block");
        try (Workload load = Workload.start(database, seed, CHANGES_PER_SECOND)) {
            down.awaitRecords(500);
            dies.kill();
            watch.awaitReleased();

            disk.fill();
            awaitReason("SPOOL_STORAGE");
            disk.clear();
            left.awaitRecords(left.records() + 2_000);

            disk.fill();
            awaitReason("SPOOL_STORAGE");
            restartAfterAKill();
            awaitReason("SPOOL_STORAGE");
            dies.restart();
            down.awaitRecords(down.records() + 500);
            load.stop();
        }
        assertEverySinkHoldsEverything();
        await().atMost(TIMEOUT).until(() -> deltaForge.health().state(name).equals("running"));
    }

    private void awaitReason(String reason) {
        await().atMost(TIMEOUT).until(() -> deltaForge.health().reason(name).equals(reason));
    }

    @Test
    void shouldGiveUpTheSinkThatIsDownWhenTheSpoolsDiskIsFullAndItMay() throws IOException {
        mountSpoolDisk();
        start("min_free_disk = " + (DISK_MEGABYTES << 18), "on_full = detach");
        try (Workload load = Workload.start(database, seed, CHANGES_PER_SECOND)) {
            down.awaitRecords(500);
            dies.kill();
            watch.awaitReleased();

            disk.fill();
            await().atMost(TIMEOUT).until(() -> pipeline().contains("\"state\":\"detached\""));
            String position = deltaForge.health().position(name, "down");
            watch.awaitEmptySpool();
            dies.restart();
            long before = down.records();
            left.awaitRecords(left.records() + 2_000);
            assertThat(deltaForge.health().position(name, "down"))
                    .as("the position of a sink that was given up")
                    .isEqualTo(position);
            assertThat(down.records()).isEqualTo(before);
            down.assertInOrder(run);

            String resume = "/pipelines/" + name + "/sinks/down/resume";
            assertThat(deltaForge.api("POST", resume, "").statusCode()).isEqualTo(200);
            down.awaitRecords(before + 500);
            load.stop();
        }
        for (SinkTopics sink : List.of(left, right)) {
            sink.awaitEverythingOf(database);
            sink.assertHold(database, run);
        }
    }

    private String pipeline() {
        return deltaForge.api("/pipelines/" + name).body();
    }
}
