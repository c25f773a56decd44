package io.deltaforge.core.deadletter;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.Replay;
import io.deltaforge.api.fault.CrashPoint;
import io.deltaforge.core.deadletter.DeadLetter.Cause;
import io.deltaforge.core.deadletter.LetterHistory.Action;
import io.deltaforge.core.deadletter.LetterHistory.Deed;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * The letters' side of a replay: which are meant, whether their order allows it at the moment in which they are handed over, and
 * what becomes of each. While it lasts nobody edits, discards or forgets them. Safe from any thread.
 */
public final class LetterReplay implements AutoCloseable {

    private static final CrashPoint DELIVERED = new CrashPoint("deadletters.replayed");

    private final DeadLetterQueue queue;
    private final boolean parks;
    private final boolean force;
    private final Map<Long, Refusal> refused = new LinkedHashMap<>();
    private final Map<Long, LetterHead> taken = new HashMap<>();

    /**
     * A letter that may be replayed.
     *
     * @param id its number
     * @param origin who put it aside
     * @param position where its event stands in the log
     */
    @SuppressWarnings("ArrayRecordComponent") // Nobody changes or compares it.
    public record Candidate(long id, Origin origin, byte[] position) {}

    /**
     * Why a letter stays.
     *
     * @param code what kind of reason it is
     * @param message what happened
     */
    public record Refusal(String code, String message) {}

    LetterReplay(DeadLetterQueue queue, boolean parks, boolean force) {
        this.queue = requireNonNull(queue, "queue is null");
        this.parks = parks;
        this.force = force;
    }

    /**
     * Takes the letters that are meant, in an order in which those of a key stand as in the log.
     *
     * @param filter which
     * @return the letters
     */
    public List<Candidate> take(LetterFilter filter) {
        synchronized (queue) {
            queue.kept().requireCounted();
            List<LetterHead> meant =
                    queue.kept().book().all().stream().filter(filter::accepts).toList();
            return take(meant);
        }
    }

    /**
     * Takes the letters that were parked behind others which are gone by now.
     *
     * @param gone the letters that were taken before
     * @return the letters, possibly none; none that was taken before
     */
    public List<Candidate> takeFollowers(Collection<Candidate> gone) {
        synchronized (queue) {
            queue.kept().requireCounted();
            KeyBook before = new KeyBook();
            gone.forEach(letter -> before.put(taken.get(letter.id())));
            Map<Long, LetterHead> free = new LinkedHashMap<>();
            for (LetterHead head : queue.kept().book().all()) {
                if (head.isParked()
                        && !taken.containsKey(head.id())
                        && !before.meeting(head.origin(), head.key()).isEmpty()
                        && inFront(head.origin(), head, free.keySet()).isEmpty()) {
                    free.put(head.id(), head);
                }
            }
            return take(free.values());
        }
    }

    private List<Candidate> take(Collection<LetterHead> letters) {
        List<LetterHead> ordered = new ArrayList<>();
        LetterHead last = null;
        for (LetterHead head : letters) {
            if (last == null || comesBehind(head, last)) {
                ordered.add(head);
                last = head;
            } else {
                ordered.add(placeOf(head, ordered), head);
            }
            taken.put(head.id(), head);
            queue.underReplay().add(head.id());
        }
        return ordered.stream()
                .map(head ->
                        new Candidate(head.id(), head.origin(), head.place().position()))
                .toList();
    }

    private int placeOf(LetterHead head, List<LetterHead> ordered) {
        for (int i = 0; i < ordered.size(); i++) {
            LetterHead other = ordered.get(i);
            if (other.key().meets(head.key()) && comesBehind(other, head)) {
                return i;
            }
        }
        return ordered.size();
    }

    private boolean comesBehind(LetterHead later, LetterHead earlier) {
        return queue.order().isLater(later.place(), earlier.place());
    }

    /** The letters that must be in a sink before another one, but for those of a list. */
    private List<LetterHead> inFront(Origin sink, LetterHead head, Set<Long> settled) {
        return queue.kept().book().meeting(sink, head.key()).stream()
                .filter(other -> other.id() != head.id()
                        && !other.isSuperseded()
                        && !settled.contains(other.id())
                        && comesBehind(head, other))
                .toList();
    }

    /**
     * Reads the event of a letter, as it is now.
     *
     * @param id the letter's number
     * @return the event; empty when the letter is gone
     */
    public Optional<ChangeEvent> event(long id) {
        return queue.log().get(id).map(DeadLetter::event);
    }

    /**
     * Notes that a letter stays.
     *
     * @param id its number
     * @param refusal why
     */
    public void refuse(long id, Refusal refusal) {
        synchronized (queue) {
            refused.putIfAbsent(id, refusal);
        }
    }

    /**
     * Returns why a letter stays.
     *
     * @param id its number
     * @return the reason; empty when there is none so far
     */
    public Optional<Refusal> refusal(long id) {
        synchronized (queue) {
            return Optional.ofNullable(refused.get(id));
        }
    }

