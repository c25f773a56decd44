package io.deltaforge.core;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.core.batch.BatchLimits;
import io.deltaforge.core.commit.CommitPolicy;
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
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * The engine among sinks, a source and a store that do what a random number generator says: fail, hang, come back, crash. What
 * happens is the same for the same seed; how threads interleave is not. Whatever happens: no sink jumps over an event, the log
 * is released only up to what is saved, and in the end every sink has everything.
 */
class EngineSimulationTest {

    private static final int SEEDS = Integer.getInteger("deltaforge.seeds", 60);
    private static final long FIRST = Long.getLong("deltaforge.seed", 1);
    private static final int STEPS = 30;
    private static final Duration PATIENCE = Duration.ofSeconds(30);

    @TempDir
    private Path directory;

    static Stream<Long> seeds() {
        return IntStream.range(0, SEEDS).mapToObj(i -> FIRST + i);
    }

    @ParameterizedTest(name = "seed {0}")
    @MethodSource("seeds")
    void shouldJumpOverNothingAndReleaseNothingThatIsNeeded(long seed) throws Exception {
        try (World world = new World(seed, directory.resolve("spool"))) {
            for (int step = 0; step < STEPS; step++) {
                world.step();
            }
            world.heal();
            world.awaitEverything();
            assertThat(world.wrong).as(world.story()).isEmpty();
        } catch (AssertionError | RuntimeException e) {
            throw new AssertionError("seed " + seed + ": " + e.getMessage(), e);
        }
    }

    /** A pipeline and everything around it. */
    private static final class World implements AutoCloseable {
        private final long seed;
        private final Random random;
        private final Path spool;
        private final FakeLog log = new FakeLog();
        private final MemoryStore store = new MemoryStore();
        private final Map<String, FakeTarget> targets = new TreeMap<>();
        private final List<String> wrong = new CopyOnWriteArrayList<>();
        private final List<String> story = new ArrayList<>();
        private final List<Integer> sizes = new ArrayList<>();
        private final BatchLimits limits;
        private final SpoolLimits spoolLimits;
        private final boolean spoolEnabled;
        private Pipeline pipeline;

        World(long seed, Path spool) {
            this.seed = seed;
            this.random = new Random(seed);
            this.spool = spool;
            int sinks = 1 + random.nextInt(4);
            for (int i = 0; i < sinks; i++) {
                targets.put("s" + i, new FakeTarget());
            }
            int most = 1 + random.nextInt(6);
            limits = new BatchLimits(
                    most,
                    1L << 20,
                    random.nextInt(6),
                    true,
                    1 + random.nextInt(4),
                    most + random.nextInt(8),
                    1L << 20,
                    20 + random.nextInt(80));
            spoolEnabled = random.nextInt(5) > 0;
            spoolLimits = new SpoolLimits(random.nextInt(3) == 0 ? 4_000 : 1L << 30, 0, 0, SpoolLimits.OnFull.BLOCK);
            log.beforeRelease = this::checkRelease;
            say(sinks + " sinks, " + limits + ", spool " + spoolEnabled + " " + spoolLimits);
            start();
        }

        private void say(String what) {
            story.add(what);
        }

        String story() {
            return "seed " + seed + ": " + String.join("; ", story);
        }

        private void start() {
            Pipeline.Builder builder = Pipeline.builder("shop")
                    .source("db", log, new NoSettings())
                    .batch(limits)
                    .commitPolicy(CommitPolicy.all())
                    .retry(new RetryPolicy(Duration.ofMillis(1), Duration.ofMillis(3), 0))
                    .spool(new SpoolDefinition(spool, spoolEnabled, spoolLimits))
                    .sinkDeadline(Duration.ofMillis(200))
                    .checkpoints(store);
            targets.forEach((id, target) ->
                    builder.sink(new SinkDefinition(id, true, target, new NoSettings(), Envelope.NATIVE)));
            pipeline = builder.build();
            pipeline.start();
        }

        void step() throws IOException {
            FakeTarget target = targets.get("s" + random.nextInt(targets.size()));
            switch (random.nextInt(12)) {
                case 0, 1, 2, 3 -> commit(1 + random.nextInt(40));
                case 4 -> {
                    say("down");
                    target.failure = new DeliveryException(ErrorKind.RETRIABLE, "DOWN", "down", null);
                }
                case 5 -> {
                    say("stalled");
                    target.stalled = true;
                }
                case 6 -> {
                    say("hanging");
                    target.hanging = true;
                }
                case 7 -> {
                    say("mended");
                    mend(target);
                }
                case 8 -> {
                    say("connection lost");
                    log.failAfterEvents.set(random.nextInt(20));
                }
                case 9 -> {
                    say("store fails: " + (store.failure == null));
                    store.failure = store.failure != null
                            ? null
                            : new CheckpointException(ErrorKind.RETRIABLE, "DISK_FULL", "full", null);
                }
                case 10 -> {
                    String sink = "s" + random.nextInt(targets.size());
                    say("pause or resume " + sink);
                    single(sink);
                }
                default -> crash();
            }
            pause(random.nextInt(15));
        }

