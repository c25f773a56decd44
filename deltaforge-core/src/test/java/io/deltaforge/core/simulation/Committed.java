package io.deltaforge.core.simulation;

import io.deltaforge.core.support.Log;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Everything that was committed in the simulated database, in order. Safe from any thread. */
final class Committed {

    /** One event: what it is called, and the id that the engine gives it. */
    record Event(String name, long idHigh, long idLow) {}

    private final List<Event> events = new ArrayList<>();
    private final Map<String, Integer> places = new HashMap<>();
    /** How many events there are up to each transaction. */
    private final List<Integer> ends = new ArrayList<>(List.of(0));

    /** Adds a transaction, before it can be read. */
    synchronized void add(int size) {
        Log.Tx tx = new Log.Tx(ends.size());
        for (int i = 0; i < size; i++) {
            var event = Log.insert(tx, i);
            String name = Log.name(event) + (i == size - 1 ? "!" : "");
            places.put(name, events.size());
            events.add(new Event(name, event.idHigh(), event.idLow()));
        }
        ends.add(events.size());
    }

    synchronized int size() {
        return events.size();
    }

    synchronized Event at(int place) {
        return events.get(place);
    }

    synchronized List<String> namesFrom(int place) {
        return events.subList(place, events.size()).stream().map(Event::name).toList();
    }

    /** The place of an event; -1 if it was never committed. */
    synchronized int placeOf(String name) {
        return places.getOrDefault(name, -1);
    }

    /** How many events a position covers. */
    synchronized int upTo(Log.Position position) {
        int transaction = (int) position.transaction();
        int end = ends.get(transaction);
        boolean whole = position.equals(Log.end(transaction));
        return whole ? end : ends.get(transaction - 1) + (int) position.ordinal() + 1;
    }
}
