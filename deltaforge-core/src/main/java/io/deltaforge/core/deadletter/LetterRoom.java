package io.deltaforge.core.deadletter;

import io.deltaforge.api.error.DeliveryException;
import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.event.ChangeEvent;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.UUID;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Keeps the letters within their bounds, how many and how old, and says what becomes of an event when there is no room. Letters
 * that somebody replays are never forgotten for it. Guarded by its queue's lock; blocks where it forgets a letter.
 */
final class LetterRoom {

    private static final Logger LOG = LoggerFactory.getLogger(DeadLetterQueue.class);

    private final String pipeline;
    private final KeptLetters kept;
    private final DeadLetterLimits limits;
    private final DeadLetterMetrics metrics;
    private final Set<Long> underReplay = new HashSet<>();

    LetterRoom(String pipeline, KeptLetters kept, DeadLetterLimits limits, DeadLetterMetrics metrics) {
        this.pipeline = pipeline;
        this.kept = kept;
        this.limits = limits;
        this.metrics = metrics;
    }

    /** The letters that somebody replays at the moment. */
    Set<Long> underReplay() {
        return underReplay;
    }

    /**
     * Makes room for one more letter, in the way that the limits ask for.
     *
     * @param ahead how many letters are about to be added before it
     * @return whether there is room now; if not, the event is lost, and that was said
     * @throws DeliveryException {@code RETRIABLE} while there is none and whoever has the event is to wait
     */
    boolean make(Origin origin, ChangeEvent event, DeliveryException failure, int ahead) {
        while (kept.book().size() + ahead >= limits.maxEntries()) {
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
                DeadLetterQueue.name(event),
                limits.overflow().configName(),
                kept.book().size() + ahead,
                failure.reason(),
                failure.getMessage());
        return false;
    }

    private DeliveryException full(Origin origin, ChangeEvent event, DeliveryException failure) {
        return new DeliveryException(
                ErrorKind.RETRIABLE,
                DeadLetterQueue.FULL,
                DeadLetterQueue.name(event) + " cannot be delivered to " + origin + " (" + failure.reason() + ": "
                        + failure.getMessage() + "), and there are "
                        + kept.book().size() + " dead letters, as many as journal.dlq.max_entries allows",
                "look at them (deltaforge dlq ls), mend what makes them, and replay or discard them, or restart with a"
                        + " higher journal.dlq.max_entries; it goes on by itself once there is room",
                null);
    }

    /** Returns whether there is room for another letter, which may come with time. */
    boolean isThere(Instant now) {
        forgetOld(now);
        // A replay makes room, and needs the sink for it.
        return !underReplay.isEmpty() || kept.book().size() < limits.maxEntries();
    }

    /** Forgets letters that are too old. */
    void forgetOld(Instant now) {
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
        return kept.book().all().stream()
                .filter(letter -> !underReplay.contains(letter.id()))
                .findFirst();
    }

    private boolean evictOldest() {
        Optional<LetterHead> oldest = oldest();
        oldest.ifPresent(letter -> {
            kept.remove(List.of(letter));
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
}
