package io.deltaforge.e2e.workload;

import static java.util.Objects.requireNonNull;

import io.deltaforge.sandbox.PostgresServer;
import java.sql.Connection;
import java.sql.ResultSet;
import java.sql.SQLException;
import java.sql.Statement;
import java.util.HashMap;
import java.util.Map;

/**
 * The database that a workload writes to, and the truth about what it holds. Stateless; safe from any thread.
 *
 * <p>Close it after the DeltaForge that reads it: the database is dropped with its replication slots, which are few and
 * shared.
 */
public final class WorkloadDatabase implements AutoCloseable {

    private final PostgresServer server;
    private final String name;

    private WorkloadDatabase(PostgresServer server, String name) {
        this.server = requireNonNull(server, "server is null");
        this.name = requireNonNull(name, "name is null");
    }

    /** Creates the database with its two tables. */
    public static WorkloadDatabase create(PostgresServer server, String name) {
        server.createDatabase(name);
        server.executeIn(
                name,
                "CREATE TABLE item (id bigint PRIMARY KEY, ver bigint NOT NULL, txid bigint NOT NULL, note text NOT NULL)",
                "CREATE TABLE ledger (txid bigint PRIMARY KEY, changes int NOT NULL, checksum bigint NOT NULL)");
        return new WorkloadDatabase(server, name);
    }

    /** Returns its name. */
    public String name() {
        return name;
    }

    /** Returns the server it is on. */
    public PostgresServer server() {
        return server;
    }

    /** Returns the URI with user and password that goes into a pipeline's configuration. */
    public String dsn() {
        return server.dsn(name);
    }

    /** Opens a connection; the caller closes it. */
    public Connection connect() throws SQLException {
        return server.connect(name);
    }

    /** Executes statements, each in a transaction of its own. */
    public void execute(String... statements) {
        server.executeIn(name, statements);
    }

    /** Returns every committed transaction by its number. */
    public Map<Long, LedgerEntry> ledger() {
        Map<Long, LedgerEntry> entries = new HashMap<>();
        query("SELECT txid, changes, checksum FROM ledger", row -> {
            LedgerEntry entry = new LedgerEntry(row.getLong(1), row.getInt(2), row.getLong(3));
            entries.put(entry.txid(), entry);
        });
        return entries;
    }

    /** Returns every row of {@code item} by its key. */
    public Map<Long, Item> items() {
        Map<Long, Item> items = new HashMap<>();
        query(
                "SELECT id, ver, txid, note FROM item",
                row -> items.put(row.getLong(1), new Item(row.getLong(2), row.getLong(3), row.getString(4))));
        return items;
    }

    /**
     * Returns how far the slot's owner has let the server forget.
     *
     * @throws IllegalStateException if there is no such slot
     */
    public long confirmedFlush(String slot) {
        long[] lsn = {-1};
        query(
                "SELECT confirmed_flush_lsn - '0/0' FROM pg_replication_slots WHERE slot_name = '" + slot + "'",
                row -> lsn[0] = row.getLong(1));
        if (lsn[0] < 0) {
            throw new IllegalStateException("there is no replication slot " + slot);
        }
        return lsn[0];
    }

    /** Tells whether somebody is connected to a slot; what a killed owner has sent may still be on its way. */
    public boolean isSlotInUse(String slot) {
        return number("SELECT count(*) FROM pg_replication_slots WHERE active AND slot_name = '" + slot + "'") > 0;
    }

    /** Returns the one number that a query gives. */
    public long number(String sql) {
        long[] number = new long[1];
        query(sql, row -> number[0] = row.getLong(1));
        return number[0];
    }

    /** Drops the database and its replication slots, unless the server is gone. */
    @Override
    public void close() {
        if (server.isRunning()) {
            server.dropDatabase(name);
        }
    }

    private void query(String sql, RowReader reader) {
        try (Connection connection = connect();
                Statement statement = connection.createStatement();
                ResultSet rows = statement.executeQuery(sql)) {
            while (rows.next()) {
                reader.read(rows);
            }
        } catch (SQLException e) {
            throw new IllegalStateException("query failed: " + sql + ": " + e.getMessage(), e);
        }
    }

    private interface RowReader {
        void read(ResultSet row) throws SQLException;
    }
}
