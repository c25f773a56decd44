package io.deltaforge.core.simulation;

import io.deltaforge.api.config.ConfigSpec;
import io.deltaforge.api.config.Settings;
import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.sink.Sink;
import io.deltaforge.api.sink.SinkContext;
import io.deltaforge.api.sink.SinkFactory;
import io.deltaforge.api.sink.TransactionalSink;
import io.deltaforge.core.support.Log;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executor;
import java.util.concurrent.TimeUnit;

/**
 * A target that outlives the sinks that write to it. It takes batches in order and makes them durable when it pleases: one that
 * stores positions in order, any other in any order, and some not at all. Some events it refuses for good.
 */
final class SimulatedTarget implements SinkFactory {

    private final String id;
    private final Random random;
    private final Executor network;
    private final boolean transactional;
    private final boolean picky;

    /** What it was given, in order, again and again. */
    private final List<String> handed = Collections.synchronizedList(new ArrayList<>());

    private final Set<String> durable = ConcurrentHashMap.newKeySet();
    /** What a target that stores positions shows, in order. */
    private final List<String> visible = Collections.synchronizedList(new ArrayList<>());

    private final List<String> wrong = Collections.synchronizedList(new ArrayList<>());
    private volatile byte[] stored;

    volatile DeliveryException failure;
    /** Takes batches and never acknowledges them. */
    volatile boolean stalled;
    /** Does not return from taking a batch until it is interrupted. */
    volatile boolean hanging;
    /** Fails now and then. */
    volatile boolean flaky;

    SimulatedTarget(String id, Random random, Executor network) {
        this.id = id;
        this.random = new Random(random.nextLong());
        this.network = network;
        this.transactional = random.nextInt(3) == 0;
        this.picky = random.nextInt(3) == 0;
    }

    boolean isTransactional() {
        return transactional;
    }

    /** The position that it stores with its events; null when it has none. */
    Log.Position stored() {
        byte[] bytes = stored;
        return bytes == null ? null : (Log.Position) new Log.Order().parse(bytes);
    }

    boolean isDurable(String event) {
        return durable.contains(event);
    }

    List<String> handed() {
        synchronized (handed) {
            return List.copyOf(handed);
        }
    }

    List<String> visible() {
        synchronized (visible) {
            return List.copyOf(visible);
        }
    }

    List<String> wrong() {
        synchronized (wrong) {
            return List.copyOf(wrong);
        }
    }

    void mend() {
        failure = null;
        stalled = false;
        hanging = false;
        flaky = false;
    }

    private synchronized boolean once(int inSoMany) {
        return random.nextInt(inSoMany) == 0;
    }

    private synchronized int below(int bound) {
        return random.nextInt(bound);
    }

    private boolean refuses(ChangeEvent event) {
        return picky && Math.floorMod((Log.name(event) + id).hashCode(), 41) == 0;
    }

    static DeliveryException down() {
        return new DeliveryException(ErrorKind.RETRIABLE, "DOWN", "down", null);
    }

    static DeliveryException broken() {
        return new DeliveryException(ErrorKind.FATAL, "BROKEN", "broken", null);
    }

    boolean failsForGood() {
        DeliveryException now = failure;
        return now != null && now.kind() == ErrorKind.FATAL;
    }

    @Override
    public String type() {
        return "simulated";
    }

    @Override
    public ConfigSpec config() {
        return ConfigSpec.of("A simulated target.");
    }

    @Override
    public Sink create(Settings settings, SinkContext context) {
        return transactional ? new Storing(context) : new Plain(context);
    }

    private record Delivery(EventBatch batch, CompletableFuture<Void> future) {}

    /** One that stores no positions. */
    private class Plain implements Sink {
        private final SinkContext context;
        private boolean stuck;
        private volatile boolean closed;

        Plain(SinkContext context) {
            this.context = context;
        }

        boolean isClosed() {
            return closed;
        }

        @Override
        public void open() {}

