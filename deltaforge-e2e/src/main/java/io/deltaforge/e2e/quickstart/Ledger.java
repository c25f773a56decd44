package io.deltaforge.e2e.quickstart;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The oracle: which changes the shop has committed, against which ones were seen in Kafka, by identity and content.
 *
 * <ul>
 *   <li>nothing lost: every committed change is seen;
 *   <li>no phantom: what is seen was committed;
 *   <li>nothing altered: both rows of a change, all columns, are the committed ones;
 *   <li>in order: a row's versions are seen as 1, 2, 3 ..., the delete last;
 *   <li>the same end: all events applied in order give the rows that are in the tables ({@link #compareWith}).
 * </ul>
 *
 * <p>An event that is delivered again is counted and is no fault: the pipeline promises at-least-once. What is settled is
 * forgotten, so memory grows with the lag and the shop, not with time. Thread-safe.
 */
final class Ledger {
    private static final int RECENT_EVENTS = 100_000;

    private final Map<ChangeId, Change> unseen = new LinkedHashMap<>();
    private final Map<ChangeId, Change> early = new LinkedHashMap<>();
    private final Map<RowKey, ShopRow> rows = new HashMap<>();
    private final Map<String, Change> recent = new RecentEvents();
    private final Problems problems = new Problems();
    private long committed;
    private long transactions;
    private long rolledBack;
    private long found;
    private long duplicates;

    /** Notes the changes of a transaction whose commit has returned. */
    synchronized void committed(List<Change> changes) {
        transactions++;
        committed += changes.size();
        for (Change change : changes) {
            Change seen = early.remove(change.id());
            if (seen == null) {
                unseen.put(change.id(), change);
            } else {
                settle(change, seen);
            }
        }
    }

    /** Notes that a transaction was rolled back. */
    synchronized void rolledBack() {
        rolledBack++;
    }

    /** Notes an event in the order of its partition. */
    synchronized void seen(SeenEvent event) {
        Change known = recent.put(event.eventId(), event.change());
        if (known != null) {
            duplicates++;
            if (!known.equals(event.change())) {
                problems.add(event.eventId() + " was delivered again with another content: "
                        + event.change().id());
            }
            return;
        }
        Change change = event.change();
        apply(change);
        Change expected = unseen.remove(change.id());
        if (expected != null) {
            settle(expected, change);
        } else if (early.put(change.id(), change) != null) {
            problems.add("two different events for " + change.id());
        }
    }

    /** Notes a record that is no event of the shop. */
    synchronized void malformed(String problem) {
        problems.add(problem);
    }

    /** Returns how many committed changes have not been seen yet. */
    synchronized long outstanding() {
        return unseen.size();
    }

    synchronized long committedChanges() {
        return committed;
    }

    synchronized long foundChanges() {
        return found;
    }

    /** Compares the fold of all events with the rows of the tables, at rest. */
    synchronized void compareWith(Collection<ShopRow> tables) {
        Map<RowKey, ShopRow> left = new HashMap<>(rows);
        for (ShopRow row : tables) {
            ShopRow folded = left.remove(row.key());
            if (!row.equals(folded)) {
                problems.add("the table has " + row + ", the topic folds to " + folded);
            }
        }
        left.values().forEach(row -> problems.add("the topic folds to " + row + ", which the table does not have"));
    }

    /** Returns what is to be said about everything so far. */
    synchronized Verdict verdict() {
        List<String> missing = unseen.keySet().stream().map(ChangeId::toString).toList();
        List<String> unknown = early.keySet().stream().map(ChangeId::toString).toList();
        return new Verdict(
                new Verdict.Counts(committed, transactions, rolledBack, found, duplicates, rows.size()),
                missing,
                unknown,
                problems.first(),
                problems.count());
    }

    private void settle(Change expected, Change seen) {
        found++;
        if (!expected.equals(seen)) {
            problems.add("committed was " + expected + ", seen was " + seen);
        }
    }

    private void apply(Change change) {
        RowKey key = change.row().key();
        ShopRow last = change.op() == Op.DELETE ? rows.remove(key) : rows.put(key, change.after());
        boolean follows =
                switch (change.op()) {
                    case CREATE -> last == null && change.row().version() == 1;
                    case UPDATE -> last != null && change.row().version() == last.version() + 1;
                    case DELETE -> last != null && change.row().version() == last.version();
                };
        if (!follows) {
            problems.add(change.id() + " came after " + (last == null ? "no row" : "version=" + last.version()));
        }
    }

    /** The first problems in words, and how many there are. */
    private static final class Problems {
        private static final int KEPT = 20;

        private final List<String> first = new ArrayList<>();
        private long count;

        void add(String problem) {
            count++;
            if (first.size() < KEPT) {
                first.add(problem);
            }
        }

        List<String> first() {
            return List.copyOf(first);
        }

        long count() {
            return count;
        }
    }

    /** Enough to recognise what a restarted pipeline delivers again. */
    private static final class RecentEvents extends LinkedHashMap<String, Change> {
        private static final long serialVersionUID = 1L;

        @Override
        protected boolean removeEldestEntry(Map.Entry<String, Change> eldest) {
            return size() > RECENT_EVENTS;
        }
    }
}
