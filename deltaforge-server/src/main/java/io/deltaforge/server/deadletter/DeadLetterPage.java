package io.deltaforge.server.deadletter;

import java.util.Map;
import java.util.Optional;

/** What can be asked about the dead letters of one pipeline; answers are as {@link io.deltaforge.server.json.JsonValue} takes them. */
public interface DeadLetterPage {

    /**
     * Lists dead letters in the order in which they came.
     *
     * @param which which of them
     * @param after only those with higher numbers
     * @param limit how many at most
     * @return {@code pipeline}, {@code dead_letters}, and {@code next}: the number to go on after, null when there are no more
     */
    Map<String, Object> list(LetterQuery which, long after, int limit);

    /**
     * Counts dead letters.
     *
     * @return {@code pipeline}, {@code count}, and {@code sinks}: the numbers by sink
     */
    Map<String, Object> count();

    /**
     * Shows one dead letter.
     *
     * @param id its number
     * @return what the list shows of it, and {@code event}; empty when there is none
     */
    Optional<Map<String, Object>> show(long id);

    /**
     * What became of a replay so far.
     *
     * @param isDone whether it has ended
     * @param page {@code pipeline}, {@code pending}, {@code replayed}: how many, {@code results}: what became of each
     */
    record Replayed(boolean isDone, Map<String, Object> page) {}

    /**
     * Delivers dead letters after all. Waits for a bounded time.
     *
     * @param which which of them
     * @param after new values of columns of the row after, of the one letter that is named; empty for none
     * @param force whether an old version may come after a newer one
     * @param by who asks for it
     * @return what became of them
     */
    Replayed replay(LetterQuery which, Map<String, Object> after, boolean force, String by);

    /**
     * Gives dead letters up.
     *
     * @param which which of them
     * @param by who says so
     * @param reason why
     * @return {@code pipeline}, {@code discarded}: how many, {@code ids}: their numbers
     */
    Map<String, Object> discard(LetterQuery which, String by, String reason);

    /**
     * Changes the row after of one dead letter.
     *
     * @param id its number
     * @param after new values by column
     * @param by who says so
     * @return what {@link #show} gives, changed
     */
    Map<String, Object> edit(long id, Map<String, Object> after, String by);

    /**
     * Lists what was done to dead letters, the latest first.
     *
     * @return {@code pipeline}, {@code history}
     */
    Map<String, Object> history();
}
