package io.deltaforge.testkit.gtid;

import static java.util.Objects.requireNonNull;

import io.deltaforge.api.error.ErrorKind;
import io.deltaforge.api.error.SourceException;
import io.deltaforge.api.event.SourcePosition;
import io.deltaforge.testkit.source.RowChange;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * A fake database of several servers that replicate to one another. Clients commit on, and sources read from, the current
 * server; {@link #failOver} makes another one current, which cuts every source's connection. Thread-safe.
 */
public final class PartialOrderDatabase {

    private final String name;
    private final Map<String, Server> servers = new LinkedHashMap<>();
    private Server current;
    private boolean replicating;
    private int connection;
    private Object owner;
    private Snapshot snapshot;
    private GtidPosition oldest;
    private int snapshots;

    PartialOrderDatabase(String name) {
        this.name = name;
        clear();
    }

    /** Begins anew: one server, {@code a}, without rows or log, and nobody attached. */
    public synchronized void clear() {
        servers.clear();
        current = new Server("a");
        servers.put("a", current);
        replicating = true;
        connection++;
        loseLog();
    }

    /**
     * Commits a transaction on the current server.
     *
     * @param changes the changes in order; none for a transaction that touches nothing that is captured
     * @return the transaction's name
     */
    public synchronized String commit(List<RowChange> changes) {
        LoggedTransaction transaction = current.commit(changes);
        if (replicating) {
            servers.values().forEach(server -> server.apply(transaction));
        }
        return transaction.gtid().toString();
    }

    /**
     * Returns from where the log is still there.
     *
     * @return the position, or empty when nobody is attached
     */
    public synchronized Optional<SourcePosition> oldest() {
        return Optional.ofNullable(oldest);
    }

    /**
     * Commits a transaction on a server that is not current, and which the others do not learn of: what a server does that
     * was cut off.
     *
     * @param server the server
     * @param changes the changes in order
     */
    public synchronized void commitApart(String server, List<RowChange> changes) {
        servers.get(requireNonNull(server, "server is null")).commit(changes);
    }

    /**
     * Adds a server with everything that the current one has.
     *
     * @param server its name
     */
    public synchronized void addServer(String server) {
        Server added = new Server(server);
        added.copy(current);
        servers.put(server, added);
    }

    /** Stops replication: from now on servers diverge. */
    public synchronized void stopReplication() {
        replicating = false;
    }

    /**
     * Makes another server current and cuts all connections.
     *
     * @param server its name
     */
    public synchronized void failOver(String server) {
        current = requireNonNull(servers.get(server), "no such server");
        connection++;
    }

    /** Cuts the connection of every source. */
    public synchronized void cutConnections() {
        connection++;
    }

    /** Forgets that anybody attached, so that nothing holds the log. */
    public synchronized void loseLog() {
        snapshot = null;
        oldest = null;
        owner = null;
    }

    /**
     * Returns the rows of the current server.
     *
     * @return notes by table and key
     */
    public synchronized Map<String, String> rows() {
        Map<String, String> rows = new LinkedHashMap<>();
        current.copyOfTables()
                .forEach((table, notes) -> notes.forEach((key, note) -> rows.put(table + "/" + key, note)));
        return rows;
    }

    /**
     * Returns a position behind everything that a server has executed.
     *
     * @param server the server's name
     * @return the position
     */
    public synchronized SourcePosition endOf(String server) {
        return GtidPosition.InLog.after(
                snapshotId(),
                requireNonNull(servers.get(server), "no such server").executed());
    }

    private String snapshotId() {
        return oldest == null ? "" : oldest.snapshot();
    }

    String name() {
        return name;
    }

    synchronized int connect(Object source) {
        if (owner != null && owner != source) {
            throw new SourceException(ErrorKind.STANDBY, "BUSY", "another source reads " + name, null);
        }
        owner = source;
        return connection;
    }

    synchronized void disconnect(Object source) {
        if (owner == source) {
            owner = null;
        }
    }

    synchronized GtidPosition attach(boolean isNew, boolean withSnapshot) {
        if (oldest == null) {
            if (!isNew) {
                throw new SourceException(
                        ErrorKind.HELD,
                        "LOG_MISSING",
                        "nothing holds the log of " + name + " for this pipeline",
                        "load what is missing into the sinks and start under a new name",
                        null);
            }
            if (withSnapshot) {
                snapshot = new Snapshot("s" + ++snapshots, current);
                oldest = snapshot.start();
            } else {
                oldest = GtidPosition.InLog.after("", current.executed());
            }
        }
        return oldest;
    }

    synchronized void release(GtidPosition upTo) {
        if (oldest == null || !GtidOrder.INSTANCE.covers(upTo, oldest)) {
            return;
        }
        oldest = upTo;
        if (upTo instanceof GtidPosition.InLog) {
            snapshot = null;
            servers.values().forEach(server -> server.purge(upTo.executed()));
        }
    }

    /** The snapshot that a position is in, if it can still be read. */
    synchronized Snapshot snapshotOf(GtidPosition.InSnapshot position) {
        if (snapshot == null
                || !snapshot.id().equals(position.snapshot())
                || !snapshot.server().equals(current.name())) {
            throw new SourceException(
                    ErrorKind.HELD,
                    "SNAPSHOT_LOST",
                    position + " cannot be read on server " + current.name() + " any more",
                    "start the pipeline under a new name, with a new snapshot",
                    null);
        }
        return snapshot;
    }

    /** Checks that reading from a position would miss nothing. */
    synchronized void checkReadable(GtidPosition.InLog position) {
        if (!current.executed().containsAll(position.executed())) {
            throw new SourceException(
                    ErrorKind.HELD,
                    "SERVER_BEHIND",
                    "server " + current.name() + " has " + current.executed() + " and lacks some of what was read, "
                            + position,
                    "let the pipeline read from a server that has everything that was read",
                    null);
        }
        if (!current.hasAllBehind(position.executed())) {
            throw new SourceException(
                    ErrorKind.HELD,
                    "LOG_PURGED",
                    "server " + current.name() + " has purged transactions behind " + position,
                    "load what is missing into the sinks and start under a new name",
                    null);
        }
    }

    /** The next transaction that is not in a set, in the current server's order; null when there is none. */
    synchronized LoggedTransaction nextBehind(GtidSet executed, int myConnection) {
        if (myConnection != connection) {
            throw new SourceException(ErrorKind.RETRIABLE, "CONNECTION_LOST", "connection to " + name + " lost", null);
        }
        for (LoggedTransaction transaction : current.log()) {
            if (!executed.contains(transaction.gtid())) {
                return transaction;
            }
        }
        return null;
    }
}
