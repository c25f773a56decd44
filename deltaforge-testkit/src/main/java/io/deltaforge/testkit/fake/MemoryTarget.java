package io.deltaforge.testkit.fake;

import io.deltaforge.api.encode.EventEncoder;
import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.event.EventId;
import io.deltaforge.api.sink.SinkContext;
import java.nio.charset.StandardCharsets;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Deque;
import java.util.List;
import java.util.UUID;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CompletionStage;
import java.util.function.Predicate;

/** What a {@link MemorySink} writes to: a list of events that can be broken, stalled or made to refuse. Thread-safe. */
public final class MemoryTarget {

    private final List<Stored> stored = new ArrayList<>();
    private Predicate<ChangeEvent> rejected = event -> false;
    private DeliveryException failure;
    private int failAfter = Integer.MAX_VALUE;
    private boolean stalled;
    private final Deque<Waiting> waiting = new ArrayDeque<>();

    MemoryTarget() {}

    /**
     * One event that was stored.
     *
     * @param id its id
     * @param event the event as it came
     * @param json the event as the engine's encoder wrote it
     */
    public record Stored(UUID id, ChangeEvent event, String json) {}

    private record Waiting(Session session, EventBatch batch, CompletableFuture<Void> answer) {}

    /** Forgets everything, faults too. */
    public synchronized void clear() {
        stored.clear();
        waiting.clear();
        rejected = event -> false;
        mend();
    }

    /**
     * Returns what is stored.
     *
     * @return every event, duplicates included, in order; a copy
     */
    public synchronized List<Stored> stored() {
        return List.copyOf(stored);
    }

    /**
     * Returns how many deliveries have stalled.
     *
     * @return the number of batches without an answer
     */
    public synchronized int unanswered() {
        return waiting.size();
    }

    /**
     * Fails every delivery from now on.
     *
     * @param why what deliveries fail with
     */
    public synchronized void fail(DeliveryException why) {
        failOnceAfter(0, why);
        failAfter = -1;
    }

    /**
     * Fails one delivery, and with it the connection: the sink must be made anew.
     *
     * @param events how many more events are stored before; the batch they end in is stored in part
     * @param why what the delivery fails with
     */
    public synchronized void failOnceAfter(int events, DeliveryException why) {
        failure = why;
        failAfter = events;
    }

    /** Completes no delivery from now on, and stores nothing, until {@link #mend}. */
    public synchronized void stall() {
        stalled = true;
    }

    /** Ends failures and stalls; deliveries that stalled are carried out, unless their sink was closed. */
    public synchronized void mend() {
        failure = null;
        failAfter = Integer.MAX_VALUE;
        stalled = false;
        while (!waiting.isEmpty()) {
            Waiting next = waiting.remove();
            next.session().carryOut(next.batch(), next.answer());
        }
    }

    /**
     * Says which events can never be stored.
     *
     * @param which true for those
     */
    public synchronized void reject(Predicate<ChangeEvent> which) {
        rejected = which;
    }

    Session connect(SinkContext context) {
        return new Session(context);
    }

    /** One sink's connection: once it has failed, everything on it fails. */
    final class Session {

        private final SinkContext context;
        private final EventEncoder encoder;
        private DeliveryException broken;
        private boolean closed;

        Session(SinkContext context) {
            this.context = context;
            this.encoder = context.encoder();
        }

        CompletionStage<Void> write(EventBatch batch) {
            CompletableFuture<Void> answer = new CompletableFuture<>();
            synchronized (MemoryTarget.this) {
                if (stalled && !closed) {
                    waiting.add(new Waiting(this, batch, answer));
                } else {
                    carryOut(batch, answer);
                }
            }
            return answer;
        }

        private void carryOut(EventBatch batch, CompletableFuture<Void> answer) {
            try {
                if (closed) {
                    throw new DeliveryException(ErrorKind.RETRIABLE, "CLOSED", "the sink is closed", null);
                }
                for (ChangeEvent event : batch.events()) {
                    store(event);
                }
                answer.complete(null);
            } catch (DeliveryException e) {
                broken = e;
                answer.completeExceptionally(e);
            }
        }

        private void store(ChangeEvent event) {
            if (broken != null) {
                throw broken;
            }
            if (failure != null && failAfter <= 0) {
                DeliveryException why = failure;
                if (failAfter == 0) {
                    failure = null;
                    failAfter = Integer.MAX_VALUE;
                }
                throw why;
            }
            if (failAfter != Integer.MAX_VALUE) {
                failAfter--;
            }
            if (rejected.test(event)) {
                context.deadLetters()
                        .put(event, new DeliveryException(ErrorKind.RECORD, "REJECTED", "rejected " + event, null));
                return;
            }
            stored.add(new Stored(EventId.of(event), event, new String(encoder.value(event), StandardCharsets.UTF_8)));
        }

        void close() {
            synchronized (MemoryTarget.this) {
                closed = true;
            }
        }
    }
}