        @Override
        public CompletionStage<Void> deliver(EventBatch batch) {
            if (failure != null) {
                return CompletableFuture.failedFuture(failure);
            }
            if (hanging) {
                try {
                    new CountDownLatch(1).await();
                } catch (InterruptedException e) {
                    throw new IllegalStateException("interrupted", e);
                }
            }
            batch.events().forEach(event -> handed.add(Log.name(event)));
            Delivery delivery = new Delivery(batch, new CompletableFuture<>());
            // Nothing is acknowledged past a batch that never is.
            stuck |= stalled;
            if (!stuck) {
                take(delivery);
                later(() -> arrived(delivery));
            }
            return delivery.future();
        }

        void take(Delivery delivery) {}

        private void later(Runnable what) {
            if (once(2)) {
                what.run();
                return;
            }
            CompletableFuture.delayedExecutor(below(2_000), TimeUnit.MICROSECONDS, network)
                    .execute(what);
        }

        /** Not while the sink is closed: afterwards nobody is there to take dead letters. */
        synchronized void arrived(Delivery delivery) {
            if (closed) {
                // It may arrive all the same; nobody hears of it.
                if (once(2)) {
                    makeDurable(delivery.batch());
                }
            } else if (flaky && once(8)) {
                delivery.future().completeExceptionally(down());
            } else {
                complete(delivery, () -> {});
            }
        }

        /** Puts aside what is refused, makes the rest durable, says so. */
        boolean complete(Delivery delivery, Runnable with) {
            try {
                for (ChangeEvent event : delivery.batch().events()) {
                    if (refuses(event)) {
                        context.deadLetters()
                                .put(event, new DeliveryException(ErrorKind.RECORD, "TOO_LARGE", "too large", null));
                    }
                }
            } catch (DeliveryException e) {
                delivery.future().completeExceptionally(e);
                return false;
            }
            with.run();
            makeDurable(delivery.batch());
            return delivery.future().complete(null);
        }

        private void makeDurable(EventBatch batch) {
            for (ChangeEvent event : batch.events()) {
                if (!refuses(event)) {
                    durable.add(Log.name(event));
                }
            }
        }

        @Override
        public synchronized void close() {
            closed = true;
        }
    }

    /** One that makes events and position visible in one step, in order, and nothing once it is closed. */
    private final class Storing extends Plain implements TransactionalSink {
        private final Deque<Delivery> queue = new ArrayDeque<>();
        private final Set<Delivery> arrived = Collections.newSetFromMap(new IdentityHashMap<>());
        private boolean broken;

        Storing(SinkContext context) {
            super(context);
        }

        @Override
        public Optional<byte[]> committedPosition() {
            return Optional.ofNullable(stored);
        }

        @Override
        synchronized void take(Delivery delivery) {
            queue.add(delivery);
        }

        @Override
        synchronized void arrived(Delivery delivery) {
            arrived.add(delivery);
            while (!broken && !isClosed() && !queue.isEmpty() && arrived.remove(queue.peek())) {
                commit(queue.remove());
            }
            if (broken) {
                queue.forEach(each -> each.future().completeExceptionally(down()));
                queue.clear();
            }
        }

        private void commit(Delivery delivery) {
            boolean fails = flaky && once(8);
            if (fails && once(2)) {
                broken = true;
                delivery.future().completeExceptionally(down());
                return;
            }
            Delivery outcome = fails ? new Delivery(delivery.batch(), new CompletableFuture<>()) : delivery;
            if (!complete(outcome, () -> show(delivery.batch()))) {
                broken = true;
            }
            if (fails) {
                // It is there, and the answer is lost.
                broken = true;
                delivery.future().completeExceptionally(down());
            }
        }

        private void show(EventBatch batch) {
            for (ChangeEvent event : batch.events()) {
                String name = Log.name(event);
                if (!refuses(event)) {
                    if (durable.contains(name)) {
                        wrong.add(name + " is there twice");
                    }
                    visible.add(name);
                }
            }
            Log.Position before = stored();
            if (before != null && !new Log.Order().covers(batch.end(), before)) {
                wrong.add("its position goes back from " + before + " to " + batch.end());
            }
            stored = batch.end().toBytes();
        }
    }
}
