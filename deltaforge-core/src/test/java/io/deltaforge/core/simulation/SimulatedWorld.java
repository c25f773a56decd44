package io.deltaforge.core.simulation;

import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.DeltaForgeException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.core.Pipeline;
import io.deltaforge.core.PipelineState;
import io.deltaforge.core.PipelineStatus;
import io.deltaforge.core.SinkDefinition;
import io.deltaforge.core.SpoolDefinition;
import io.deltaforge.core.batch.BatchLimits;
import io.deltaforge.core.commit.CommitPolicy;
import io.deltaforge.core.deadletter.DeadLetterLimits;
import io.deltaforge.core.envelope.Envelope;
import io.deltaforge.core.retry.RetryPolicy;
import io.deltaforge.core.spool.SpoolLimits;
import io.deltaforge.core.support.FakeLog;
import io.deltaforge.core.support.Log;
import io.deltaforge.core.support.NoSettings;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentSkipListMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;

/** A pipeline, and everything around it, which does what a random number generator says. For one thread. */
final class SimulatedWorld implements AutoCloseable {

    private static final int MOST_SINKS = 6;
    private static final Duration PATIENCE = Duration.ofSeconds(60);

    private final long seed;
    private final Random random;
    private final ForgetfulDisk disk;
    private final FakeLog log = new FakeLog();
    private final JudgingStore store = new JudgingStore();
    private final Committed committed = new Committed();
    private final Map<String, SimulatedTarget> targets = new ConcurrentSkipListMap<>();
    private final WorldJudge judge = new WorldJudge(committed, store, targets);
    private final ExecutorService network = Executors.newFixedThreadPool(2);
    private final List<String> story = new ArrayList<>();
    private final BatchLimits limits;
    private final SpoolDefinition spool;
    private final Set<String> required = new TreeSet<>();
    private StatedPolicy policy;
    private Pipeline pipeline;
    /** Whether a sink has ended the pipeline, or may have. */
    private boolean mayFail;

    private int made;

