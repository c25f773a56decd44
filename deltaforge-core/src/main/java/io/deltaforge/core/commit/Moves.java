package io.deltaforge.core.commit;

import io.deltaforge.api.event.SourcePosition;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;

/**
 * How far sinks have come since that was saved last. Not thread-safe.
 *
 * @param acknowledged by sink: what it holds
 * @param spooled by sink: how far the spool has, for good, what it does not hold
 */
record Moves(Map<String, Progress> acknowledged, Map<String, SourcePosition> spooled) {

    /**
     * How far one sink has come.
     *
     * @param sequence the number of the last batch that it holds; 0 when that is of an earlier run
     * @param end the end of that batch
     */
    record Progress(long sequence, SourcePosition end) {}

    static Moves none() {
        return new Moves(new HashMap<>(), new HashMap<>());
    }

    /** Takes everything out of another one. */
    void take(Moves newer) {
        acknowledged.putAll(newer.acknowledged);
        spooled.putAll(newer.spooled);
        newer.clear();
    }

    void remove(String sink) {
        acknowledged.remove(sink);
        spooled.remove(sink);
    }

    void retain(Set<String> sinks) {
        acknowledged.keySet().retainAll(sinks);
        spooled.keySet().retainAll(sinks);
    }

    boolean isEmpty() {
        return acknowledged.isEmpty() && spooled.isEmpty();
    }

    void clear() {
        acknowledged.clear();
        spooled.clear();
    }

    /** The positions that the sinks hold. */
    Map<String, SourcePosition> cursors() {
        Map<String, SourcePosition> cursors = new HashMap<>();
        acknowledged.forEach((sink, progress) -> cursors.put(sink, progress.end()));
        return cursors;
    }
}