        private static void mend(FakeTarget target) {
            target.failure = null;
            target.stalled = false;
            target.hanging = false;
        }

        private void commit(int transactions) {
            say("commit " + transactions);
            for (int i = 0; i < transactions; i++) {
                int events = 1 + random.nextInt(4);
                sizes.add(events);
                log.commit(events);
            }
        }

        private void single(String sink) {
            try {
                switch (random.nextInt(3)) {
                    case 0 -> pipeline.pauseSink(sink);
                    case 1 -> pipeline.resumeSink(sink);
                    default -> pipeline.restartSink(sink);
                }
            } catch (IllegalStateException e) {
                say("not running");
            }
        }

        /** Nothing is saved or released any more from one moment on; what the spool has beyond what is saved is lost. */
        private void crash() throws IOException {
            say("crash");
            Map<String, byte[]> saved =
                    store.freeze(new CheckpointException(ErrorKind.RETRIABLE, "CRASHED", "crashed", null));
            Log.Position released = log.released;
            pipeline.close();
            store.entries.clear();
            store.entries.putAll(saved);
            log.released = released;
            log.slot = log.slot == null ? null : released;
            store.failure = null;
            loseWhatWasNotSynced();
            start();
        }

        private void loseWhatWasNotSynced() throws IOException {
            Log.Position synced = store.entries.entrySet().stream()
                    .filter(entry -> entry.getKey().startsWith("spooled/"))
                    .map(entry -> (Log.Position) new Log.Order().parse(entry.getValue()))
                    .reduce((a, b) -> new Log.Order().covers(a, b) ? a : b)
                    .orElse(null);
            if (random.nextBoolean() || synced == null || !Files.isDirectory(spool)) {
                return;
            }
            try (Stream<Path> files = Files.list(spool)) {
                Path newest = files.sorted().reduce((a, b) -> b).orElse(null);
                if (newest != null) {
                    SpoolTail.cut(newest, synced);
                }
            }
        }

        private void checkRelease(Log.Position upTo) {
            Log.Order order = new Log.Order();
            for (String sink : targets.keySet()) {
                byte[] cursor = store.entries.get("cursor/" + sink);
                byte[] spooled = store.entries.get("spooled/" + sink);
                boolean kept = cursor != null && order.covers(order.parse(cursor), upTo)
                        || spooled != null && order.covers(order.parse(spooled), upTo);
                if (!kept) {
                    wrong.add("released " + upTo + ", and sink " + sink + " needs it");
                }
            }
        }

        void heal() {
            say("healed");
            store.failure = null;
            targets.values().forEach(World::mend);
            log.failAfterEvents.set(Integer.MAX_VALUE);
            pipeline.close();
            start();
            commit(1);
        }

        void awaitEverything() throws InterruptedException {
            List<String> expected = new ArrayList<>();
            for (int tx = 1; tx <= sizes.size(); tx++) {
                for (int i = 0; i < sizes.get(tx - 1); i++) {
                    expected.add("tx" + tx + "#" + i + (i == sizes.get(tx - 1) - 1 ? "!" : ""));
                }
            }
            Map<String, Integer> places = new HashMap<>();
            for (int i = 0; i < expected.size(); i++) {
                places.put(expected.get(i), i);
            }
            String last = expected.get(expected.size() - 1);
            long deadline = System.nanoTime() + PATIENCE.toNanos();
            for (Map.Entry<String, FakeTarget> target : targets.entrySet()) {
                while (!target.getValue().events.contains(last)) {
                    if (System.nanoTime() > deadline) {
                        throw new AssertionError("sink " + target.getKey() + " does not get everything: "
                                + pipeline.status() + "; " + story());
                    }
                    Thread.sleep(2);
                }
                assertNoJump(target.getKey(), target.getValue().events, expected, places);
            }
        }

        /** Going back is a replay; going forward goes by one. */
        private void assertNoJump(
                String sink, List<String> events, List<String> expected, Map<String, Integer> places) {
            int furthest = -1;
            for (String event : events) {
                int place = places.get(event);
                if (place > furthest + 1) {
                    int at = events.indexOf(event);
                    wrong.add(
                            "sink " + sink + " jumped from " + furthest + " to " + place + " (" + event + "); around: "
                                    + events.subList(Math.max(0, at - 6), Math.min(events.size(), at + 6)).stream()
                                            .map(places::get)
                                            .toList()
                                    + "; is there at all: " + events.contains(expected.get(furthest + 1)));
                }
                furthest = Math.max(furthest, place);
            }
        }

        private static void pause(int millis) {
            try {
                Thread.sleep(millis);
            } catch (InterruptedException e) {
                Thread.currentThread().interrupt();
            }
        }

        @Override
        public void close() {
            targets.values().forEach(World::mend);
            pipeline.close();
        }
    }
}
