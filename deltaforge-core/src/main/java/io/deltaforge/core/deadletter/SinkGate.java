package io.deltaforge.core.deadletter;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.event.Replay;
import io.deltaforge.api.sink.Sink;
import io.deltaforge.api.sink.TransactionalSink;
import io.deltaforge.core.deadletter.DeadLetterQueue.Follower;
import io.deltaforge.core.deadletter.LetterHead.Place;
import java.util.ArrayList;
import java.util.Deque;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentLinkedDeque;

/**
 * Stands in front of a sink and keeps order among the events of a key of which one was put aside. Later events are put aside
 * behind it, or pass and leave a mark on the letter, before the sink gets them. As long as nothing is put aside it does nothing.
 *
 * <p>An event may be refused when later ones of its key are under way already. So batches are remembered here while they are:
 * before the gate looks for letters, and after a letter is stored; one of the two finds the other.
 */
public final class SinkGate {

    private final DeadLetterQueue queue;
    private final Origin origin;
    private final OriginDeadLetters letters;
    private final boolean parks;
    private final Deque<EventBatch> underWay = new ConcurrentLinkedDeque<>();
    private final EventKeys keys = new EventKeys();
    private volatile boolean watching;

    SinkGate(DeadLetterQueue queue, Origin origin, OnPoison onPoison) {
        this.queue = requireNonNull(queue, "queue is null");
        this.origin = requireNonNull(origin, "origin is null");
        this.letters = queue.of(origin);
        this.parks = onPoison == OnPoison.PARK_KEY;
    }

    /**
     * Puts the gate in front of a sink.
     *
     * @param sink a new sink
     * @return one that delivers what the gate lets through; transactional if the sink is
     */
    public Sink around(Sink sink) {
        underWay.clear();
        return sink instanceof TransactionalSink transactional
                ? new GatedSink.Transactional(this, transactional)
                : new GatedSink(this, sink);
    }

    /**
     * Makes sure that an event for which there was no room has room now; see {@link OriginDeadLetters#requireRoom}. Blocks.
     *
     * @throws DeliveryException {@code RETRIABLE} while there is no room
     */
    public void requireRoom() {
        letters.requireRoom();
    }

    Origin origin() {
        return origin;
    }

    /** Whether there is anything to look for. */
    void watch(boolean whether) {
        watching = whether;
    }

    /** Remembers a batch and lets through what of it may be delivered. On the sink's thread; may block on storage. */
    EventBatch enter(EventBatch batch) {
        underWay.add(batch);
        return watching && !isReplay(batch) ? pass(batch) : batch;
    }

    /** The sink is done with a batch. */
    void leave(EventBatch batch) {
        underWay.remove(batch);
    }

    private static boolean isReplay(EventBatch batch) {
        return !batch.isEmpty() && batch.events().get(0).replay() != Replay.NONE;
    }

    private EventBatch pass(EventBatch batch) {
        synchronized (queue) {
            try {
                queue.kept().requireCounted();
                return passed(batch);
            } catch (CheckpointException e) {
                throw queue.unstored("dead letters of " + origin + " stand in the way and cannot be asked: ", e);
            }
        }
    }

    private EventBatch passed(EventBatch batch) {
        KeyBook book = queue.kept().book();
        List<ChangeEvent> through = new ArrayList<>(batch.size());
        Set<LetterHead> passedBy = new LinkedHashSet<>();
        Parked parked = new Parked();
        for (ChangeEvent event : batch.events()) {
            if (parked.isEmpty() && !book.knows(keys.table(event))) {
                through.add(event);
                continue;
            }
            EventKey key = keys.of(event);
            List<LetterHead> meeting = book.meeting(origin, key);
            if (KeyBook.containsLetterOf(event, meeting)) {
                // It is put aside already, durably.
                continue;
            }
            List<LetterHead> earlier = meeting.stream()
                    .filter(letter -> !letter.isSuperseded() && queue.order().isLater(Place.of(event), letter.place()))
                    .toList();
            Follower front = parked.lastMeeting(key);
            if (parks && (front != null || !earlier.isEmpty())) {
                long behind =
                        earlier.isEmpty() ? 0 : earlier.get(earlier.size() - 1).id();
                parked.add(key, new Follower(event, behind, front));
            } else {
                passedBy.addAll(earlier);
                through.add(event);
            }
        }
        if (!parked.isEmpty()) {
            letters.park(parked.followers);
        }
        queue.supersede(passedBy);
        return through.size() == batch.size() ? batch : batch.withEvents(List.copyOf(through));
    }

    /** What is parked of a batch, before it is in the book. */
    private static final class Parked {
        private final List<Follower> followers = new ArrayList<>();
        private final Map<EventKey, Follower> lastOfKey = new HashMap<>();
        /** Whether another key than the same may be met: only where a key is a whole table, or changes. */
        private boolean meetsOthers;

        boolean isEmpty() {
            return followers.isEmpty();
        }

        void add(EventKey key, Follower follower) {
            followers.add(follower);
            lastOfKey.put(key, follower);
            meetsOthers |= key.isWholeTable() || key.old() != null;
        }

        Follower lastMeeting(EventKey key) {
            if (followers.isEmpty()) {
                return null;
            }
            if (!meetsOthers && !key.isWholeTable() && key.old() == null) {
                return lastOfKey.get(key);
            }
            Follower last = null;
            for (Map.Entry<EventKey, Follower> each : lastOfKey.entrySet()) {
                if (each.getKey().meets(key)
                        && (last == null || followers.indexOf(each.getValue()) > followers.indexOf(last))) {
                    last = each.getValue();
                }
            }
            return last;
        }
    }

    /**
     * Puts an event aside that the sink refused; see {@link io.deltaforge.api.sink.DeadLetters#put}. Safe from any thread.
     *
     * @param event the event
     * @param failure why
     * @param stored is run once it is durable
     * @throws DeliveryException as there; besides, {@code RETRIABLE} when later events of its key are under way that must not
     *     overtake it: what is not acknowledged is delivered again without them
     */
    public void put(ChangeEvent event, DeliveryException failure, Runnable stored) {
        letters.put(event, failure);
        stored.run();
        if (!hasFollower(event)) {
            return;
        }
        if (!parks && event.replay() == Replay.NONE) {
            synchronized (queue) {
                try {
                    queue.supersede(queue.kept().book().meeting(origin, new EventKeys().of(event)).stream()
                            .filter(letter -> letter.isOf(event))
                            .toList());
                } catch (CheckpointException e) {
                    throw queue.unstored("a later event of the key of " + event + " is under way: ", e);
                }
            }
            return;
        }
        throw new DeliveryException(
                ErrorKind.RETRIABLE,
                "KEY_PARKED",
                DeadLetterQueue.name(event) + " is put aside, and later events of its key are under way to " + origin
                        + ": what is not acknowledged is delivered again without them",
                "none is needed: this is how they come to stand behind it",
                null);
    }

    private boolean hasFollower(ChangeEvent event) {
        // The sink may be putting aside on any thread.
        EventKeys ownKeys = new EventKeys();
        EventKey key = ownKeys.of(event);
        Place place = Place.of(event);
        for (EventBatch batch : underWay) {
            for (ChangeEvent each : batch.events()) {
                if (key.table().equals(ownKeys.table(each))
                        && key.meets(ownKeys.of(each))
                        && queue.order().isLater(Place.of(each), place)) {
                    return true;
                }
            }
        }
        return false;
    }
}