    /** What is to be handed over to a sink: the events, and the letters that they are of. */
    public record Claim(List<ChangeEvent> events, Set<Long> letters) {}

    /**
     * Says what is to be handed over to a sink now, and has letters that are passed by it marked before. To be asked on the
     * sink's thread, again before every try, so that nothing that was delivered meanwhile is overlooked.
     *
     * @param sink the sink's id
     * @param letters the letters in their order
     * @param made what a processor made of them; of others the event itself is delivered
     * @return the events of those that may be delivered; of the others it is known then why they are not
     */
    public Claim claim(String sink, List<Long> letters, Map<Long, List<ChangeEvent>> made) {
        synchronized (queue) {
            try {
                queue.kept().requireCounted();
                return claimed(Origin.sink(sink), letters, made);
            } catch (CheckpointException e) {
                throw queue.unstored("dead letters of sink " + sink + " cannot be replayed: ", e);
            }
        }
    }

    private Claim claimed(Origin sink, List<Long> letters, Map<Long, List<ChangeEvent>> made) {
        List<ChangeEvent> events = new ArrayList<>();
        Set<Long> claimed = new LinkedHashSet<>();
        List<LetterHead> passedBy = new ArrayList<>();
        for (long id : letters) {
            LetterHead head = queue.kept().book().head(id).orElse(null);
            if (head == null) {
                refused.putIfAbsent(id, new Refusal("DEAD_LETTER_NOT_FOUND", "it is gone meanwhile"));
                continue;
            }
            List<LetterHead> inFront = inFront(sink, head, claimed);
            Optional<Refusal> refusal = refusalOf(head, inFront);
            if (refusal.isPresent()) {
                refused.putIfAbsent(id, refusal.get());
                continue;
            }
            passedBy.addAll(inFront);
            Replay mark = head.isSuperseded() ? Replay.FORCED : Replay.IN_ORDER;
            List<ChangeEvent> own = made.containsKey(id)
                    ? made.get(id)
                    : event(id).map(List::of).orElse(List.of());
            own.forEach(event -> events.add(event.withReplay(mark)));
            claimed.add(id);
        }
        queue.supersede(passedBy);
        return new Claim(events, claimed);
    }

    private Optional<Refusal> refusalOf(LetterHead head, List<LetterHead> inFront) {
        Refusal known = refused.get(head.id());
        if (known != null) {
            return Optional.of(known);
        }
        Cause again = queue.refusedReplays().get(head.id());
        if (again != null) {
            return Optional.of(new Refusal(again.code(), "the sink refused it again: " + again.message()));
        }
        if (head.marks().truncated()) {
            return Optional.of(
                    new Refusal("DEAD_LETTER_TRUNCATED", "it was too large, and only its key was kept: discard it"));
        }
        if (force) {
            return Optional.empty();
        }
        if (head.isSuperseded()) {
            return Optional.of(new Refusal(
                    "DEAD_LETTER_SUPERSEDED",
                    "a later event of its key has been delivered, and this one would put an old version after it;"
                            + " discard it, or insist with force"));
        }
        Optional<LetterHead> obstacle = inFront.stream()
                .filter(other -> parks || refused.containsKey(other.id()) || taken.containsKey(other.id()))
                .findFirst();
        return obstacle.map(other -> new Refusal(
                "DEAD_LETTER_BEHIND",
                "dead letter " + other.id()
                        + ", an earlier event of its key, is in front of it: replay or discard that one first, or insist"
                        + " with force"));
    }

    /**
     * Forgets letters whose events every sink has acknowledged, durably; those that a sink has put aside again stay.
     *
     * @param letters the numbers
     * @param by who had asked for it
     * @return the letters that are gone
     */
    public Set<Long> settle(Collection<Long> letters, String by) {
        DELIVERED.pass();
        synchronized (queue) {
            queue.kept().requireCounted();
            List<LetterHead> done = new ArrayList<>();
            for (long id : letters) {
                Optional<LetterHead> head = queue.kept().book().head(id);
                Cause again = queue.refusedReplays().get(id);
                if (again != null) {
                    refused.putIfAbsent(id, new Refusal(again.code(), "the sink refused it again: " + again.message()));
                } else {
                    head.ifPresent(done::add);
                }
            }
            if (!done.isEmpty()) {
                try {
                    queue.remove(done, new Action(Deed.REPLAYED, by, force ? "forced" : ""));
                } catch (CheckpointException e) {
                    queue.kept().forgetCount();
                    throw e;
                }
            }
            Set<Long> ids = new HashSet<>();
            done.forEach(head -> ids.add(head.id()));
            return ids;
        }
    }

    /** Lets go of the letters. */
    @Override
    public void close() {
        synchronized (queue) {
            queue.underReplay().removeAll(taken.keySet());
            queue.refusedReplays().keySet().removeAll(taken.keySet());
        }
    }
}
