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
import java.time.Instant;
import java.time.InstantSource;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
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

    private final KeptLetters kept;
    private final LetterRoom room;
    private final EventKeys keys = new EventKeys();
    private final LogOrder order = new LogOrder();
    private final Map<Long, Cause> refusedReplays = new HashMap<>();

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
        this.clock = requireNonNull(clock, "clock is null");
        this.kept = new KeptLetters(log);
        this.metrics = new DeadLetterMetrics(metrics, limits.maxEntries(), kept::size);
        this.room = new LetterRoom(pipeline, kept, limits, this.metrics);
    }

    /**
     * Counts what is there and forgets what is too old. Blocks; may be called again after a failure.
     *
     * @param positions how the source's positions relate
     * @throws CheckpointException when the storage fails, or {@code HELD} when what is there is damaged
     */
    public synchronized void open(PositionOrder positions) {
        order.use(positions);
        kept.recount();
        room.forgetOld(clock.instant());
    }

    /**
     * Returns how many letters there are.
     *
     * @return the number, as far as this process has counted it
     */
    public long size() {
        return kept.size();
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
            kept.watch(gate);
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
    KeptLetters kept() {
        return kept;
    }

    /** The letters that somebody replays at the moment; for whoever holds the lock. */
    Set<Long> underReplay() {
        return room.underReplay();
    }

    /** Why letters were put aside again although somebody replayed them; for whoever holds the lock. */
    Map<Long, Cause> refusedReplays() {
        return refusedReplays;
    }

    /** Puts an event aside; see {@link io.deltaforge.api.sink.DeadLetters#put}. */
    synchronized void put(Origin origin, ChangeEvent event, DeliveryException failure) {
        try {
            Instant now = clock.instant();
            kept.requireCounted();
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
        kept.forgetCount();
        return new DeliveryException(
                failure.kind(),
                failure.reason(),
                what + failure.getMessage(),
                failure.remedy().orElse(null),
                failure);
    }

    private void again(DeadLetter known, DeliveryException failure, Instant now) {
        Cause cause = Cause.of(failure);
        LetterHead head = kept.book()
                .head(known.id())
                .orElseThrow(() -> LetterFormat.damaged("the head of dead letter " + known.id(), "it is gone", null));
        byte[] letter = LetterFormat.encode(known, cause, known.tries().again(now));
        kept.replace(head.withCode(cause.code()), letter);
        if (underReplay().contains(known.id())) {
            refusedReplays.put(known.id(), cause);
        }
    }

    private void add(Origin origin, ChangeEvent event, DeliveryException failure, Instant now) {
        room.forgetOld(now);
        if (!room.make(origin, event, failure, 0)) {
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
                kept.next() + ahead,
                origin,
                Place.of(event),
                keys.of(event),
                cause.code(),
                now.truncatedTo(ChronoUnit.MICROS),
                new Marks(false, truncated, behind));
        return new NewLetter(head, event, letter);
    }

    private void store(List<NewLetter> letters) {
        kept.add(letters);
        for (NewLetter each : letters) {
            metrics.putAside(each.head().origin(), each.head().code());
        }
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
            if (room.make(origin, each.event(), why, letters.size())) {
                made.put(each, kept.next() + letters.size());
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
        kept.mark(marked);
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
        kept.replace(head, letter);
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
        kept.remove(letters);
        for (LetterHead letter : letters) {
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

    /** Returns whether there is room for another letter, which may come with time. */
    synchronized boolean hasRoom() {
        try {
            kept.requireCounted();
            return room.isThere(clock.instant());
        } catch (CheckpointException e) {
            throw unstored("whether there is room for another dead letter cannot be found out: ", e);
        }
    }

    static String name(ChangeEvent event) {
        return "event " + EventId.of(event) + " (" + event + ")";
    }
}
