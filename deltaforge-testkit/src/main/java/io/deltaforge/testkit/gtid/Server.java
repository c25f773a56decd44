package io.deltaforge.testkit.gtid;

import io.deltaforge.testkit.source.RowChange;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/** One server: its rows, its log in its own order, and what it executed. Guarded by its database. */
final class Server {

    private final String name;
    private final List<LoggedTransaction> log = new ArrayList<>();
    private final Map<String, TreeMap<Long, String>> tables = new TreeMap<>();
    private final Set<Gtid> purged = new HashSet<>();
    private GtidSet executed = GtidSet.EMPTY;
    private int committed;

    Server(String name) {
        this.name = name;
    }

    String name() {
        return name;
    }

    GtidSet executed() {
        return executed;
    }

    /** The log in this server's order, without what was purged. */
    List<LoggedTransaction> log() {
        return log;
    }

    LoggedTransaction commit(List<RowChange> changes) {
        LoggedTransaction transaction = new LoggedTransaction(new Gtid(name, ++committed), List.copyOf(changes));
        apply(transaction);
        return transaction;
    }

    void apply(LoggedTransaction transaction) {
        if (executed.contains(transaction.gtid())) {
            return;
        }
        for (RowChange change : transaction.changes()) {
            TreeMap<Long, String> rows = tables.computeIfAbsent(change.table(), any -> new TreeMap<>());
            if (change.note() == null) {
                rows.remove(change.id());
            } else {
                rows.put(change.id(), change.note());
            }
        }
        executed = executed.with(transaction.gtid());
        log.add(transaction);
    }

    /** Begins as a copy of another server, rows, log and gaps in the log included. */
    void copy(Server other) {
        log.addAll(other.log);
        other.tables.forEach((table, rows) -> tables.put(table, new TreeMap<>(rows)));
        purged.addAll(other.purged);
        executed = other.executed;
    }

    void purge(GtidSet upTo) {
        for (LoggedTransaction transaction : log) {
            if (upTo.contains(transaction.gtid())) {
                purged.add(transaction.gtid());
            }
        }
        log.removeIf(transaction -> upTo.contains(transaction.gtid()));
    }

    /** Whether everything that is not in a set is still in the log. */
    boolean hasAllBehind(GtidSet position) {
        return purged.stream().allMatch(position::contains);
    }

    Map<String, Map<Long, String>> copyOfTables() {
        Map<String, Map<Long, String>> copy = new TreeMap<>();
        tables.forEach((table, rows) -> copy.put(table, new TreeMap<>(rows)));
        return copy;
    }
}
