package io.deltaforge.core.deadletter;

import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.core.deadletter.EventKey.Table;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * Knows in memory which letters there are, of which events and of which keys. Not thread-safe: guarded by its queue's lock.
 */
final class KeyBook {

    /** The letters of one table by what they are about. */
    private static final class Shelf {
        private final Map<String, TreeSet<Long>> byKey = new HashMap<>();
        private final TreeSet<Long> wholeTable = new TreeSet<>();
        private final TreeSet<Long> all = new TreeSet<>();
    }

    private final TreeMap<Long, LetterHead> heads = new TreeMap<>();
    private final Map<Table, Shelf> shelves = new HashMap<>();
    private final Map<Origin, Integer> counts = new HashMap<>();

    void clear() {
        heads.clear();
        shelves.clear();
        counts.clear();
    }

    int size() {
        return heads.size();
    }

    /** Adds a letter, or notes what is new about it. */
    void put(LetterHead head) {
        if (heads.put(head.id(), head) != null) {
            return;
        }
        counts.merge(head.origin(), 1, Integer::sum);
        Shelf shelf = shelves.computeIfAbsent(head.key().table(), table -> new Shelf());
        shelf.all.add(head.id());
        if (head.key().isWholeTable()) {
            shelf.wholeTable.add(head.id());
        } else {
            shelf.byKey
                    .computeIfAbsent(head.key().key(), key -> new TreeSet<>())
                    .add(head.id());
            if (head.key().old() != null) {
                shelf.byKey
                        .computeIfAbsent(head.key().old(), key -> new TreeSet<>())
                        .add(head.id());
            }
        }
    }

    void remove(long id) {
        LetterHead head = heads.remove(id);
        if (head == null) {
            return;
        }
        counts.merge(head.origin(), -1, (had, less) -> had + less == 0 ? null : had + less);
        Shelf shelf = shelves.get(head.key().table());
        shelf.all.remove(id);
        shelf.wholeTable.remove(id);
        forget(shelf, head.key().key(), id);
        forget(shelf, head.key().old(), id);
        if (shelf.all.isEmpty()) {
            shelves.remove(head.key().table());
        }
    }

    private static void forget(Shelf shelf, String key, long id) {
        TreeSet<Long> ids = key == null ? null : shelf.byKey.get(key);
        if (ids != null) {
            ids.remove(id);
            if (ids.isEmpty()) {
                shelf.byKey.remove(key);
            }
        }
    }

    Optional<LetterHead> head(long id) {
        return Optional.ofNullable(heads.get(id));
    }

    /** Every letter, oldest first. */
    Collection<LetterHead> all() {
        return heads.values();
    }

    /** Whether something is missing in a sink. */
    boolean concerns(Origin sink) {
        return counts.keySet().stream()
                .anyMatch(origin -> origin.equals(sink) || origin.stage() == Origin.Stage.PROCESSOR);
    }

    boolean knows(Table table) {
        return shelves.containsKey(table);
    }

    /** The letters that are about the same as an event and missing in a sink, oldest first. */
    List<LetterHead> meeting(Origin sink, EventKey key) {
        Shelf shelf = shelves.get(key.table());
        if (shelf == null || !isOn(shelf, key)) {
            return List.of();
        }
        TreeSet<Long> ids = new TreeSet<>();
        if (key.isWholeTable()) {
            ids.addAll(shelf.all);
        } else {
            ids.addAll(shelf.wholeTable);
            ids.addAll(shelf.byKey.getOrDefault(key.key(), new TreeSet<>()));
            if (key.old() != null) {
                ids.addAll(shelf.byKey.getOrDefault(key.old(), new TreeSet<>()));
            }
        }
        List<LetterHead> meeting = new ArrayList<>();
        for (long id : ids) {
            LetterHead head = heads.get(id);
            if (head.concerns(sink)) {
                meeting.add(head);
            }
        }
        return meeting;
    }

    /** Most keys of a table have no letter: so this is quick. */
    private static boolean isOn(Shelf shelf, EventKey key) {
        return key.isWholeTable()
                || !shelf.wholeTable.isEmpty()
                || shelf.byKey.containsKey(key.key())
                || key.old() != null && shelf.byKey.containsKey(key.old());
    }

    /** Whether one of these letters is that of an event. */
    static boolean containsLetterOf(ChangeEvent event, List<LetterHead> letters) {
        for (LetterHead letter : letters) {
            if (letter.isOf(event)) {
                return true;
            }
        }
        return false;
    }
}
