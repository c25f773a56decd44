package io.deltaforge.sink.kafka;

import io.deltaforge.api.config.Settings;
import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.sink.Sink;
import io.deltaforge.api.sink.TransactionalSink;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Deque;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionEvaluationListener;
import org.awaitility.core.ConditionFactory;
import org.awaitility.core.EvaluatedCondition;
import org.awaitility.core.TimeoutEvent;

/**
 * Does with a sink what the engine's lane does: hands batches over in order, up to four at a time; after a failure that may
 * pass closes the sink, makes a new one, and goes on behind what is acknowledged or, for a sink that stores positions,
 * behind what it says it holds; ends with any other failure, and when a sink holds less than it acknowledged. On a thread of
 * its own.
 */
final class TestLane implements AutoCloseable {

    private static final int MAX_IN_FLIGHT = 4;
    private static final Duration PATIENCE = Duration.ofSeconds(60);
    /** What "fails fast" means. */
    private static final Duration FAST = Duration.ofSeconds(10);

    private static final long BACK_OFF_NANOS = TimeUnit.MILLISECONDS.toNanos(100);

    private final Settings settings;
    private final StubContext context;
    private final List<EventBatch> batches;
    private final List<DeliveryException> failures = new CopyOnWriteArrayList<>();
    /** One for whatever the lane may wait for: a delivery that has ended, more to hand over, the end. */
    private final Semaphore news = new Semaphore(0);

    private final Thread thread = new Thread(this::run, "test-lane");
    private volatile int allowed;
    private volatile int acknowledged;
    private volatile boolean open;
    private volatile boolean closing;
    private volatile Throwable end;

    /** Starts a lane that hands over the first so many of the batches for now. */
    TestLane(Settings settings, StubContext context, List<EventBatch> batches, int allowed) {
        this.settings = settings;
        this.context = context;
        this.batches = batches;
        this.allowed = allowed;
        thread.setDaemon(true);
        thread.start();
    }

    private void run() {
        try {
            while (!closing && acknowledged < batches.size()) {
                deliverWithOneSink();
                LockSupport.parkNanos(BACK_OFF_NANOS);
            }
        } catch (DeliveryException e) {
            end = e;
        } catch (InterruptedException | RuntimeException | Error e) {
            if (!closing) {
                end = e;
            }
        }
    }

    private void deliverWithOneSink() throws InterruptedException {
        Sink sink = new KafkaSinkFactory().create(settings, context);
        try {
            sink.open();
            if (sink instanceof TransactionalSink holder) {
                goOnBehind(held(holder));
            }
            open = true;
            pump(sink);
        } catch (DeliveryException e) {
            failures.add(e);
            if (e.kind() != ErrorKind.RETRIABLE) {
                throw e;
            }
        } finally {
            open = false;
            sink.close();
        }
    }

    private void goOnBehind(int held) {
        if (held < acknowledged) {
            throw new AssertionError("acknowledged " + acknowledged + " batches and holds " + held);
        }
        acknowledged = held;
    }

    private int held(TransactionalSink sink) {
        byte[] position = sink.committedPosition().orElse(null);
        for (int i = 0; position != null && i < batches.size(); i++) {
            if (Arrays.equals(batches.get(i).end().toBytes(), position)) {
                return i + 1;
            }
        }
        return 0;
    }

    private void pump(Sink sink) throws InterruptedException {
        Deque<CompletableFuture<Void>> underWay = new ArrayDeque<>();
        int next = acknowledged;
        while (!closing && acknowledged < batches.size()) {
            if (next < allowed && underWay.size() < MAX_IN_FLIGHT) {
                CompletableFuture<Void> delivery =
                        sink.deliver(batches.get(next)).toCompletableFuture();
                underWay.add(delivery);
                CompletableFuture<Void> unused = delivery.whenComplete((done, failure) -> news.release());
                next++;
            } else if (!underWay.isEmpty() && underWay.peek().isDone()) {
                throwFailureOf(underWay.remove());
                acknowledged = next - underWay.size();
            } else {
                news.acquire();
            }
        }
    }

    private static void throwFailureOf(CompletableFuture<Void> delivery) throws InterruptedException {
        try {
            delivery.get();
        } catch (ExecutionException e) {
            if (e.getCause() instanceof DeliveryException failure) {
                throw failure;
            }
            throw new AssertionError("a failure that is not classified", e.getCause());
        }
    }

    /** Lets every batch be handed over. */
    void allowAll() {
        allow(batches.size());
    }

    /** Lets so many batches be handed over. */
    void allow(int count) {
        allowed = count;
        news.release();
    }

    int acknowledged() {
        return acknowledged;
    }

    /** Returns the failures so far, those that were tried again as well. */
    List<DeliveryException> failures() {
        return List.copyOf(failures);
    }

    void awaitOpen() {
        await(() -> "a sink, failures " + failures).until(() -> isAlive() && open);
    }

    void awaitAcknowledged(int count) {
        await(() -> count + " acknowledged, not " + acknowledged + ", failures " + failures)
                .until(() -> isAlive() && acknowledged >= count);
    }

    void awaitEverything() {
        allowAll();
        awaitAcknowledged(batches.size());
    }

    void awaitFailures(int count) {
        await(() -> count + " failures, there are " + failures).until(() -> isAlive() && failures.size() >= count);
    }

    boolean hasEnded() {
        return end != null;
    }

    /** Waits for what ends the lane; it has to come fast. */
    DeliveryException awaitEnd() {
        Awaitility.await().atMost(FAST).until(() -> end != null);
        if (end instanceof DeliveryException failure) {
            return failure;
        }
        throw new AssertionError("ended with", end);
    }

    /** What is said when it does not happen is where the lane stands then. */
    private ConditionFactory await(Supplier<String> expected) {
        return Awaitility.await()
                .atMost(PATIENCE)
                .conditionEvaluationListener(new ConditionEvaluationListener<Object>() {
                    @Override
                    public void conditionEvaluated(EvaluatedCondition<Object> condition) {}

                    @Override
                    public void onTimeout(TimeoutEvent event) {
                        StringBuilder trace = new StringBuilder();
                        for (StackTraceElement frame : thread.getStackTrace()) {
                            trace.append("\n    at ").append(frame);
                        }
                        throw new AssertionError("waited for " + expected.get() + "; the lane is" + trace);
                    }
                });
    }

    /** Fails at once when the lane has ended with a failure: nothing more is to be waited for. */
    private boolean isAlive() {
        if (end != null) {
            throw new AssertionError("the lane has ended", end);
        }
        return true;
    }

    @Override
    public void close() {
        closing = true;
        news.release();
        try {
            thread.join(PATIENCE.toMillis());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new AssertionError("interrupted while the lane ends", e);
        }
        if (thread.isAlive()) {
            throw new AssertionError("the lane does not end");
        }
    }
}
