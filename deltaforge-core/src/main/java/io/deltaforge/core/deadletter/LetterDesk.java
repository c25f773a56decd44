package io.deltaforge.core.deadletter;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.error.CheckpointException;
import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.Row;
import io.deltaforge.api.event.RowValues;
import io.deltaforge.api.metrics.MetricScope;
import io.deltaforge.core.deadletter.DeadLetter.Edit;
import io.deltaforge.core.deadletter.LetterHistory.Action;
import io.deltaforge.core.deadletter.LetterHistory.Deed;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * What people do to letters, besides replaying them. Safe from any thread; every method blocks and throws a {@link
 * CheckpointException} when the storage fails. What is done is one line of the log and one entry of the history.
 */
public final class LetterDesk {

    private static final int MOST_EDITS = 20;

    private final DeadLetterQueue queue;

    LetterDesk(DeadLetterQueue queue) {
        this.queue = requireNonNull(queue, "queue is null");
    }

    /**
     * Makes a desk for the letters of a pipeline that puts none aside at the moment; does no I/O.
     *
     * @param pipeline the pipeline's name
     * @param log its letters
     * @return the desk
     */
    public static LetterDesk of(String pipeline, DeadLetterLog log) {
        return new DeadLetterQueue(pipeline, log, DeadLetterLimits.DEFAULT, MetricScope.none(), InstantSource.system())
                .desk();
    }

    /**
     * Gives letters up, for good. Letters that are being replayed stay.
     *
     * @param filter which
     * @param by who says so
     * @param reason why
     * @return the numbers of the letters that are gone
     */
    public List<Long> discard(LetterFilter filter, String by, String reason) {
        return discard(filter::accepts, new Action(Deed.DISCARDED, by, reason));
    }

    /**
     * Gives up every letter up to one.
     *
     * @param upTo the highest number
     * @param by who says so
     * @return how many are gone
     */
    public int acknowledge(long upTo, String by) {
        return discard(head -> head.id() <= upTo, new Action(Deed.DISCARDED, by, "acknowledged up to " + upTo))
                .size();
    }

    private List<Long> discard(Predicate<LetterHead> which, Action action) {
        return locked(() -> {
            List<LetterHead> gone = queue.kept().book().all().stream()
                    .filter(which)
                    .filter(head -> !queue.underReplay().contains(head.id()))
                    .toList();
            if (!gone.isEmpty()) {
                queue.remove(gone, action);
            }
            return gone.stream().map(LetterHead::id).toList();
        });
    }

    /**
     * Changes the row after in the event of a letter, and notes who did it.
     *
     * @param id the letter's number
     * @param after the new values by column, as the envelope native has them; other columns stay as they are
     * @param by who says so
     * @return the changed letter
     * @throws LetterRefusal when there is no such letter, when it is being replayed, or naming a column and what was expected
     */
    public DeadLetter edit(long id, Map<String, Object> after, String by) {
        return locked(() -> {
            DeadLetter letter = queue.log().get(id).orElseThrow(() -> noSuch(queue.pipeline(), id));
            if (queue.underReplay().contains(id)) {
                throw new LetterRefusal(
                        "DEAD_LETTER_UNDER_REPLAY",
                        "dead letter " + id + " is being replayed",
                        "wait until it is delivered, or put aside again");
            }
            ChangeEvent event = edited(letter, after);
            List<Edit> edits = new ArrayList<>(letter.state().edits());
            edits.add(new Edit(queue.now(), by, List.copyOf(after.keySet())));
            List<Edit> kept = edits.subList(Math.max(0, edits.size() - MOST_EDITS), edits.size());
            LetterHead head = queue.kept().book().head(id).orElseThrow(() -> noSuch(queue.pipeline(), id));
            queue.edited(
                    head,
                    LetterFormat.encode(
                            letter.origin(), event, letter.cause(), letter.tries(), letter.truncated(), kept),
                    new Action(Deed.EDITED, by, "columns " + String.join(", ", after.keySet())));
            return queue.log().get(id).orElseThrow(() -> noSuch(queue.pipeline(), id));
        });
    }

    private static ChangeEvent edited(DeadLetter letter, Map<String, Object> after) {
        ChangeEvent event = letter.event();
        if (event.after() == null) {
            throw new LetterRefusal(
                    ColumnEdit.INVALID,
                    "dead letter " + letter.id() + " is of operation '"
                            + event.operation().code() + "', which has no row after that could be changed",
                    null);
        }
        if (letter.truncated()) {
            throw new LetterRefusal(
                    "DEAD_LETTER_TRUNCATED",
                    "dead letter " + letter.id() + " was too large, and only its key was kept",
                    "discard it; take the row from the database");
        }
        Row row = RowValues.copyOf(event.after());
        for (Map.Entry<String, Object> each : after.entrySet()) {
            row = ColumnEdit.apply(row, each.getKey(), each.getValue());
        }
        return event.withRows(event.before(), row);
    }

    private static LetterRefusal noSuch(String pipeline, long id) {
        return new LetterRefusal("DEAD_LETTER_NOT_FOUND", "pipeline '" + pipeline + "' has no dead letter " + id, null);
    }

    /**
     * Returns what was done to letters, the latest first.
     *
     * @return the last deeds
     */
    public List<LetterHistory.Entry> history() {
        return queue.log().history().read();
    }

    private <T> T locked(Supplier<T> step) {
        synchronized (queue) {
            queue.kept().requireCounted();
            try {
                return step.get();
            } catch (CheckpointException e) {
                queue.kept().forgetCount();
                throw e;
            }
        }
    }
}
