package io.deltaforge.server.deadletter;

import java.util.Map;
import java.util.Optional;

/** What can be asked about the dead letters of one pipeline; answers are as {@link io.deltaforge.server.json.JsonValue} takes them. */
public interface DeadLetterPage {

    /**
     * Lists dead letters in the order in which they came.
     *
     * @param sink whose; {@code processor/ID} for those of a processor, empty for all
     * @param after only those with higher numbers
     * @param limit how many at most
     * @return {@code pipeline}, {@code dead_letters}, and {@code next}: the number to go on after, null when there are no more
     */
    Map<String, Object> list(Optional<String> sink, long after, int limit);

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
}
