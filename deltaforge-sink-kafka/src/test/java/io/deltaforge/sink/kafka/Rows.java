package io.deltaforge.sink.kafka;

import static org.assertj.core.api.Assertions.assertThat;

import io.deltaforge.api.event.ChangeEvent;
import io.deltaforge.api.event.EventBatch;
import io.deltaforge.api.event.EventId;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.UUID;

/** What a topic must hold after the delivery of batches, row by row: identities, contents and order. */
record Rows(TopicLog topic, List<EventBatch> batches) {

    /** Batches that change the same rows, one after another. */
    static List<EventBatch> batches(int from, int to, int rows) {
        return batches(from, to, rows, "");
    }

    /** The same, with something behind the note of every row. */
    static List<EventBatch> batches(int from, int to, int rows, String ballast) {
        List<EventBatch> batches = new ArrayList<>();
        for (int sequence = from; sequence <= to; sequence++) {
            batches.add(Changes.batchOver(sequence, rows, "note " + sequence + ballast));
        }
        return batches;
    }

    private Map<String, List<ChangeEvent>> wanted() {
        Map<String, List<ChangeEvent>> byKey = new LinkedHashMap<>();
        batches.forEach(batch -> batch.events()
                .forEach(event -> byKey.computeIfAbsent(event.after().value(0).toString(), key -> new ArrayList<>())
                        .add(event)));
        return byKey;
    }

    /** Each change once, in the order of its row. */
    void assertEachOnce() {
        Map<String, List<TopicLog.Entry>> byKey = topic.readByKey();
        Map<String, List<ChangeEvent>> wanted = wanted();
        assertThat(byKey.keySet()).isEqualTo(wanted.keySet());
        byKey.forEach((key, entries) -> {
            assertThat(entries)
                    .extracting(TopicLog.Entry::id)
                    .isEqualTo(wanted.get(key).stream().map(EventId::of).toList());
            assertThat(entries)
                    .extracting(TopicLog.Entry::value)
                    .isEqualTo(wanted.get(key).stream().map(StubContext::value).toList());
        });
    }

    /** Each change at least once; after a resend each row may go back, but never skips a change. */
    void assertEachRowOnlyRewinds() {
        Map<String, List<TopicLog.Entry>> byKey = topic.readByKey();
        Map<String, List<ChangeEvent>> wanted = wanted();
        assertThat(byKey.keySet()).isEqualTo(wanted.keySet());
        byKey.forEach((key, entries) -> {
            List<UUID> order = wanted.get(key).stream().map(EventId::of).toList();
            List<UUID> found = entries.stream().map(TopicLog.Entry::id).toList();
            assertThat(order).containsAll(found);
            assertThat(found.get(0)).isEqualTo(order.get(0));
            for (int i = 1; i < found.size(); i++) {
                assertThat(order.indexOf(found.get(i)))
                        .as("change %d of row %s in %s", i, key, found)
                        .isLessThanOrEqualTo(order.indexOf(found.get(i - 1)) + 1);
            }
            assertThat(found.get(found.size() - 1)).isEqualTo(order.get(order.size() - 1));
        });
    }

    /** What the kind of sink promises. */
    void assertHold(boolean exactlyOnce) {
        if (exactlyOnce) {
            assertEachOnce();
        } else {
            assertEachRowOnlyRewinds();
        }
    }
}
