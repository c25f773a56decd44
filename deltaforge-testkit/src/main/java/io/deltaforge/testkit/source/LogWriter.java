package io.deltaforge.testkit.source;

import io.deltaforge.api.event.ChangeEvent;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;

/** Makes random changes that fit what the tables hold, and remembers what they hold. Not thread-safe. */
final class LogWriter {

    /** Commits changes in the database. */
    @FunctionalInterface
    interface Commit {
        void commit(List<RowChange> changes) throws Exception;
    }

    /** Commits what the source does not hand over. */
    @FunctionalInterface
    interface CommitUncaptured {
        void commit() throws Exception;
    }

    private static final int ROWS = 6;

    private final Random random;
    private final Commit database;
    private final CommitUncaptured elsewhere;
    private final Map<String, String> rows = new HashMap<>();
    private int notes;

    LogWriter(Random random, Commit database, CommitUncaptured elsewhere) {
        this.random = random;
        this.database = database;
        this.elsewhere = elsewhere;
    }

    void commit(List<RowChange> changes) throws Exception {
        changes.forEach(this::remember);
        database.commit(changes);
    }

    /** Commits random transactions, some of which are not captured; returns all captured changes in order. */
    List<RowChange> commitMany(int transactions) throws Exception {
        List<RowChange> all = new ArrayList<>();
        for (int i = 0; i < transactions; i++) {
            if (random.nextInt(5) == 0) {
                elsewhere.commit();
            }
            List<RowChange> changes = new ArrayList<>();
            for (int left = 1 + random.nextInt(5); left > 0; left--) {
                RowChange change = next();
                remember(change);
                changes.add(change);
            }
            database.commit(changes);
            all.addAll(changes);
        }
        return all;
    }

    private RowChange next() {
        String table = SourceConformanceTest.TABLES.get(random.nextInt(SourceConformanceTest.TABLES.size()));
        long id = random.nextInt(ROWS);
        String note = "note " + ++notes + " \u00fc\u6771\"\\" + "x".repeat(random.nextInt(40));
        if (!rows.containsKey(table + "/" + id)) {
            return RowChange.create(table, id, note);
        }
        return random.nextInt(3) == 0 ? RowChange.delete(table, id) : RowChange.update(table, id, note);
    }

    private void remember(RowChange change) {
        String row = change.table() + "/" + change.id();
        if (change.note() == null) {
            rows.remove(row);
        } else {
            rows.put(row, change.note());
        }
    }

    /** What the tables hold now: notes by table and key. */
    Map<String, String> rows() {
        return new HashMap<>(rows);
    }

    static String rowOf(ChangeEvent event) {
        return event.table().table() + "/" + event.identity().orElseThrow().value(0);
    }

    static String noteOf(ChangeEvent event) {
        return (String) event.after().value(1);
    }
}
