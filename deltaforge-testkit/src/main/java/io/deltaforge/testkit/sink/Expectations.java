package io.deltaforge.testkit.sink;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventId;
import io.deltaforge.testkit.check.Rewinds;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.UUID;

/** What a target must look like after deliveries: every event, in order, and after a failure a rewind at most. */
final class Expectations {

    private Expectations() {}

    static List<UUID> ids(List<ChangeEvent> events) {
        return events.stream().map(EventId::of).toList();
    }

    /** Every event once and in order; order counts within one row unless the target keeps one order of all. */
    static void assertDelivered(List<ChangeEvent> expected, List<StoredEvent> stored, boolean totalOrder) {
        Set<UUID> missing = new LinkedHashSet<>(ids(expected));
        stored.forEach(event -> missing.remove(event.id()));
        assertThat(missing).as("events that are missing in the target").isEmpty();
        Set<UUID> once = new HashSet<>();
        assertThat(stored.stream().map(StoredEvent::id).filter(id -> !once.add(id)))
                .as("events that are in the target more than once")
                .isEmpty();
        assertRewindsOnly(expected, stored, totalOrder);
    }

    /**
     * Every event at least once; what follows an event is the next one, or an earlier one from which all is repeated:
     * nothing is overtaken.
     */
    static void assertRewindsOnly(List<ChangeEvent> expected, List<StoredEvent> stored, boolean totalOrder) {
        Map<UUID, Object> group = new HashMap<>();
        Map<Object, List<UUID>> wanted = new LinkedHashMap<>();
        for (ChangeEvent event : expected) {
            Object key = totalOrder ? "all" : rowOf(event);
            group.put(EventId.of(event), key);
            wanted.computeIfAbsent(key, any -> new ArrayList<>()).add(EventId.of(event));
        }
        Map<Object, List<UUID>> found = new HashMap<>();
        for (StoredEvent event : stored) {
            if (!group.containsKey(event.id())) {
                throw new AssertionError("event " + event.id() + " is in the target and was never delivered");
            }
            found.computeIfAbsent(group.get(event.id()), any -> new ArrayList<>())
                    .add(event.id());
        }
        wanted.forEach((key, ids) -> Rewinds.assertRewindsOnly(
                "the target, looking at " + key + ",", ids, found.getOrDefault(key, List.of())));
    }

    private static Object rowOf(ChangeEvent event) {
        Object key = event.identity().map(row -> row.value(0)).orElse("all rows");
        return event.table() + "/" + key;
    }

    /** All copies of an event are the same, byte by byte. */
    static void assertCopiesAreEqual(List<StoredEvent> stored) {
        Map<UUID, StoredEvent> first = new HashMap<>();
        for (StoredEvent event : stored) {
            StoredEvent earlier = first.putIfAbsent(event.id(), event);
            if (earlier != null) {
                assertThat(event.payload())
                        .as("second copy of event %s", event.id())
                        .isEqualTo(earlier.payload());
            }
        }
    }
}