    SimulatedWorld(long seed, Path directory) {
        this.seed = seed;
        this.random = new Random(seed);
        this.disk = new ForgetfulDisk(directory);
        for (int i = 1 + random.nextInt(4); i > 0; i--) {
            makeTarget();
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
        spool = new SpoolDefinition(
                disk.path("spool"),
                random.nextInt(5) > 0,
                new SpoolLimits(
                        random.nextInt(3) == 0 ? 4_000 : 1L << 30,
                        0,
                        0,
                        random.nextInt(3) == 0 ? SpoolLimits.OnFull.DETACH : SpoolLimits.OnFull.BLOCK));
        log.beforeRelease = judge::releasing;
        store.judgedBy(judge);
        say(targets.keySet() + ", " + limits + ", " + spool);
        start();
    }

    private String makeTarget() {
        String id = "s" + made++;
        targets.put(id, new SimulatedTarget(id, random, network));
        return id;
    }

    private void say(String what) {
        story.add(what);
    }

    private String story() {
        return "seed " + seed + ": " + String.join("; ", story);
    }

    private void start() {
        targets.keySet().forEach(id -> {
            required.remove(id);
            if (random.nextInt(3) > 0) {
                required.add(id);
            }
        });
        policy = StatedPolicy.random(random, targets.keySet(), required);
        say("start with " + policy + ", required " + required);
        Pipeline.Builder builder = Pipeline.builder("shop")
                .source("db", log, new NoSettings())
                .batch(limits)
                .commitPolicy(policy.toPolicy())
                .retry(new RetryPolicy(Duration.ofMillis(1), Duration.ofMillis(3), 0))
                .spool(spool)
                .sinkDeadline(Duration.ofMillis(200))
                .deadLetters(DeadLetterLimits.DEFAULT)
                .checkpoints(store);
        targets.keySet().forEach(id -> builder.sink(sink(id)));
        mayFail = targets.values().stream().anyMatch(SimulatedTarget::failsForGood);
        pipeline = builder.build();
        pipeline.start();
    }

    private SinkDefinition sink(String id) {
        return new SinkDefinition(id, required.contains(id), targets.get(id), new NoSettings(), Envelope.NATIVE);
    }

    private String anyone() {
        List<String> ids = List.copyOf(targets.keySet());
        return ids.get(random.nextInt(ids.size()));
    }

    void step() throws IOException, InterruptedException {
        String sink = anyone();
        SimulatedTarget target = targets.get(sink);
        switch (random.nextInt(20)) {
            case 0, 1, 2, 3, 4, 5 -> commit(1 + random.nextInt(40));
            case 6 -> {
                say(sink + " down");
                target.failure = SimulatedTarget.down();
            }
            case 7 -> {
                say(sink + " stalled");
                target.stalled = true;
            }
            case 8 -> {
                say(sink + " hanging");
                target.hanging = true;
            }
            case 9 -> {
                say(sink + " flaky");
                target.flaky = true;
            }
            case 10 -> {
                say(sink + " fails for good");
                mayFail = true;
                target.failure = SimulatedTarget.broken();
            }
            case 11, 12 -> {
                say(sink + " mended");
                target.mend();
            }
            case 13 -> {
                say("connection lost");
                log.failAfterEvents.set(random.nextInt(20));
            }
            case 14 -> {
                say("store fails: " + (store.failure == null));
                store.failure = store.failure != null ? null : storeFailure("DISK_FULL");
            }
            case 15 -> {
                disk.full(!disk.isFull());
                say("disk full: " + disk.isFull());
            }
            case 16 -> order("pause, resume or restart " + sink, () -> single(sink));
            case 17 -> {
                boolean oldest = random.nextBoolean();
                order("add a sink that begins with the " + (oldest ? "oldest" : "next"), () -> add(oldest));
            }
            case 18 -> order("remove " + sink, () -> remove(sink));
            default -> crash();
        }
        pause(random.nextInt(15));
        look();
    }

    private void look() {
        PipelineStatus status = pipeline.status();
        judge.committed(status.committed(), policy, required);
        boolean ended = status.state() == PipelineState.HELD || status.state() == PipelineState.FAILED;
        if (ended && !mayFail && judge.wrong().isEmpty()) {
            judge.report("ended: " + status.state() + " " + status.cause() + "; on disk: " + disk);
        }
    }

    private static CheckpointException storeFailure(String reason) {
        return new CheckpointException(ErrorKind.RETRIABLE, reason, reason, null);
    }

    private void commit(int transactions) {
        say("commit " + transactions);
        for (int i = 0; i < transactions; i++) {
            int events = 1 + random.nextInt(4);
            committed.add(events);
            log.commit(events);
        }
    }

    /** Something that an operator wants, and may be refused. */
    private interface Order {
        void give() throws InterruptedException;
    }

    private void order(String what, Order order) throws InterruptedException {
        try {
            order.give();
            say(what);
        } catch (IllegalStateException | IllegalArgumentException | DeltaForgeException e) {
            say(what + ": refused, " + e.getMessage());
        }
    }

    private void single(String sink) {
        switch (random.nextInt(3)) {
            case 0 -> pipeline.pauseSink(sink);
            case 1 -> pipeline.resumeSink(sink);
            default -> pipeline.restartSink(sink);
        }
    }

    private void add(boolean oldest) {
        if (targets.size() == MOST_SINKS) {
            return;
        }
        String id = makeTarget();
        boolean added = false;
        try {
            pipeline.addSink(sink(id), oldest);
            added = true;
        } finally {
            if (!added) {
                targets.remove(id);
            }
        }
    }

    private void remove(String sink) throws InterruptedException {
        if (targets.size() == 1 || store.failure != null) {
            return;
        }
        judge.leaving(sink);
        boolean removed = false;
        try {
            pipeline.removeSink(sink);
            removed = true;
        } finally {
            if (removed) {
                targets.remove(sink);
                required.remove(sink);
            }
            judge.left(sink);
        }
    }

    /** Nothing is saved, synced or released any more from one moment on; the power may be gone, too. */
    private void crash() throws IOException, InterruptedException {
        boolean powerCut = random.nextBoolean();
        say(powerCut ? "power cut" : "kill");
        // In this order: what is saved was synced before.
        Map<String, byte[]> saved = store.freeze(storeFailure("CRASHED"));
        disk.freeze();
        Log.Position released = log.released;
        end();
        store.entries.clear();
        store.entries.putAll(saved);
        log.released = released;
        log.slot = log.slot == null ? null : released;
        store.failure = null;
        if (powerCut) {
            disk.cutPower(random);
        }
        disk.thaw();
        start();
    }

    /** What has not ended yet would go on behind the back of the next one. */
    private void end() throws InterruptedException {
        pipeline.close();
        if (!pipeline.awaitEnd(PATIENCE)) {
            judge.report("the pipeline does not end");
        }
    }

    /** Everything around the pipeline does well, and the pipeline is started again. */
    void heal() throws InterruptedException {
        say("healed");
        store.failure = null;
        disk.full(false);
        targets.values().forEach(SimulatedTarget::mend);
        log.failAfterEvents.set(Integer.MAX_VALUE);
        end();
        start();
        commit(1);
    }

    /** Waits until every sink that was not given up has everything, and looks at all of it. */
    void awaitEverything() throws InterruptedException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        for (String sink : targets.keySet()) {
            while (!judge.hasEverything(sink)) {
                look();
                if (System.nanoTime() > deadline) {
                    judge.report("sink " + sink + " does not get everything: " + pipeline.status());
                }
                requireRight();
                Thread.sleep(2);
            }
        }
        targets.keySet().forEach(judge::atTheEnd);
        requireRight();
    }

    private void requireRight() {
        if (!judge.wrong().isEmpty()) {
            throw new AssertionError(judge.wrong() + "; " + story());
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
        targets.values().forEach(SimulatedTarget::mend);
        pipeline.close();
        network.shutdownNow();
    }

    /** A commit policy as people say it: which sinks must hold something for it to count. */
    record StatedPolicy(String mode, int quorum) {

        static StatedPolicy random(Random random, Set<String> sinks, Set<String> required) {
            return switch (random.nextInt(3)) {
                case 0 -> new StatedPolicy("quorum", 1 + random.nextInt(sinks.size()));
                case 1 -> new StatedPolicy(required.isEmpty() ? "all" : "required", 0);
                default -> new StatedPolicy("all", 0);
            };
        }

        CommitPolicy toPolicy() {
            return switch (mode) {
                case "quorum" -> CommitPolicy.quorum(quorum);
                case "required" -> CommitPolicy.required();
                default -> CommitPolicy.all();
            };
        }
    }
}
