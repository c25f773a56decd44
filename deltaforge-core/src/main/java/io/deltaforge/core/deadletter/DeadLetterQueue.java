package io.deltaforge.core.deadletter;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventId;
import io.deltaforge.api.fault.CrashPoint;
import io.deltaforge.api.metrics.MetricScope;
import io.deltaforge.api.source.PositionOrder;
import io.deltaforge.core.deadletter.DeadLetter.Cause;
import io.deltaforge.core.deadletter.DeadLetter.Tries;
import io.deltaforge.core.deadletter.DeadLetterLog.NewLetter;
import io.deltaforge.core.deadletter.LetterHead.Marks;
import io.deltaforge.core.deadletter.LetterHead.Place;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import java.util.concurrent.CopyOnWriteArrayList;
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

    private final EventKeys keys = new EventKeys();
    private final KeyBook book = new KeyBook();
    private final LogOrder order = new LogOrder();
    private final Map<Long, Cause> refusedReplays = new HashMap<>();
    private final Set<Long> underReplay = new HashSet<>();
    private final List<SinkGate> gates = new CopyOnWriteArrayList<>();

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
     * @param positions how the source's positions relate
     * @throws CheckpointException when the storage fails, or {@code HELD} when what is there is damaged
     */
    public synchronized void open(PositionOrder positions) {
        order.use(positions);
        recount();
        forgetOld(clock.instant());
    }

    private void recount() {
        next = log.nextId();
        book.clear();
        log.heads(0, head -> {
            book.put(head);
            return true;
        });
        log.requireIndexOf(book.all());
        counted = true;
        changed();
    }

    /** What the storage made of the last step is not known: it is asked again before the next. */
    void forgetCount() {
        counted = false;
    }

    /** To be called under the lock before anything is asked of the book. */
    void requireCounted() {
        if (!counted) {
            recount();
        }
    }

    /** Lets those know who wait for it or need not look when there is nothing. */
    private void changed() {
        size.set(book.size());
        gates.forEach(gate -> gate.watch(book.concerns(gate.origin())));
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

    /**
     * Returns what stands in front of a sink: it keeps events away of which an earlier one of the same key is missing in it, and
     * takes those that it refuses.
     *
     * @param sink the sink's id
     * @return its gate, for as long as the pipeline runs
     */
    public SinkGate gate(String sink) {
        SinkGate gate = new SinkGate(this, Origin.sink(sink), limits.onPoison());
        metrics.parked(gate.origin(), 0);
        synchronized (this) {
            gates.add(gate);
            gate.watch(book.concerns(gate.origin()));
        }
        return gate;
    }

    /**
     * Begins a replay; the queue has been opened.
     *
     * @param force whether letters are delivered although a later event of their key has been
     * @return the letters' side of it, to be closed
     */
    public LetterReplay replay(boolean force) {
        return new LetterReplay(this, limits.onPoison() == OnPoison.PARK_KEY, force);
    }

    /**
     * Returns where people do something to the letters.
     *
     * @return the desk
     */
    public LetterDesk desk() {
        return new LetterDesk(this);
    }

    String pipeline() {
        return pipeline;
    }

    DeadLetterLog log() {
        return log;
    }

    Instant now() {
        return clock.instant();
    }

    LogOrder order() {
        return order;
    }

    /** For whoever holds the lock. */
    KeyBook book() {
        return book;
    }

    /** The letters that somebody replays at the moment; for whoever holds the lock. */
    Set<Long> underReplay() {
        return underReplay;
    }

    /** Why letters were put aside again although somebody replayed them; for whoever holds the lock. */
    Map<Long, Cause> refusedReplays() {
        return refusedReplays;
    }

    /** Puts an event aside; see {@link io.deltaforge.api.sink.DeadLetters#put}. */
    synchronized void put(Origin origin, ChangeEvent event, DeliveryException failure) {
        try {
            Instant now = clock.instant();
            requireCounted();
            Optional<DeadLetter> known = log.find(origin, event);
            if (known.isPresent()) {
                again(known.get(), failure, now);
            } else {
                add(origin, event, failure, now);
            }
        } catch (CheckpointException e) {
            throw unstored(
                    name(event) + " cannot be delivered to " + origin + " (" + failure.reason() + ": "
                            + failure.getMessage() + ") and could not be put aside: ",
                    e);
        }
        PUT.pass();
    }

    /** The storage failed: what it made of the step is not known. */
    DeliveryException unstored(String what, CheckpointException failure) {
        metrics.writeFailed();
        counted = false;
        return new DeliveryException(
                failure.kind(),
                failure.reason(),
                what + failure.getMessage(),
                failure.remedy().orElse(null),
                failure);
    }

    private void again(DeadLetter known, DeliveryException failure, Instant now) {
        Cause cause = Cause.of(failure);
        LetterHead head = book.head(known.id())
                .orElseThrow(() -> LetterFormat.damaged("the head of dead letter " + known.id(), "it is gone", null));
        byte[] letter = LetterFormat.encode(known, cause, known.tries().again(now));
        log.replace(head.withCode(cause.code()), letter);
        book.put(head.withCode(cause.code()));
        if (underReplay.contains(known.id())) {
            refusedReplays.put(known.id(), cause);
        }
    }

    private void add(Origin origin, ChangeEvent event, DeliveryException failure, Instant now) {
        forgetOld(now);
        if (!makeRoom(origin, event, failure, 0)) {
            return;
        }
        NewLetter letter = letter(origin, event, failure, now, 0, 0);
        store(List.of(letter));
        Cause cause = Cause.of(failure);
        LOG.warn(
                "Pipeline {}, {}: {} is put aside as dead letter {}: {}: {}",
                pipeline,
                origin,
                name(event),
                letter.head().id(),
                cause.code(),
                cause.message());
    }

    private NewLetter letter(
            Origin origin, ChangeEvent event, DeliveryException failure, Instant now, int ahead, long behind) {
        Cause cause = Cause.of(failure);
        byte[] letter = LetterFormat.encode(origin, event, cause, Tries.first(now), false);
        boolean truncated = letter.length > limits.maxEventBytes();
        if (truncated) {
            letter = shortened(origin, event, cause, letter.length, now);
        }
        LetterHead head = new LetterHead(
                next + ahead,
                origin,
                Place.of(event),
                keys.of(event),
                cause.code(),
                now.truncatedTo(ChronoUnit.MICROS),
                new Marks(false, truncated, behind));
        return new NewLetter(head, event, letter);
    }

    private void store(List<NewLetter> letters) {
        log.add(letters);
        for (NewLetter each : letters) {
            LetterHead head = each.head();
            book.put(head);
            metrics.putAside(head.origin(), head.code());
            next = head.id() + 1;
        }
        changed();
    }

    /** An event that waits for a letter in front of it, or for another follower that is not a letter yet. */
    record Follower(ChangeEvent event, long behind, Follower front) {}

    /** Puts events aside behind others, in their order and in one step. For whoever holds the lock. */
    void park(Origin origin, List<Follower> followers) {
        Instant now = clock.instant();
        List<NewLetter> letters = new ArrayList<>();
        IdentityHashMap<Follower, Long> made = new IdentityHashMap<>();
        for (Follower each : followers) {
            long behind = made.getOrDefault(each.front(), each.behind());
            DeliveryException why = parked(behind);
            if (makeRoom(origin, each.event(), why, letters.size())) {
                made.put(each, next + letters.size());
                letters.add(letter(origin, each.event(), why, now, letters.size(), behind));
            }
        }
        if (letters.isEmpty()) {
            return;
        }
        store(letters);
        metrics.parked(origin, letters.size());
        LOG.info(
                "Pipeline {}, {}: {} events wait as dead letters {} to {} behind others of their keys",
                pipeline,
                origin,
                letters.size(),
                letters.get(0).head().id(),
                letters.get(letters.size() - 1).head().id());
    }

    private static DeliveryException parked(long behind) {
        return new DeliveryException(
                ErrorKind.RECORD,
                LetterHead.PARKED,
                "it waits for dead letter " + behind + ", an earlier event of the same key",
                "mend and replay that one (deltaforge dlq replay " + behind + "); this one follows it",
                null);
    }

    /** Notes that later events of their keys have passed letters, durably. For whoever holds the lock. */
    void supersede(Collection<LetterHead> letters) {
        List<LetterHead> marked = letters.stream()
                .filter(letter -> !letter.isSuperseded())
                .map(LetterHead::superseded)
                .toList();
        if (marked.isEmpty()) {
            return;
        }
        log.mark(marked);
        marked.forEach(book::put);
        marked.forEach(letter -> LOG.warn(
                "Pipeline {}, {}: a later event of its key has passed dead letter {}",
                pipeline,
                letter.origin(),
                letter.id()));
    }

    /** Stores a letter with another event, durably, after a note in the history. For whoever holds the lock. */
    void edited(LetterHead head, byte[] letter, LetterHistory.Action action) {
        if (letter.length > limits.maxEventBytes()) {
            throw new LetterRefusal(
                    ColumnEdit.INVALID,
                    "with this change dead letter " + head.id() + " has " + letter.length
                            + " bytes; journal.max_event_bytes is " + limits.maxEventBytes(),
                    null);
        }
        log.history().add(List.of(head), action, clock.instant());
        log.replace(head, letter);
        metrics.edited();
        LOG.info(
                "Pipeline {}, {}: dead letter {} is edited by {}: {}",
                pipeline,
                head.origin(),
                head.id(),
                action.by(),
                action.reason());
    }

    /** Forgets letters after a note in the history, durably. For whoever holds the lock. */
    void remove(List<LetterHead> letters, LetterHistory.Action action) {
        log.history().add(letters, action, clock.instant());
        log.remove(letters);
        for (LetterHead letter : letters) {
            book.remove(letter.id());
            LOG.info(
                    "Pipeline {}, {}: dead letter {} (event {} of {}, {}) is {} by {}{}",
                    pipeline,
                    letter.origin(),
                    letter.id(),
                    new UUID(letter.place().idHigh(), letter.place().idLow()),
                    letter.key().table().qualifiedName(),
                    letter.code(),
                    action.deed().word(),
                    action.by(),
                    action.reason().isEmpty() ? "" : ": " + action.reason());
        }
        metrics.removed(letters.size(), action.deed());
        changed();
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
    private boolean makeRoom(Origin origin, ChangeEvent event, DeliveryException failure, int ahead) {
        while (book.size() + ahead >= limits.maxEntries()) {
            switch (limits.overflow()) {
                case BLOCK -> throw full(origin, event, failure);
                case REJECT -> {
                    return lose(origin, event, failure, ahead);
                }
                case DROP_OLDEST -> {
                    if (!evictOldest()) {
                        return lose(origin, event, failure, ahead);
                    }
                }
            }
        }
        return true;
    }

    private boolean lose(Origin origin, ChangeEvent event, DeliveryException failure, int ahead) {
        metrics.rejected();
        LOG.error(
                "Pipeline {}, {}: {} is LOST, as overflow_policy = {} says: there are {} dead letters: {}: {}",
                pipeline,
                origin,
                name(event),
                limits.overflow().configName(),
                book.size() + ahead,
                failure.reason(),
                failure.getMessage());
        return false;
    }

    private DeliveryException full(Origin origin, ChangeEvent event, DeliveryException failure) {
        return new DeliveryException(
                ErrorKind.RETRIABLE,
                FULL,
                name(event) + " cannot be delivered to " + origin + " (" + failure.reason() + ": "
                        + failure.getMessage() + "), and there are " + book.size()
                        + " dead letters, as many as journal.dlq.max_entries allows",
                "look at them (deltaforge dlq ls), mend what makes them, and replay or discard them, or restart with a"
                        + " higher journal.dlq.max_entries; it goes on by itself once there is room",
                null);
    }

    /** Returns whether there is room for another letter, which may come with time. */
    synchronized boolean hasRoom() {
        forgetOld(clock.instant());
        // A replay makes room, and needs the sink for it.
        return !underReplay.isEmpty() || book.size() < limits.maxEntries();
    }

    private void forgetOld(Instant now) {
        if (limits.maxAgeSecs() == 0) {
            return;
        }
        Instant oldestKept = now.minus(Duration.ofSeconds(limits.maxAgeSecs()));
        while (oldest().map(LetterHead::first).orElse(Instant.MAX).isBefore(oldestKept)) {
            evictOldest();
        }
    }

    /** The oldest letter that nobody replays. */
    private Optional<LetterHead> oldest() {
        return book.all().stream()
                .filter(letter -> !underReplay.contains(letter.id()))
                .findFirst();
    }

    private boolean evictOldest() {
        Optional<LetterHead> oldest = oldest();
        oldest.ifPresent(letter -> {
            log.remove(List.of(letter));
            book.remove(letter.id());
            changed();
            metrics.evicted();
            LOG.error(
                    "Pipeline {}, {}: dead letter {} of {} is forgotten: event {} of {}",
                    pipeline,
                    letter.origin(),
                    letter.id(),
                    letter.first(),
                    new UUID(letter.place().idHigh(), letter.place().idLow()),
                    letter.key().table().qualifiedName());
        });
        return oldest.isPresent();
    }

    static String name(ChangeEvent event) {
        return "event " + EventId.of(event) + " (" + event + ")";
    }
}
