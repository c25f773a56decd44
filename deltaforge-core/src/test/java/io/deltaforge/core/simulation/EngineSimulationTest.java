package io.deltaforge.core.simulation;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/**
 * The engine among sinks, a source, a store and a disk that do what a random number generator says: fail, hang, come back,
 * forget, crash; and operators who add, remove, pause and resume sinks. What happens is the same for the same seed; how threads
 * interleave is not. Whatever happens: no position is saved of what is not in the target or put aside, the log is released only
 * up to what is saved, only what the policy allows is reported as committed, no sink jumps over an event, and in the end every
 * sink has everything.
 *
 * <p>{@code -Ddeltaforge.seeds=10000} for many worlds, {@code -Ddeltaforge.seed=N -Ddeltaforge.seeds=1} for one again.
 */
class EngineSimulationTest {

    private static final int SEEDS = Integer.getInteger("deltaforge.seeds", 200);
    private static final long FIRST = Long.getLong("deltaforge.seed", 1);
    /** A world mostly waits. */
    private static final int AT_ONCE = Integer.getInteger("deltaforge.worlds", 12);

    private static final int STEPS = 30;
    private static final int SHOWN = 5;

    @TempDir
    private Path directory;

    @Test
    void shouldJumpOverNothingAndReleaseNothingThatIsNeeded() throws Exception {
        ExecutorService worlds = Executors.newFixedThreadPool(AT_ONCE);
        Map<Long, Future<?>> running = new TreeMap<>();
        List<String> wrong = new ArrayList<>();
        try {
            for (long seed = FIRST; seed < FIRST + SEEDS; seed++) {
                long number = seed;
                running.put(seed, worlds.submit(() -> live(number)));
            }
            for (Map.Entry<Long, Future<?>> world : running.entrySet()) {
                try {
                    world.getValue().get();
                } catch (ExecutionException e) {
                    wrong.add("seed " + world.getKey() + ": " + e.getCause());
                }
                if (wrong.size() == SHOWN) {
                    break;
                }
            }
        } finally {
            worlds.shutdownNow();
        }
        assertThat(wrong).isEmpty();
    }

    private Void live(long seed) throws IOException, InterruptedException {
        Path place = Files.createDirectory(directory.resolve("seed-" + seed));
        try (SimulatedWorld world = new SimulatedWorld(seed, place)) {
            for (int step = 0; step < STEPS; step++) {
                world.step();
            }
            world.heal();
            world.awaitEverything();
        }
        try (Stream<Path> files = Files.walk(place)) {
            for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(file);
            }
        }
        return null;
    }
}
