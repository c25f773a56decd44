package io.deltaforge.e2e.oracle;

import io.deltaforge.e2e.workload.Item;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/** Folds the first copies of events into rows, and checks that every key's versions are 1, 2, 3 and so on. */
final class KeyOrder {

    private final Map<Long, Item> rows = new HashMap<>();
    private final Map<Long, Long> versions = new HashMap<>();

    Optional<String> add(Delivered event) {
        long expected = versions.merge(event.id(), 1L, Long::sum);
        boolean alive = rows.containsKey(event.id());
        if (event.op() == 'd') {
            rows.remove(event.id());
        } else {
            rows.put(event.id(), event.item());
        }
        if (alive == (event.op() == 'c')) {
            return Optional.of("key " + event.id() + " gets op " + event.op() + " as change " + expected + " and "
                    + (alive ? "has" : "has no") + " row");
        }
        if (event.op() != 'd' && event.version() != expected) {
            versions.put(event.id(), event.version());
            return Optional.of("key " + event.id() + " goes to version " + event.version() + " and " + expected
                    + " was next, at " + event.record().topic() + "-"
                    + event.record().partition() + " offset "
                    + event.record().offset());
        }
        return Optional.empty();
    }

    Map<Long, Item> rows() {
        return rows;
    }
}
