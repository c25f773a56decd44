package io.deltaforge.core.deadletter;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventId;
import io.deltaforge.api.fault.CrashPoint;
import io.deltaforge.api.metrics.MetricScope;
import io.deltaforge.core.deadletter.DeadLetter.Cause;
import io.deltaforge.core.deadletter.DeadLetter.Tries;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Takes the dead letters of one running pipeline, within their bounds. Safe from any thread; one letter is taken at a time.
 *
 * <p>Letters that are too old are forgotten when the pipeline starts and when another one comes.
 */
public final class DeadLetterQueue {

    /** The reason of whoever waits for room. */
    static final String FULL = "DEAD_LETTERS_FULL";

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterQueue.class);
    private static final CrashPoint PUT = new CrashPoint("deadletters.put");

    private final String pipeline;
    private final DeadLetterLog log;
    private final DeadLetterLimits limits;
    private final DeadLetterMetrics metrics;
    private final InstantSource clock;

    /** Written under the lock, read by whoever looks. */
    private final AtomicLong size = new AtomicLong();

    private long next;
    private boolean counted;

    /**
     * Makes a queue; does no I/O.
     *
     * @param pipeline the pipeline's name
     * @param log where the letters are
     * @param limits their bounds
     * @param metrics a scope with the label {@code pipeline}
     * @param clock the time of day
     */
    public DeadLetterQueue(
            String pipeline, DeadLetterLog log, DeadLetterLimits limits, MetricScope metrics, InstantSource clock) {
        this.pipeline = requireNonNull(pipeline, "pipeline is null");
        this.log = requireNonNull(log, "log is null");
        this.limits = requireNonNull(limits, "limits is null");
        this.metrics = new DeadLetterMetrics(metrics, limits.maxEntries(), size::get);
        this.clock = requireNonNull(clock, "clock is null");
    }

    /**
     * Counts what is there and forgets what is too old. Blocks; may be called again after a failure.
     *
     * @throws CheckpointException when the storage fails, or {@code HELD} when what is there is damaged
     */
    public synchronized void open() {
        recount();
        forgetOld(clock.instant());
    }

    private void recount() {
        next = log.nextId();
        size.set(log.counts().values().stream().mapToLong(Long::longValue).sum());
        counted = true;
    }

    /**
     * Returns how many letters there are.
     *
     * @return the number, as far as this process has counted it
     */
    public long size() {
        return size.get();
    }

    /**
     * Returns what one origin puts its events into.
     *
     * @param origin a sink or a processor of the pipeline
     * @return its own view of this queue
     */
    public OriginDeadLetters of(Origin origin) {
        return new OriginDeadLetters(this, origin);
    }

    /** Puts an event aside; see {@link io.deltaforge.api.sink.DeadLetters#put}. */
    synchronized void put(Origin origin, ChangeEvent event, DeliveryException failure) {
        try {
            Instant now = clock.instant();
            if (!counted) {
                recount();
            }
            Optional<DeadLetter> known = log.find(origin, event);
            if (known.isPresent()) {
                again(known.get(), failure, now);
            } else {
                add(origin, event, failure, now);
            }
        } catch (CheckpointException e) {
            metrics.writeFailed();
            // What the storage made of it is not known.
            counted = false;
            throw new DeliveryException(
                    e.kind(),
                    e.reason(),
                    name(event) + " cannot be delivered to " + origin + " (" + failure.reason() + ": "
                            + failure.getMessage() + ") and could not be put aside: " + e.getMessage(),
                    e.remedy().orElse(null),
                    e);
        }
        PUT.pass();
    }

    private void again(DeadLetter known, DeliveryException failure, Instant now) {
        byte[] letter = LetterFormat.encode(
                known.origin(), known.event(), Cause.of(failure), known.tries().again(now), known.truncated());
        log.replace(known.id(), letter);
    }

    private void add(Origin origin, ChangeEvent event, DeliveryException failure, Instant now) {
        Cause cause = Cause.of(failure);
        byte[] letter = LetterFormat.encode(origin, event, cause, Tries.first(now), false);
        if (letter.length > limits.maxEventBytes()) {
            letter = shortened(origin, event, cause, letter.length, now);
        }
        forgetOld(now);
        if (!makeRoom(origin, event, failure)) {
            return;
        }
        log.add(next, origin, event, letter);
        LOG.warn(
                "Pipeline {}, {}: {} is put aside as dead letter {}: {}: {}",
                pipeline,
                origin,
                name(event),
                next,
                cause.code(),
                cause.message());
        next++;
        size.incrementAndGet();
        metrics.putAside(origin, cause.code());
    }

    private byte[] shortened(Origin origin, ChangeEvent event, Cause cause, int bytes, Instant now) {
        if (!limits.overflow().mayLose()) {
            throw new DeliveryException(
                    ErrorKind.FATAL,
                    "DEAD_LETTER_TOO_LARGE",
                    name(event) + " cannot be delivered to " + origin + " (" + cause.code() + ": " + cause.message()
                            + "), and as a dead letter it has " + bytes + " bytes; journal.max_event_bytes is "
                            + limits.maxEventBytes(),
                    "raise journal.max_event_bytes; or filter the event out; it was not skipped",
                    null);
        }
        byte[] keyOnly = LetterFormat.encode(origin, KeyColumns.of(event), cause, Tries.first(now), true);
        return keyOnly.length <= limits.maxEventBytes()
                ? keyOnly
                : LetterFormat.encode(origin, event.withRows(null, null), cause, Tries.first(now), true);
    }

    /** Returns whether there is room now. */
    private boolean makeRoom(Origin origin, ChangeEvent event, DeliveryException failure) {
        while (size.get() >= limits.maxEntries()) {
            switch (limits.overflow()) {
                case BLOCK -> throw full(origin, event, failure);
                case REJECT -> {
                    metrics.rejected();
                    LOG.error(
                            "Pipeline {}, {}: {} is LOST, as overflow_policy = reject says: there are {} dead letters: {}:"
                                    + " {}",
                            pipeline,
                            origin,
                            name(event),
                            size.get(),
                            failure.reason(),
                            failure.getMessage());
                    return false;
                }
                case DROP_OLDEST -> log.oldest().ifPresentOrElse(this::evict, this::recount);
            }
        }
        return true;
    }

    private DeliveryException full(Origin origin, ChangeEvent event, DeliveryException failure) {
        return new DeliveryException(
                ErrorKind.RETRIABLE,
                FULL,
                name(event) + " cannot be delivered to " + origin + " (" + failure.reason() + ": "
                        + failure.getMessage() + "), and there are " + size.get()
                        + " dead letters, as many as journal.dlq.max_entries allows",
                "look at them (deltaforge dlq ls), mend what makes them, and restart with a higher"
                        + " journal.dlq.max_entries; it goes on by itself once there is room",
                null);
    }

    /** Returns whether there is room for another letter, which may come with time. */
    synchronized boolean hasRoom() {
        forgetOld(clock.instant());
        return size.get() < limits.maxEntries();
    }

    private void forgetOld(Instant now) {
        if (limits.maxAgeSecs() == 0) {
            return;
        }
        Instant oldestKept = now.minus(Duration.ofSeconds(limits.maxAgeSecs()));
        while (size.get() > 0) {
            Optional<DeadLetter> oldest =
                    log.oldest().filter(letter -> letter.tries().first().isBefore(oldestKept));
            if (oldest.isEmpty()) {
                return;
            }
            evict(oldest.get());
        }
    }

    private void evict(DeadLetter letter) {
        log.remove(letter);
        size.decrementAndGet();
        metrics.evicted();
        LOG.error(
                "Pipeline {}, {}: dead letter {} of {} is forgotten: {}",
                pipeline,
                letter.origin(),
                letter.id(),
                letter.tries().first(),
                name(letter.event()));
    }

    private static String name(ChangeEvent event) {
        return "event " + EventId.of(event) + " (" + event + ")";
    }
}
